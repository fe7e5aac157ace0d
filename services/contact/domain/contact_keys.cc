#include "services/contact/domain/contact_keys.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/error/refusals.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {
namespace {

template <class T>
std::vector<T> OrderedOnce(std::vector<T> all) {
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

// What is of `all` and not of `others`, which are ordered.
template <class T>
std::vector<T> Beyond(std::vector<T> all, const std::vector<T>& others) {
  std::erase_if(
      all, [&](const T& one) { return std::binary_search(others.begin(), others.end(), one); });
  return all;
}

}  // namespace

absl::Status DuplicateKey(KeyKind kind, const std::vector<base::Uuid>& found) {
  const std::string names = absl::StrJoin(
      found, ",", [](std::string* out, const base::Uuid& id) { out->append(ContactName(id)); });
  const absl::string_view rule = base::NameOf(kKeyKindNames, kind);
  if (kind == KeyKind::kExternalId) {
    return error::DuplicateId(rule, names).With("rule", rule);
  }
  return error::Error(absl::StatusCode::kAlreadyExists, kDuplicateContact,
                      kind == KeyKind::kEmail ? "Another contact has this e-mail address."
                                              : "Another organization has this domain.")
      .With("rule", rule)
      .With("contacts", names)
      .With("count", absl::StrCat(found.size()));
}

std::vector<ContactKey> KeysOf(const Contact& contact) {
  std::vector<ContactKey> keys;
  if (contact.deleted()) return keys;
  for (const Email& email : contact.emails) keys.push_back({KeyKind::kEmail, email.normalized});
  const Organization* organization = contact.organization();
  if (organization != nullptr && !organization->domain.empty()) {
    keys.push_back({KeyKind::kDomain, organization->domain});
  }
  if (!contact.external_id.empty()) keys.push_back({KeyKind::kExternalId, contact.external_id});
  return OrderedOnce(std::move(keys));
}

std::vector<Reference> ReferencesOf(const Contact& contact) {
  std::vector<Reference> references;
  for (size_t i = 0; i < contact.employments.size(); ++i) {
    references.push_back(
        {absl::StrCat("employments[", i, "].organization"), contact.employments[i].organization});
  }
  if (contact.organization() != nullptr && contact.organization()->parent.has_value()) {
    references.push_back({"organization.parent_organization", *contact.organization()->parent});
  }
  return references;
}

std::vector<base::Uuid> EmployersOf(const Contact& contact) {
  std::vector<base::Uuid> employers;
  for (const Employment& each : contact.employments) employers.push_back(each.organization);
  return OrderedOnce(std::move(employers));
}

std::vector<ContactKey> KeysBeyond(const Contact& contact, const Contact* other) {
  return other == nullptr ? KeysOf(contact) : Beyond(KeysOf(contact), KeysOf(*other));
}

std::vector<base::Uuid> EmployersBeyond(const Contact& contact, const Contact* other) {
  return other == nullptr ? EmployersOf(contact)
                          : Beyond(EmployersOf(contact), EmployersOf(*other));
}

std::vector<Reference> ReferencesBeyond(const Contact& contact, const Contact* other) {
  std::vector<Reference> references = ReferencesOf(contact);
  if (other == nullptr) return references;
  const std::vector<Reference> others = ReferencesOf(*other);
  std::erase_if(references, [&](const Reference& reference) {
    return std::any_of(others.begin(), others.end(),
                       [&](const Reference& other) { return other.id == reference.id; });
  });
  return references;
}

}  // namespace crm::contact
