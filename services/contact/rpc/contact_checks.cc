#include "services/contact/rpc/contact_checks.h"

#include "common/address/normal_forms.h"
#include "common/error/error.h"
#include "common/rpc/field_mask.h"
#include "common/rpc/record_checks.h"
#include "common/rpc/request_checks.h"
#include "common/serving/revisions.h"
#include "services/contact/domain/contact_rules.h"
#include "services/contact/rpc/contact_proto.h"

namespace crm::contact {
namespace {

constexpr rpc::MaskPath kMutableFields[] = {
    {"display_name"}, {"person"},      {"organization"}, {"emails"},     {"phones"},
    {"owner"},        {"external_id"}, {"employments"},  {"attributes"},
};

template <class Req>
void CheckCommon(const Req& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kContacts, v);
}

void AddViolations(const absl::Status& status, rpc::Validation& v) {
  const auto details = error::DetailsOf(status);
  if (!details.has_value()) return;
  for (const error::FieldViolation& violation : details->fields) {
    v.Custom(violation.field, violation.description);
  }
}

void CheckParts(const v1::Contact& contact, rpc::Validation& v) {
  rpc::CheckAttributes("contact.attributes", contact.attributes(), v);
  for (int i = 0; i < contact.employments_size(); ++i) {
    const std::string path = absl::StrCat("contact.employments[", i, "]");
    const v1::Employment& employment = contact.employments(i);
    v.Name(path + ".organization", employment.organization(), kContacts, rpc::kRequired)
        .DateField(path + ".since", employment.has_since(), employment.since(), rpc::kOptional)
        .DateField(path + ".until", employment.has_until(), employment.until(), rpc::kOptional);
  }
  if (contact.has_organization()) {
    v.Name("contact.organization.parent_organization", contact.organization().parent_organization(),
           kContacts, rpc::kOptional);
  }
}

Contact NormalDraft(const v1::Contact& given) {
  Contact draft = FromProto(given);
  Normalize(draft);
  return draft;
}

}  // namespace

void CheckDraft(const v1::Contact& contact, rpc::Validation& v) {
  if (contact.kind_case() == v1::Contact::KIND_NOT_SET) {
    v.Custom("contact.kind", "must be a person or an organization");
  }
  CheckParts(contact, v);
  AddViolations(error::Under("contact", CheckRules(NormalDraft(contact))), v);
}

void CheckGiven(const v1::Contact& contact, rpc::Validation& v) {
  CheckParts(contact, v);
  AddViolations(error::Under("contact", CheckGivenFields(NormalDraft(contact))), v);
}

void Check(const v1::CreateContactRequest& request, rpc::Validation& v) {
  CheckCommon(request, v);
  v.Uuid("contact_id", request.contact_id(), rpc::kOptional)
      .Present("contact", request.has_contact());
  if (request.has_contact()) CheckDraft(request.contact(), v);
}

void Check(const v1::GetContactRequest& request, rpc::Validation& v) {
  CheckCommon(request, v);
  serving::CheckAsOf(request, v);
}
void Check(const v1::ListRevisionsRequest& request, rpc::Validation& v) { CheckCommon(request, v); }
void Check(const v1::BatchGetContactsRequest& request, rpc::Validation& v) {
  CheckCommon(request, v);
}
void Check(const v1::ListContactsRequest& request, rpc::Validation& v) { CheckCommon(request, v); }

void Check(const v1::FindContactsRequest& request, rpc::Validation& v) {
  v.Text("email", request.email(), {.max = 254})
      .Text("phone", request.phone(), {.max = 50})
      .Text("domain", request.domain(), {.max = 253})
      .Text("display_name", request.display_name(), {.max = rpc::kNameLimit});
  if (request.email().empty() && request.phone().empty() && request.domain().empty()) {
    v.Custom("email", "is required unless phone or domain is given");
  }
  if (!request.email().empty() && address::NormalizeEmail(request.email()).empty()) {
    v.Custom("email", "must be an e-mail address");
  }
  if (!request.phone_region().empty() && !IsRegion(request.phone_region())) {
    v.Custom("phone_region", "must be a CLDR region code, as CH");
  }
  if (!request.domain().empty() && address::NormalizeDomain(request.domain()).empty()) {
    v.Custom("domain", "must be an internet domain of at most 253 characters");
  }
}

void Check(const v1::UpdateContactRequest& request, rpc::Validation& v) {
  const v1::Contact& contact = request.contact();
  rpc::CheckUpdate(request, "contact", request.has_contact(), contact, kContacts, kMutableFields,
                   v);
  if (!request.has_contact()) return;
  CheckGiven(contact, v);
}

void Check(const v1::DeleteContactRequest& request, rpc::Validation& v) { CheckCommon(request, v); }
void Check(const v1::UndeleteContactRequest& request, rpc::Validation& v) {
  CheckCommon(request, v);
}

std::vector<std::string> UpdatedFields(const v1::UpdateContactRequest& request) {
  return rpc::MaskedPaths(request.update_mask(), kMutableFields, request.contact());
}

}  // namespace crm::contact
