#include "services/contact/domain/contact.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "services/contact/domain/contact_rules.h"
#include "services/contact/domain/normal_forms.h"

namespace crm::contact {
namespace {

constexpr size_t kNamesShown = 20;

std::string DerivedName(const Contact& contact) {
  const Person* person = contact.person();
  if (person == nullptr) return "";
  const absl::string_view parts[] = {person->given_name, person->family_name};
  std::string name;
  for (const absl::string_view part : parts) {
    if (part.empty()) continue;
    if (!name.empty()) name += ' ';
    name.append(part.data(), part.size());
  }
  return name;
}

void NormalizeEmails(std::vector<Email>& emails) {
  bool primary = false;
  for (Email& email : emails) {
    email.normalized = NormalizeEmail(email.address);
    primary |= email.primary;
  }
  if (!primary && !emails.empty()) emails.front().primary = true;
}

void NormalizePhones(std::vector<Phone>& list, const PhoneNormalizer& normalizer) {
  for (Phone& phone : list) phone.e164 = normalizer.E164(phone.number);
}

void NormalizeBody(Contact& contact) {
  if (auto* organization = std::get_if<Organization>(&contact.body)) {
    organization->domain = NormalizeDomain(organization->domain);
  }
}

// Notes what changes from the keys `before` to those of now, net of what was noted before.
void NoteKeys(Contact& contact, const std::vector<ContactKey>& before) {
  const std::vector<ContactKey> after =
      contact.deleted() ? std::vector<ContactKey>() : KeysOf(contact);
  const auto move = [](const std::vector<ContactKey>& from, const std::vector<ContactKey>& without,
                       std::vector<ContactKey>& undone, std::vector<ContactKey>& noted) {
    std::vector<ContactKey> difference;
    std::set_difference(from.begin(), from.end(), without.begin(), without.end(),
                        std::back_inserter(difference));
    for (ContactKey& key : difference) {
      const auto at = std::find(undone.begin(), undone.end(), key);
      if (at != undone.end()) {
        undone.erase(at);
      } else {
        noted.push_back(std::move(key));
      }
    }
  };
  move(before, after, contact.claimed_keys, contact.released_keys);
  move(after, before, contact.released_keys, contact.claimed_keys);
}

void NoteReferences(Contact& contact, const std::vector<Reference>& before) {
  for (Reference& reference : ReferencesOf(contact)) {
    if (std::find(before.begin(), before.end(), reference) != before.end()) continue;
    contact.new_references.push_back(std::move(reference));
  }
}

void NoteFirstMove(Contact& draft, const Origin& origin, absl::Time effective) {
  draft.stage = LifecycleStage::kContact;
  draft.stage_version = 1;
  draft.stage_time = effective;
  StageChange change;
  change.event_id = origin.event_id;
  change.version = 1;
  change.to = std::string(StageName(draft.stage));
  change.effective_time = effective;
  change.recorded_time = origin.now;
  change.actor = origin.actor;
  change.owner = draft.owner;
  change.request_id = origin.request_id;
  change.causation_id = origin.request_id;
  change.correlation_id = draft.id.ToString();
  change.traceparent = origin.traceparent;
  change.contact = draft.id;
  draft.stage_changes.push_back(std::move(change));
}

absl::Status WrongState(const Contact& contact, absl::string_view allowed,
                        absl::string_view message) {
  return error::StateInvalid(ContactName(contact.id), contact.deleted() ? "DELETED" : "ACTIVE",
                             message)
      .With("allowedStates", allowed);
}

absl::Status CheckKind(const Contact& contact, const ContactEdit& edit) {
  error::Error problems = error::InvalidFields();
  if (edit.person.has_value() && contact.person() == nullptr) {
    problems.Violation("contact.person", "The contact is an organization; its kind is fixed.");
  }
  if (edit.organization.has_value() && contact.organization() == nullptr) {
    problems.Violation("contact.organization", "The contact is a person; its kind is fixed.");
  }
  if (problems.HasViolations()) return problems;
  return absl::OkStatus();
}

void Replace(Contact& contact, const ContactEdit& edit) {
  if (edit.clear_body && contact.person() != nullptr) contact.body = Person();
  if (edit.clear_body && contact.organization() != nullptr) contact.body = Organization();
  if (edit.person.has_value()) contact.body = *edit.person;
  if (edit.organization.has_value()) contact.body = *edit.organization;
  if (edit.emails.has_value()) contact.emails = *edit.emails;
  if (edit.phones.has_value()) contact.phones = *edit.phones;
  if (edit.owner.has_value()) contact.owner = *edit.owner;
  if (edit.external_id.has_value()) contact.external_id = *edit.external_id;
  if (edit.display_name.has_value()) contact.display_name = *edit.display_name;
}

}  // namespace

absl::string_view KeyKindName(KeyKind kind) {
  switch (kind) {
    case KeyKind::kEmail:
      return "email";
    case KeyKind::kDomain:
      return "domain";
    case KeyKind::kExternalId:
      return "external_id";
  }
  return "";
}

std::string ContactName(const base::Uuid& id) {
  std::string name = "contacts/";
  id.AppendTo(&name);
  return name;
}

std::vector<ContactKey> KeysOf(const Contact& contact) {
  std::vector<ContactKey> keys;
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
    references.push_back({"contact.person.organization", *contact.person()->organization});
  }
  if (contact.organization() != nullptr && contact.organization()->parent.has_value()) {
    references.push_back(
        {"contact.organization.parent_organization", *contact.organization()->parent});
  }
  return references;
}

absl::Status ReferenceNotFound(const Reference& reference) {
  return error::Error(absl::StatusCode::kFailedPrecondition, error::kReferenceNotFound,
                      "The contact refers to an organization that is not there.")
      .With("field", reference.field)
      .With("resource", ContactName(reference.id));
}

absl::Status DuplicateOf(KeyKind rule, const std::vector<base::Uuid>& found) {
  std::vector<std::string> names;
  for (const base::Uuid& id : found) {
    if (names.size() < kNamesShown) names.push_back(ContactName(id));
  }
  const std::string joined = absl::StrJoin(names, ",");
  if (rule == KeyKind::kExternalId) {
    return error::Error(absl::StatusCode::kAlreadyExists, error::kDuplicateId,
                        "Another contact has this external id.")
        .With("field", KeyKindName(rule))
        .With("existing", joined)
        .With("rule", KeyKindName(rule));
  }
  return error::Error(absl::StatusCode::kAlreadyExists, kDuplicateContact,
                      rule == KeyKind::kEmail ? "Another contact has this e-mail address."
                                              : "Another organization has this domain.")
      .With("rule", KeyKindName(rule))
      .With("contacts", joined)
      .With("count", absl::StrCat(found.size()));
}

absl::Status DuplicateContactId(const base::Uuid& id) {
  return error::Error(absl::StatusCode::kAlreadyExists, error::kDuplicateId,
                      "A contact with this id is there already.")
      .With("field", "contact_id")
      .With("existing", ContactName(id));
}

void Normalize(Contact& contact) {
  NormalizeEmails(contact.emails);
  NormalizeBody(contact);
  if (contact.display_name.empty()) contact.display_name = DerivedName(contact);
}

absl::Status Begin(Contact& draft, const PhoneNormalizer& phones, const Origin& origin,
                   std::optional<absl::Time> effective_time) {
  Normalize(draft);
  NormalizePhones(draft.phones, phones);
  CRM_RETURN_IF_ERROR(CheckRules(draft));
  const absl::Time effective = effective_time.value_or(origin.now);
  if (effective > origin.now) {
    return error::Error(absl::StatusCode::kInvalidArgument, error::kEffectiveTimeInvalid,
                        "The effective time lies in the future.")
        .With("latest", absl::FormatTime(origin.now, absl::UTCTimeZone()))
        .Violation("effective_time", "must not lie in the future");
  }
  NoteFirstMove(draft, origin, effective);
  NoteKeys(draft, {});
  draft.new_references = ReferencesOf(draft);
  return absl::OkStatus();
}

absl::Status Edit(Contact& contact, const ContactEdit& edit, const PhoneNormalizer& phones) {
  if (contact.deleted()) {
    return WrongState(contact, "ACTIVE", "The contact is deleted.");
  }
  CRM_RETURN_IF_ERROR(CheckKind(contact, edit));
  const std::vector<ContactKey> keys = KeysOf(contact);
  const std::vector<Reference> references = ReferencesOf(contact);
  // A name that was derived is derived again.
  if (contact.display_name == DerivedName(contact)) contact.display_name.clear();
  Replace(contact, edit);
  Normalize(contact);
  if (edit.phones.has_value()) NormalizePhones(contact.phones, phones);
  CRM_RETURN_IF_ERROR(CheckRules(contact));
  NoteKeys(contact, keys);
  NoteReferences(contact, references);
  return absl::OkStatus();
}

absl::Status Delete(Contact& contact, absl::Time now) {
  if (contact.deleted()) {
    return WrongState(contact, "ACTIVE", "The contact is deleted already.");
  }
  const std::vector<ContactKey> before = KeysOf(contact);
  contact.delete_time = now;
  NoteKeys(contact, before);
  return absl::OkStatus();
}

absl::Status Undelete(Contact& contact) {
  if (!contact.deleted()) {
    return WrongState(contact, "DELETED", "The contact is not deleted.");
  }
  contact.delete_time.reset();
  NoteKeys(contact, {});
  return absl::OkStatus();
}

}  // namespace crm::contact
