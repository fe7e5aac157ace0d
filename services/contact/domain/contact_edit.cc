#include "services/contact/domain/contact_edit.h"

#include "common/base/status.h"
#include "common/error/error.h"
#include "services/contact/domain/contact_rules.h"

namespace crm::contact {
namespace {

absl::Status CheckKind(const Contact& contact, const ContactEdit& edit) {
  error::Error problems = error::InvalidFields();
  if (edit.person.has_value() && contact.person() == nullptr) {
    problems.Violation("person", "The contact is an organization; its kind is fixed.");
  }
  if (edit.organization.has_value() && contact.organization() == nullptr) {
    problems.Violation("organization", "The contact is a person; its kind is fixed.");
  }
  if (problems.HasViolations()) return problems;
  return absl::OkStatus();
}

bool ChangesBody(const ContactEdit& edit) {
  return edit.clear_body || edit.person.has_value() || edit.organization.has_value();
}

// What the contact is found and compared by, where the edit does not name it.
void KeepKeys(Contact& contact, const Contact& before, const ContactEdit& edit) {
  if (!edit.emails.has_value()) contact.emails = before.emails;
  if (!edit.external_id.has_value()) contact.external_id = before.external_id;
  auto* const organization = std::get_if<Organization>(&contact.body);
  if (organization != nullptr && !ChangesBody(edit)) {
    organization->domain = before.organization()->domain;
  }
}

void Replace(Contact& contact, const ContactEdit& edit) {
  if (edit.clear_body && contact.person() != nullptr) contact.body = Person();
  if (edit.clear_body && contact.organization() != nullptr) contact.body = Organization();
  if (edit.person.has_value()) contact.body = *edit.person;
  if (edit.organization.has_value()) contact.body = *edit.organization;
  if (edit.emails.has_value()) contact.emails = *edit.emails;
  if (edit.phones.has_value()) contact.phones = *edit.phones;
  if (edit.employments.has_value()) contact.employments = *edit.employments;
  if (edit.attributes.has_value()) contact.attributes = *edit.attributes;
  if (edit.owner.has_value()) contact.owner = *edit.owner;
  if (edit.external_id.has_value()) contact.external_id = *edit.external_id;
  if (edit.display_name.has_value()) contact.display_name = *edit.display_name;
}

}  // namespace

absl::Status Edit(Contact& contact, const ContactEdit& edit, const PhoneNormalizer& phones) {
  CRM_RETURN_IF_ERROR(CheckLive(contact));
  CRM_RETURN_IF_ERROR(CheckKind(contact, edit));
  // A name that was derived is derived again.
  if (contact.display_name == DerivedName(contact)) contact.display_name.clear();
  const Contact before = contact;
  Replace(contact, edit);
  Normalize(contact);
  if (edit.phones.has_value()) NormalizePhones(contact, phones);
  KeepKeys(contact, before, edit);
  return CheckRules(contact, ChangesBody(edit));
}

}  // namespace crm::contact
