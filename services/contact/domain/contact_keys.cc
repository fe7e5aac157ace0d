#include "services/contact/domain/contact_keys.h"

#include <algorithm>

#include "services/contact/domain/contact.h"

namespace crm::contact {

std::vector<ContactKey> KeysOf(const Contact& contact) {
  std::vector<ContactKey> keys;
  if (contact.deleted()) return keys;
  for (const Email& email : contact.emails) keys.push_back({KeyKind::kEmail, email.normalized});
  const Organization* organization = contact.organization();
  if (organization != nullptr && !organization->domain.empty()) {
    keys.push_back({KeyKind::kDomain, organization->domain});
  }
  if (!contact.external_id.empty()) keys.push_back({KeyKind::kExternalId, contact.external_id});
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::vector<Reference> ReferencesOf(const Contact& contact) {
  std::vector<Reference> references;
  if (contact.person() != nullptr && contact.person()->organization.has_value()) {
    references.push_back({"person.organization", *contact.person()->organization});
  }
  if (contact.organization() != nullptr && contact.organization()->parent.has_value()) {
    references.push_back({"organization.parent_organization", *contact.organization()->parent});
  }
  return references;
}

std::vector<ContactKey> KeysBeyond(const Contact& contact, const Contact* other) {
  std::vector<ContactKey> keys = KeysOf(contact);
  if (other == nullptr) return keys;
  const std::vector<ContactKey> others = KeysOf(*other);
  std::erase_if(keys, [&](const ContactKey& key) {
    return std::binary_search(others.begin(), others.end(), key);
  });
  return keys;
}

std::vector<Reference> ReferencesBeyond(const Contact& contact, const Contact* other) {
  std::vector<Reference> references = ReferencesOf(contact);
  if (other == nullptr) return references;
  const std::vector<Reference> others = ReferencesOf(*other);
  std::erase_if(references, [&](const Reference& reference) {
    return std::find(others.begin(), others.end(), reference) != others.end();
  });
  return references;
}

}  // namespace crm::contact
