#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "services/contact/domain/lifecycle_stage.h"
#include "services/contact/domain/phone_normalizer.h"
#include "services/contact/domain/stage_change.h"

namespace crm::contact {

struct Person {
  std::string given_name;
  std::string family_name;
  std::optional<base::Uuid> organization;
  std::string job_title;

  bool operator==(const Person&) const = default;
};

struct Organization {
  std::string domain;  // normalized
  std::string industry;
  std::optional<int64_t> employee_count;
  std::optional<base::Money> annual_revenue;
  std::optional<base::Uuid> parent;
  std::optional<int64_t> founded_year;
  std::string location;

  bool operator==(const Organization&) const = default;
};

struct Email {
  std::string address;
  std::string normalized;
  std::string label;
  bool primary = false;

  bool operator==(const Email&) const = default;
};

struct Phone {
  std::string number;
  std::string e164;  // empty: not understood
  std::string label;

  bool operator==(const Phone&) const = default;
};

// What no two live contacts of a tenant may share.
enum class KeyKind { kEmail, kDomain, kExternalId };

// "email", "domain", "external_id": the rule's name in errors and rows.
absl::string_view KeyKindName(KeyKind kind);

struct ContactKey {
  KeyKind kind = KeyKind::kEmail;
  std::string value;

  bool operator==(const ContactKey&) const = default;
  bool operator<(const ContactKey& other) const {
    return std::tie(kind, value) < std::tie(other.kind, other.value);
  }
};

// A field that refers to an organization, e.g. "contact.person.organization".
struct Reference {
  std::string field;
  base::Uuid id;

  bool operator==(const Reference&) const = default;
};

// A person or an organization. A plain value; the verbs below keep its rules.
struct Contact {
  std::string tenant;
  base::Uuid id;
  int64_t revision = 0;
  absl::Time create_time;
  absl::Time update_time;
  std::optional<absl::Time> delete_time;

  std::string display_name;
  std::variant<Person, Organization> body;
  std::vector<Email> emails;
  std::vector<Phone> phones;
  std::string owner;
  std::string external_id;

  LifecycleStage stage = LifecycleStage::kContact;
  int64_t stage_version = 0;
  absl::Time stage_time;  // effective time of the latest move

  // Collected by the verbs, written along with the row: moves, the keys that this contact gives up
  // and takes compared with what is stored, and the references that it did not have before.
  std::vector<StageChange> stage_changes;
  std::vector<ContactKey> released_keys;
  std::vector<ContactKey> claimed_keys;
  std::vector<Reference> new_references;  // to be checked by the store

  bool operator==(const Contact&) const = default;

  const Person* person() const { return std::get_if<Person>(&body); }
  const Organization* organization() const { return std::get_if<Organization>(&body); }
  bool deleted() const { return delete_time.has_value(); }
};

// "contacts/{uuid}".
std::string ContactName(const base::Uuid& id);

// The keys that the contact holds while it is live, ordered, none twice.
std::vector<ContactKey> KeysOf(const Contact& contact);

// The other contacts that it refers to. Each must be a live organization of the tenant at the time
// that the reference is made.
std::vector<Reference> ReferencesOf(const Contact& contact);

// FAILED_PRECONDITION REFERENCE_NOT_FOUND. Metadata: field, resource.
absl::Status ReferenceNotFound(const Reference& reference);

// ALREADY_EXISTS: DUPLICATE_CONTACT for e-mail and domain (metadata: rule, contacts, count; the
// names of at most 20), DUPLICATE_ID for an external id (metadata: field, existing, rule).
absl::Status DuplicateOf(KeyKind rule, const std::vector<base::Uuid>& found);

// ALREADY_EXISTS DUPLICATE_ID for an id given by the client. Metadata: field, existing.
absl::Status DuplicateContactId(const base::Uuid& id);

// Normalizes e-mail addresses and domain, and derives what is empty: a person's display name, the
// primary address. Not the phone numbers.
void Normalize(Contact& contact);

// Makes a draft (tenant, id and the settable fields) into a new contact in stage CONTACT:
// normalizes it, derives what is empty, collects the first move and the keys. Correlation is the
// contact's id. INVALID_ARGUMENT FIELD_INVALID (all violations at once), EFFECTIVE_TIME_INVALID.
absl::Status Begin(Contact& draft, const PhoneNormalizer& phones, const Origin& origin,
                   std::optional<absl::Time> effective_time);

// Settable fields to replace; those without a value stay. Never the stage.
struct ContactEdit {
  std::optional<std::string> display_name;
  std::optional<Person> person;
  std::optional<Organization> organization;
  std::optional<std::vector<Email>> emails;
  std::optional<std::vector<Phone>> phones;
  std::optional<std::string> owner;
  std::optional<std::string> external_id;
  bool clear_body = false;  // empties the fields of the kind that the contact is
};

// FAILED_PRECONDITION STATE_INVALID if deleted; INVALID_ARGUMENT FIELD_INVALID, also for the kind
// that the contact is not. A display name that was derived follows the person's names.
absl::Status Edit(Contact& contact, const ContactEdit& edit, const PhoneNormalizer& phones);

// Hides the contact and gives up its keys; its leads and opportunities go on and may still move its
// stage. FAILED_PRECONDITION STATE_INVALID if it is deleted.
absl::Status Delete(Contact& contact, absl::Time now);

// Shows it again and takes its keys back. FAILED_PRECONDITION STATE_INVALID unless deleted.
absl::Status Undelete(Contact& contact);

}  // namespace crm::contact
