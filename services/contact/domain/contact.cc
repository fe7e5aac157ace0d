#include "services/contact/domain/contact.h"

#include "absl/strings/string_view.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "services/contact/domain/contact_rules.h"
#include "services/contact/domain/normal_forms.h"

namespace crm::contact {
namespace {

void NormalizeEmails(std::vector<Email>& emails) {
  bool primary = false;
  for (Email& email : emails) {
    email.normalized = NormalizeEmail(email.address);
    primary |= email.primary;
  }
  if (!primary && !emails.empty()) emails.front().primary = true;
}

void NormalizeBody(Contact& contact) {
  if (auto* organization = std::get_if<Organization>(&contact.body)) {
    organization->domain = NormalizeDomain(organization->domain);
  }
}

StageChange FirstMove(const Contact& draft, const Occasion& occasion) {
  StageChange change;
  change.event_id = occasion.event_id;
  change.version = draft.stage_version;
  change.to = std::string(base::NameOf(kLifecycleStageNames, draft.stage));
  change.effective_time = draft.stage_time;
  change.record_time = occasion.now;
  change.actor = occasion.actor;
  change.owner = draft.owner;
  change.request_id = occasion.request_id;
  change.causation_id = occasion.request_id;
  change.correlation_id = ContactName(draft.id);
  change.traceparent = occasion.traceparent;
  change.contact = draft.id;
  return change;
}

absl::Status WrongState(const Contact& contact, absl::string_view allowed,
                        absl::string_view message) {
  return error::StateInvalid(ContactName(contact.id), contact.deleted() ? "DELETED" : "ACTIVE",
                             message)
      .With("allowedStates", allowed);
}

}  // namespace

std::string ContactName(const base::Uuid& id) {
  std::string name = "contacts/";
  id.AppendTo(&name);
  return name;
}

absl::Status CheckLive(const Contact& contact) {
  if (!contact.deleted()) return absl::OkStatus();
  return WrongState(contact, "ACTIVE", "The contact is deleted.");
}

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

void Normalize(Contact& contact) {
  NormalizeEmails(contact.emails);
  NormalizeBody(contact);
  if (contact.display_name.empty()) contact.display_name = DerivedName(contact);
}

void NormalizePhones(std::vector<Phone>& numbers, const PhoneNormalizer& phones) {
  for (Phone& phone : numbers) phone.e164 = phones.E164(phone.number);
}

absl::Status Open(Contact& draft, const PhoneNormalizer& phones, const Occasion& occasion) {
  Normalize(draft);
  NormalizePhones(draft.phones, phones);
  CRM_RETURN_IF_ERROR(CheckRules(draft));
  CRM_ASSIGN_OR_RETURN(draft.stage_time, EffectiveTime(occasion, std::nullopt, "contact"));
  draft.stage = LifecycleStage::kContact;
  draft.stage_version = 1;
  draft.stage_changes.push_back(FirstMove(draft, occasion));
  return absl::OkStatus();
}

absl::Status Delete(Contact& contact, absl::Time now) {
  CRM_RETURN_IF_ERROR(CheckLive(contact));
  contact.delete_time = now;
  return absl::OkStatus();
}

absl::Status Undelete(Contact& contact) {
  if (!contact.deleted()) {
    return WrongState(contact, "DELETED", "The contact is not deleted.");
  }
  contact.delete_time.reset();
  return absl::OkStatus();
}

}  // namespace crm::contact
