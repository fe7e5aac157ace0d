#include "services/contact/domain/contact.h"

#include <algorithm>
#include <utility>

#include "absl/strings/string_view.h"
#include "common/address/normal_forms.h"
#include "common/base/status.h"
#include "common/base/unicode.h"
#include "common/error/error.h"
#include "services/contact/domain/contact_rules.h"

namespace crm::contact {
namespace {

void NormalizeEmails(std::vector<Email>& emails) {
  bool primary = false;
  for (Email& email : emails) {
    email.label = base::Tidy(email.label);
    email.normalized = address::NormalizeEmail(email.address);
    primary |= email.primary;
  }
  if (!primary && !emails.empty()) emails.front().primary = true;
}

// What has ended is primary no more; of the others one is.
void NormalizeEmployments(std::vector<Employment>& employments) {
  bool primary = false;
  for (Employment& each : employments) {
    each.job_title = base::Tidy(each.job_title);
    each.department = base::Tidy(each.department);
    each.primary = each.primary && !each.ended();
    primary |= each.primary;
  }
  const auto first = std::find_if(employments.begin(), employments.end(),
                                  [](const Employment& each) { return !each.ended(); });
  if (!primary && first != employments.end()) first->primary = true;
}

// What is no domain stays as it is.
void NormalizeDomainOf(Organization& organization) {
  organization.domain = base::Tidy(organization.domain);
  if (std::string domain = address::NormalizeDomain(organization.domain); !domain.empty()) {
    organization.domain = std::move(domain);
  }
}

void TidyTexts(Contact& contact) {
  std::vector<std::string*> texts = {&contact.display_name, &contact.owner, &contact.external_id};
  if (auto* const person = std::get_if<Person>(&contact.body)) {
    texts.insert(texts.end(), {&person->given_name, &person->family_name});
  }
  if (auto* const organization = std::get_if<Organization>(&contact.body)) {
    texts.insert(texts.end(), {&organization->industry, &organization->location});
  }
  for (std::string* text : texts) *text = base::Tidy(*text);
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

absl::string_view StateOf(const Contact& contact) {
  if (contact.erase_time.has_value()) return "ERASED";
  if (contact.merged()) return "MERGED";
  return contact.deleted() ? "DELETED" : "ACTIVE";
}

absl::Status WrongState(const Contact& contact, absl::string_view allowed,
                        absl::string_view message) {
  const bool merged = contact.merged() && !contact.erase_time.has_value();
  error::Error error =
      error::StateInvalid(ContactName(contact.id), StateOf(contact),
                          merged ? "The contact was merged into another." : message)
          .With("allowedStates", allowed);
  if (merged) error.With("mergedInto", ContactName(*contact.merged_into));
  return error;
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
  return base::CutAtCharacter(name, kNameLimit);
}

void Normalize(Contact& contact) {
  TidyTexts(contact);
  NormalizeEmails(contact.emails);
  NormalizeEmployments(contact.employments);
  if (auto* const organization = std::get_if<Organization>(&contact.body)) {
    NormalizeDomainOf(*organization);
  }
  if (contact.display_name.empty()) contact.display_name = DerivedName(contact);
}

void NormalizePhones(Contact& contact, const PhoneNormalizer& phones) {
  for (Phone& phone : contact.phones) {
    PhoneReading reading = phones.Read(phone.number, phone.region, contact.tenant);
    phone.e164 = std::move(reading.e164);
    phone.extension = std::move(reading.extension);
    phone.parse_error = std::move(reading.error);
    phone.label = base::Tidy(phone.label);
  }
}

void Renormalize(Contact& contact, const PhoneNormalizer& phones) {
  const std::vector<Email> stored = contact.emails;
  const std::string name = contact.display_name;
  Normalize(contact);
  NormalizePhones(contact, phones);
  if (contact.display_name.empty()) contact.display_name = name;
  for (size_t i = 0; i < stored.size(); ++i) {
    Email& email = contact.emails[i];
    if (email.normalized.empty()) email.normalized = stored[i].normalized;
  }
}

absl::Status Open(Contact& draft, const PhoneNormalizer& phones, const Occasion& occasion) {
  Normalize(draft);
  NormalizePhones(draft, phones);
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
  if (contact.erase_time.has_value()) {
    return WrongState(contact, "", "The contact was erased.");
  }
  if (!contact.deleted() || contact.merged()) {
    return WrongState(contact, "DELETED", "The contact is not deleted.");
  }
  contact.delete_time.reset();
  return absl::OkStatus();
}

}  // namespace crm::contact
