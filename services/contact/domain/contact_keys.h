#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "common/base/enum_names.h"
#include "common/base/uuid.h"

namespace crm::contact {

struct Contact;

// What no two live contacts of a tenant may share.
enum class KeyKind { kEmail, kDomain, kExternalId };

// As rows and errors call the rule.
inline constexpr base::EnumName<KeyKind> kKeyKindNames[] = {
    {KeyKind::kEmail, "email"},
    {KeyKind::kDomain, "domain"},
    {KeyKind::kExternalId, "external_id"},
};

// The service's own reason beside those of common/error.
inline constexpr char kDuplicateContact[] = "DUPLICATE_CONTACT";

struct ContactKey {
  KeyKind kind = KeyKind::kEmail;
  std::string value;

  bool operator==(const ContactKey&) const = default;
  bool operator<(const ContactKey& other) const {
    return std::tie(kind, value) < std::tie(other.kind, other.value);
  }
};

// Who holds keys, of those that somebody holds.
using KeyHolders = std::map<ContactKey, base::Uuid>;

// `found` are other contacts that hold a key of this kind: ALREADY_EXISTS DUPLICATE_CONTACT,
// metadata rule, contacts, count; of external ids DUPLICATE_ID, metadata field, existing.
absl::Status DuplicateKey(KeyKind kind, const std::vector<base::Uuid>& found);

// A field of the contact that refers to an organization, e.g. "employments[0].organization".
struct Reference {
  std::string field;
  base::Uuid id;

  bool operator==(const Reference&) const = default;
};

// The keys that the contact holds, ordered, each once; none while it is deleted.
std::vector<ContactKey> KeysOf(const Contact& contact);

// The other contacts that it refers to. Each must be a live organization of the tenant at the time
// that the reference is made.
std::vector<Reference> ReferencesOf(const Contact& contact);

// The organizations that it works or has worked in, ordered, each once; of a deleted one too.
std::vector<base::Uuid> EmployersOf(const Contact& contact);

// What `contact` holds or refers to and `other` does not; all of it if there is no other.
std::vector<ContactKey> KeysBeyond(const Contact& contact, const Contact* other);
std::vector<base::Uuid> EmployersBeyond(const Contact& contact, const Contact* other);
std::vector<Reference> ReferencesBeyond(const Contact& contact, const Contact* other);

}  // namespace crm::contact
