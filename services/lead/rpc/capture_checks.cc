#include "services/lead/rpc/capture_checks.h"

#include "common/rpc/request_checks.h"

namespace crm::lead {
namespace {

constexpr size_t kNoteLimit = 3000;  // leaves room in an activity's summary for what is added
constexpr size_t kEmailLimit = 254;  // what it looks like is the contact service's to judge
constexpr size_t kPhoneLimit = 50;
constexpr size_t kDomainLimit = 253;

}  // namespace

void Check(const v1::CaptureLeadRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, "", v);
  v.Enum("source", request.source(), type::v1::LeadSource_IsValid(request.source()), rpc::kOptional)
      .Text("source_detail", request.source_detail(), {.max = rpc::kNameLimit})
      .Text("interest", request.interest(), {.max = rpc::kNameLimit})
      .Text("note", request.note(), {.max = kNoteLimit})
      .Present("contact", request.has_contact());
  if (!request.has_contact()) return;
  const v1::CapturedContact& contact = request.contact();
  v.Text("contact.display_name", contact.display_name(), {.max = rpc::kNameLimit})
      .Text("contact.email", contact.email(), {.max = kEmailLimit})
      .Text("contact.phone", contact.phone(), {.max = kPhoneLimit})
      .Text("contact.organization", contact.organization(), {.max = rpc::kNameLimit})
      .Text("contact.domain", contact.domain(), {.max = kDomainLimit});
  if (contact.email().empty() && contact.phone().empty() && contact.domain().empty()) {
    v.Custom("contact.email", "is required unless phone or domain is given");
  }
}

}  // namespace crm::lead
