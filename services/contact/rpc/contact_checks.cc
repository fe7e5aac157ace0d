#include "services/contact/rpc/contact_checks.h"

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/error/error.h"
#include "common/rpc/field_mask.h"
#include "services/contact/domain/contact_rules.h"
#include "services/contact/rpc/contact_proto.h"

namespace crm::contact {
namespace {

using rpc::kOptional;
using rpc::kRequired;
using rpc::Mutability;

constexpr size_t kMostNames = 1000;
constexpr size_t kFilterLimit = 1000;
constexpr size_t kOrderByLimit = 100;
constexpr size_t kTokenLimit = 2000;

const std::vector<rpc::MaskPath>& Mask() {
  static const auto* const mask = new std::vector<rpc::MaskPath>{
      {"display_name"},
      {"person"},
      {"organization"},
      {"emails"},
      {"phones"},
      {"owner"},
      {"external_id"},
      {"name", Mutability::kOutputOnly},
      {"etag", Mutability::kOutputOnly},
      {"stage", Mutability::kOutputOnly},
      {"stage_version", Mutability::kOutputOnly},
      {"create_time", Mutability::kOutputOnly},
      {"update_time", Mutability::kOutputOnly},
      {"delete_time", Mutability::kOutputOnly},
  };
  return *mask;
}

void AddViolations(const absl::Status& status, rpc::Validation& v) {
  if (status.ok()) return;
  const auto details = error::DetailsOf(status);
  if (!details.has_value()) return;
  for (const error::FieldViolation& violation : details->fields) {
    v.Custom(violation.field, violation.description);
  }
}

void CheckReferences(const v1::Contact& contact, rpc::Validation& v) {
  if (contact.has_person()) {
    v.Name("contact.person.organization", contact.person().organization(), "contacts", kOptional);
  } else if (contact.has_organization()) {
    v.Name("contact.organization.parent_organization", contact.organization().parent_organization(),
           "contacts", kOptional);
  }
}

Contact NormalDraft(const v1::Contact& given) {
  Contact draft = FromProto(given);
  Normalize(draft);
  return draft;
}

template <class Request>
void CheckNamed(const Request& request, rpc::Validation& v) {
  v.Name("name", request.name(), "contacts", kRequired)
      .Etag("etag", request.etag(), kOptional)
      .Uuid("request_id", request.request_id(), kOptional);
}

template <class Request>
void CheckList(const Request& request, rpc::Validation& v) {
  v.PageSize("page_size", request.page_size())
      .Text("page_token", request.page_token(), {0, kTokenLimit, kOptional})
      .Text("filter", request.filter(), {0, kFilterLimit, kOptional})
      .Text("order_by", request.order_by(), {0, kOrderByLimit, kOptional});
}

}  // namespace

void Check(const v1::CreateContactRequest& request, rpc::Validation& v) {
  v.Uuid("contact_id", request.contact_id(), kOptional)
      .Uuid("request_id", request.request_id(), kOptional)
      .TimestampField("effective_time", request.has_effective_time(), request.effective_time(),
                      kOptional)
      .Present("contact", request.has_contact());
  if (!request.has_contact()) return;
  const v1::Contact& contact = request.contact();
  if (contact.kind_case() == v1::Contact::KIND_NOT_SET) {
    v.Custom("contact.kind", "must be a person or an organization");
  }
  CheckReferences(contact, v);
  AddViolations(error::Under("contact", CheckRules(NormalDraft(contact))), v);
}

void Check(const v1::GetContactRequest& request, rpc::Validation& v) {
  v.Name("name", request.name(), "contacts", kRequired);
}

void Check(const v1::BatchGetContactsRequest& request, rpc::Validation& v) {
  const auto count = static_cast<size_t>(request.names_size());
  v.Count("names", count, kMostNames, 1);
  if (count > kMostNames) return;
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < request.names_size(); ++i) {
    const std::string& name = request.names(i);
    const bool fresh = seen.insert(name).second;
    if (fresh && absl::StartsWith(name, "contacts/") && base::Uuid::Parse(name.substr(9))) {
      continue;
    }
    const std::string path = absl::StrCat("names[", i, "]");
    v.Name(path, name, "contacts", kRequired);
    if (!fresh) v.Custom(path, "is the same as an earlier one");
  }
}

void Check(const v1::ListContactsRequest& request, rpc::Validation& v) { CheckList(request, v); }

void Check(const v1::UpdateContactRequest& request, rpc::Validation& v) {
  v.Uuid("request_id", request.request_id(), kOptional).Present("contact", request.has_contact());
  if (!request.has_contact()) return;
  const v1::Contact& contact = request.contact();
  v.Name("contact.name", contact.name(), "contacts", kRequired)
      .Etag("contact.etag", contact.etag(), kOptional);
  const auto paths = UpdatedFields(request);
  AddViolations(paths.status(), v);
  if (paths.ok()) {
    for (const std::string& path : *paths) {
      if (!absl::StrContains(path, '.')) continue;
      v.Custom("update_mask",
               absl::StrCat("names \"", path.substr(0, 64), "\"; name the whole top-level field"));
    }
  }
  CheckReferences(contact, v);
  AddViolations(error::Under("contact", CheckGivenFields(NormalDraft(contact))), v);
}

void Check(const v1::DeleteContactRequest& request, rpc::Validation& v) { CheckNamed(request, v); }

void Check(const v1::UndeleteContactRequest& request, rpc::Validation& v) {
  CheckNamed(request, v);
}

void Check(const v1::GetAccountRequest& request, rpc::Validation& v) {
  v.Name("name", request.name(), "accounts", kRequired);
}

void Check(const v1::ListAccountsRequest& request, rpc::Validation& v) { CheckList(request, v); }

absl::StatusOr<std::vector<std::string>> UpdatedFields(const v1::UpdateContactRequest& request) {
  return rpc::MaskedPaths(request.update_mask(), Mask(), request.contact());
}

}  // namespace crm::contact
