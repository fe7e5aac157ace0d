#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/ports.h"

namespace crm::contact {

// Settable fields to replace; those without a value stay. Never the stage.
struct ContactEdit {
  std::optional<std::string> display_name;
  std::optional<Person> person;
  std::optional<Organization> organization;
  std::optional<std::vector<Email>> emails;
  std::optional<std::vector<Phone>> phones;
  std::optional<std::vector<Employment>> employments;
  std::optional<std::map<std::string, std::string>> attributes;
  std::optional<std::string> owner;
  std::optional<std::string> external_id;
  bool clear_body = false;  // empties the fields of the kind that the contact is
};

// What the edit does not name is not judged anew: an address or a domain that an earlier version
// accepted stays. A display name that was derived follows the person's names. FAILED_PRECONDITION
// STATE_INVALID if deleted; INVALID_ARGUMENT FIELD_INVALID (see CheckRules), also for the kind that
// the contact is not.
absl::Status Edit(Contact& contact, const ContactEdit& edit, const PhoneNormalizer& phones);

}  // namespace crm::contact
