#include "services/contact/rpc/contact_proto.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"

namespace crm::contact {
namespace {

// Enums of domain and API are numbered alike; contact_names_test compares their names.
static_assert(static_cast<int>(LifecycleStage::kCustomer) == v1::LIFECYCLE_STAGE_CUSTOMER);

void ToProto(const Person& person, v1::Person& message) {
  message.set_given_name(person.given_name);
  message.set_family_name(person.family_name);
}

void ToProto(const Employment& employment, v1::Employment& message) {
  message.set_organization(ContactName(employment.organization));
  message.set_job_title(employment.job_title);
  message.set_department(employment.department);
  if (employment.since.has_value()) rpc::SetDay(*employment.since, message.mutable_since());
  if (employment.until.has_value()) rpc::SetDay(*employment.until, message.mutable_until());
  message.set_primary(employment.primary);
}

void ToProto(const Organization& organization, v1::Organization& message) {
  message.set_domain(organization.domain);
  message.set_industry(organization.industry);
  if (organization.employee_count.has_value()) {
    message.set_employee_count(static_cast<int32_t>(*organization.employee_count));
  }
  if (organization.annual_revenue.has_value()) {
    rpc::SetMoney(*organization.annual_revenue, message.mutable_annual_revenue());
  }
  if (organization.parent.has_value()) {
    message.set_parent_organization(ContactName(*organization.parent));
  }
  if (organization.founded_year.has_value()) {
    message.set_founded_year(static_cast<int32_t>(*organization.founded_year));
  }
  message.set_location(organization.location);
}

Person PersonFrom(const v1::Person& person) { return {person.given_name(), person.family_name()}; }

Employment EmploymentFrom(const v1::Employment& given) {
  Employment employment;
  employment.organization = rpc::ParseName(given.organization(), kContacts).value_or(base::Uuid());
  employment.job_title = given.job_title();
  employment.department = given.department();
  if (given.has_since()) employment.since = rpc::DayFrom(given.since());
  if (given.has_until()) employment.until = rpc::DayFrom(given.until());
  employment.primary = given.primary();
  return employment;
}

Organization OrganizationFrom(const v1::Organization& given) {
  Organization organization;
  organization.domain = given.domain();
  organization.industry = given.industry();
  if (given.has_employee_count()) organization.employee_count = given.employee_count();
  if (given.has_annual_revenue()) {
    organization.annual_revenue = rpc::MoneyFrom(given.annual_revenue());
  }
  organization.parent = rpc::ParseName(given.parent_organization(), kContacts);
  if (given.has_founded_year()) organization.founded_year = given.founded_year();
  organization.location = given.location();
  return organization;
}

}  // namespace

std::string EtagOf(const Contact& contact) { return absl::StrCat(contact.edition()); }

void ToProto(const Contact& contact, v1::Contact& message) {
  message.set_name(ContactName(contact.id));
  message.set_etag(EtagOf(contact));
  message.set_revision(contact.revision);
  message.set_display_name(contact.display_name);
  if (contact.person() != nullptr) ToProto(*contact.person(), *message.mutable_person());
  if (contact.organization() != nullptr) {
    ToProto(*contact.organization(), *message.mutable_organization());
  }
  for (const Email& email : contact.emails) {
    v1::EmailAddress* address = message.add_emails();
    address->set_address(email.address);
    address->set_normalized_address(email.normalized);
    address->set_label(email.label);
    address->set_primary(email.primary);
  }
  for (const Phone& phone : contact.phones) {
    v1::PhoneNumber* number = message.add_phones();
    number->set_number(phone.number);
    number->set_e164(phone.e164);
    number->set_label(phone.label);
    number->set_extension(phone.extension);
    number->set_region(phone.region);
    number->set_parse_error(phone.parse_error);
  }
  for (const Employment& employment : contact.employments) {
    ToProto(employment, *message.add_employments());
  }
  message.mutable_attributes()->insert(contact.attributes.begin(), contact.attributes.end());
  message.set_owner(contact.owner);
  message.set_stage(static_cast<v1::LifecycleStage>(contact.stage));
  message.set_stage_version(contact.stage_version);
  rpc::SetTime(contact.create_time, message.mutable_create_time());
  rpc::SetTime(contact.update_time, message.mutable_update_time());
  if (contact.deleted()) rpc::SetTime(*contact.delete_time, message.mutable_delete_time());
  if (contact.erase_time) rpc::SetTime(*contact.erase_time, message.mutable_erase_time());
  if (contact.merged()) message.set_merged_into(ContactName(*contact.merged_into));
  message.set_external_id(contact.external_id);
}

Contact FromProto(const v1::Contact& given) {
  Contact contact;
  contact.display_name = given.display_name();
  if (given.has_organization()) {
    contact.body = OrganizationFrom(given.organization());
  } else {
    contact.body = PersonFrom(given.person());
  }
  for (const v1::EmailAddress& email : given.emails()) {
    contact.emails.push_back({email.address(), "", email.label(), email.primary()});
  }
  for (const v1::PhoneNumber& phone : given.phones()) {
    contact.phones.push_back({phone.number(), "", phone.label(), phone.region()});
  }
  for (const v1::Employment& employment : given.employments()) {
    contact.employments.push_back(EmploymentFrom(employment));
  }
  contact.attributes.insert(given.attributes().begin(), given.attributes().end());
  contact.owner = given.owner();
  contact.external_id = given.external_id();
  return contact;
}

ContactEdit EditFrom(const v1::UpdateContactRequest& request,
                     const std::vector<std::string>& fields) {
  const v1::Contact& given = request.contact();
  const Contact contact = FromProto(given);
  const bool all = request.update_mask().paths_size() == 1 && request.update_mask().paths(0) == "*";
  ContactEdit edit;
  for (const std::string& field : fields) {
    if (field == "display_name") edit.display_name = contact.display_name;
    if (field == "emails") edit.emails = contact.emails;
    if (field == "phones") edit.phones = contact.phones;
    if (field == "employments") edit.employments = contact.employments;
    if (field == "attributes") edit.attributes = contact.attributes;
    if (field == "owner") edit.owner = contact.owner;
    if (field == "external_id") edit.external_id = contact.external_id;
    // "*" replaces the kind that is there; a kind named on its own must be the contact's.
    if (field == "person" && (!all || given.has_person())) {
      edit.person = given.has_person() ? *contact.person() : Person();
    }
    if (field == "organization" && (!all || given.has_organization())) {
      edit.organization = given.has_organization() ? *contact.organization() : Organization();
    }
  }
  edit.clear_body = all && given.kind_case() == v1::Contact::KIND_NOT_SET;
  return edit;
}

}  // namespace crm::contact
