#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "services/contact/domain/contact_state.h"
#include "services/contact/domain/occasion.h"
#include "services/contact/domain/ports.h"
#include "services/contact/domain/stage_change.h"

namespace crm::contact {

struct Person {
  std::string given_name;
  std::string family_name;

  bool operator==(const Person&) const = default;
};

// That a person works, or has worked, in an organization.
struct Employment {
  base::Uuid organization;
  std::string job_title = {};
  std::string department = {};
  std::optional<absl::CivilDay> since = {};
  std::optional<absl::CivilDay> until = {};  // the last day; set: it has ended
  bool primary = false;

  bool operator==(const Employment&) const = default;
  bool ended() const { return until.has_value(); }
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
  std::string region = {};       // CLDR code, in which a number without country code is read
  std::string extension = {};    // digits
  std::string parse_error = {};  // why it was not understood

  bool operator==(const Phone&) const = default;
};

// Numbered as Contact::body's alternatives.
enum class ContactKind { kPerson, kOrganization };

inline constexpr base::EnumName<ContactKind> kContactKindNames[] = {
    {ContactKind::kPerson, "PERSON"},
    {ContactKind::kOrganization, "ORGANIZATION"},
};

// A person or an organization. A plain value; the verbs below and in contact_edit.h keep its
// rules.
struct Contact {
  std::string tenant;
  base::Uuid id;
  int64_t revision = 0;
  absl::Time create_time;
  absl::Time update_time;
  std::optional<absl::Time> delete_time;  // when it was deleted, or merged into another
  std::optional<absl::Time> erase_time;   // all that tells of it is gone; deleted for ever
  std::optional<base::Uuid> merged_into;  // the live contact that it is part of

  std::string display_name;
  std::variant<Person, Organization> body;
  std::vector<Employment> employments;            // a person's
  std::map<std::string, std::string> attributes;  // the caller's own
  std::vector<Email> emails;
  std::vector<Phone> phones;
  std::string owner;
  std::string external_id;

  LifecycleStage stage = LifecycleStage::kContact;
  int64_t stage_version = 0;
  absl::Time stage_time;   // effective time of the latest move
  int64_t move_count = 0;  // how many of the revisions are moves by the lifecycle

  // Made since loading, to be appended.
  std::vector<StageChange> stage_changes;

  bool operator==(const Contact&) const = default;

  ContactKind kind() const { return static_cast<ContactKind>(body.index()); }
  const Person* person() const { return std::get_if<Person>(&body); }
  const Organization* organization() const { return std::get_if<Organization>(&body); }
  // The employment that counts where one is asked for; nullptr if there is none that has not ended.
  const Employment* employment() const {
    for (const Employment& each : employments) {
      if (each.primary) return &each;
    }
    return nullptr;
  }
  // Also what was merged into another: whatever is true of deleted contacts is true of these.
  bool deleted() const { return delete_time.has_value(); }
  bool merged() const { return merged_into.has_value(); }
  // What an etag is about: the number of edits. A move takes nothing from an edit, so it makes no
  // etag stale.
  int64_t edition() const { return revision - move_count; }
};

// The method of revisions that are moves by the lifecycle.
inline constexpr absl::string_view kLifecycleMethod = "lifecycle";

// The counter beside the fields goes back with a revision that is taken back (aggregate::AsOf).
inline void TakenBack(Contact& contact, absl::string_view method) {
  if (method == kLifecycleMethod) --contact.move_count;
}

// "contacts/{uuid}".
inline constexpr absl::string_view kContacts = "contacts";
std::string ContactName(const base::Uuid& id);

// FAILED_PRECONDITION STATE_INVALID if the contact is deleted or merged into another.
absl::Status CheckLive(const Contact& contact);

inline constexpr size_t kNameLimit = 200;  // of every name, in code points

// A person's display name unless one is given: given and family name, as much of them as a name may
// be long. Empty for an organization.
std::string DerivedName(const Contact& contact);

// Tidies all texts (base::Tidy), normalizes e-mail addresses and domain, and derives what is empty:
// a person's display name, the primary address and employment. An address or a domain that is none
// keeps its text and gets no normal form, for CheckRules to refuse. Not the phone numbers.
void Normalize(Contact& contact);
void NormalizePhones(Contact& contact, const PhoneNormalizer& phones);

// Gives a stored contact the normal forms of this version. What has none keeps the one of the
// version that accepted it.
void Renormalize(Contact& contact, const PhoneNormalizer& phones);

// Makes a draft (tenant, id and the settable fields) into a new contact in stage CONTACT:
// normalizes it, derives what is empty, appends the first move, whose correlation is the contact's
// id. INVALID_ARGUMENT FIELD_INVALID (see CheckRules), EFFECTIVE_TIME_INVALID.
absl::Status Open(Contact& draft, const PhoneNormalizer& phones, const Occasion& occasion);

// Hides the contact and gives up its keys; its leads and opportunities go on and may still move its
// stage. FAILED_PRECONDITION STATE_INVALID if it is deleted.
absl::Status Delete(Contact& contact, absl::Time now);

// Shows it again and takes its keys back. FAILED_PRECONDITION STATE_INVALID unless deleted, or if
// it was erased.
absl::Status Undelete(Contact& contact);

}  // namespace crm::contact
