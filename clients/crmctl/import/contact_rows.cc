#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include "clients/crmctl/import/row_records.h"
#include "common/address/normal_forms.h"
#include "common/base/unicode.h"
#include "common/rpc/resource_name.h"

namespace crm::crmctl {
namespace {

void ReadReach(RowValues* values, contact::v1::Contact* contact) {
  for (std::string& email : ReadEmails(values, "email")) {
    contact->add_emails()->set_address(std::move(email));
  }
  for (std::string& phone : values->Texts("phone")) {
    contact->add_phones()->set_number(std::move(phone));
  }
}

void ReadOrganization(const ImportIds& ids, RowValues* values, ContactRecord* record) {
  contact::v1::Organization& organization = *record->contact.mutable_organization();
  if (std::string domain = values->Text("domain"); !domain.empty()) {
    if (address::NormalizeDomain(domain).empty()) {
      values->Problem("domain", absl::StrCat(Shown(domain), " is no internet domain"));
    } else {
      organization.set_domain(std::move(domain));
    }
  }
  organization.set_industry(values->Text("industry"));
  organization.set_location(values->Text("location"));
  if (const auto count = values->Whole("employee_count")) organization.set_employee_count(*count);
  if (const auto year = values->Whole("founded_year")) organization.set_founded_year(*year);
  if (const auto revenue = values->Money("annual_revenue")) {
    organization.mutable_annual_revenue()->set_amount_minor(revenue->minor);
    organization.mutable_annual_revenue()->set_currency_code(revenue->currency);
  }
  record->reference = values->Reference("parent");
  if (record->reference.empty()) return;
  record->reference_id = ids.Organization(record->reference);
  organization.set_parent_organization(rpc::FormatName("contacts", record->reference_id));
}

void ReadPerson(const ImportIds& ids, const Known& known, RowValues* values,
                ContactRecord* record) {
  contact::v1::Person& person = *record->contact.mutable_person();
  person.set_given_name(values->Text("given_name"));
  person.set_family_name(values->Text("family_name"));
  contact::v1::Contact& contact = record->contact;
  const bool named = !person.given_name().empty() || !person.family_name().empty();
  if (!named && contact.display_name().empty()) {
    // Lists of addresses have people without a name.
    if (contact.emails().empty()) {
      values->Problem("display_name", "one of given, family and display name is required");
    } else {
      contact.set_display_name(contact.emails(0).address());
    }
  }
  record->reference = values->Reference("organization");
  if (record->reference.empty()) return;
  record->reference_id = ids.Organization(record->reference);
  contact::v1::Employment& employment = *contact.add_employments();
  employment.set_organization(rpc::FormatName("contacts", record->reference_id));
  employment.set_job_title(values->Text("job_title"));
  employment.set_department(values->Text("department"));
  if (known.organizations->Contains(record->reference_id)) return;
  values->Problem("organization", NotImportable(record->reference));
  contact.clear_employments();
  record->reference.clear();
}

}  // namespace

std::vector<std::string> ReadEmails(RowValues* values, const char* field) {
  std::vector<std::string> emails;
  absl::flat_hash_set<std::string> forms;
  for (std::string& email : values->Texts(field)) {
    std::string form = address::NormalizeEmail(email);
    if (form.empty()) {
      values->Problem(field, absl::StrCat(Shown(email), " is no e-mail address"));
    } else if (forms.insert(std::move(form)).second) {
      emails.push_back(std::move(email));
    }
  }
  return emails;
}

base::Uuid ContactIdOf(const ImportIds& ids, Entity entity, absl::string_view key) {
  return entity == Entity::kOrganization ? ids.Organization(key) : ids.Person(key);
}

std::string NotImportable(const std::string& key) {
  return absl::StrCat(Shown(key), " is not among the rows that can be imported");
}

std::string AsOfText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

void SetAsOf(const Mapping& mapping, RowValues* values,
             const std::function<void(std::string key, std::string value)>& set) {
  std::optional<absl::Time> time = values->Date("modified");
  if (!time) time = mapping.exported;
  if (!time) return;
  set(kAsOfAttribute, AsOfText(*time));
}

ContactRecord ReadContact(const ImportIds& ids, const Mapping& mapping, const Known& known,
                          RowValues* values) {
  ContactRecord record;
  const Entity entity = values->mapping().entity;
  contact::v1::Contact& contact = record.contact;
  record.key = values->Key();
  record.id = ContactIdOf(ids, entity, record.key);
  // All contacts of a tenant share the external ids.
  contact.set_external_id(entity == Entity::kOrganization ? record.key
                                                          : absl::StrCat("person:", record.key));
  contact.set_display_name(values->Text("display_name"));
  contact.set_owner(values->Text("owner"));
  ReadReach(values, &contact);
  record.effective = values->Date("effective");
  for (auto& [key, value] : values->Attributes()) (*contact.mutable_attributes())[key] = value;
  SetAsOf(mapping, values, [&](std::string key, std::string value) {
    (*contact.mutable_attributes())[std::move(key)] = std::move(value);
  });
  entity == Entity::kOrganization ? ReadOrganization(ids, values, &record)
                                  : ReadPerson(ids, known, values, &record);
  return record;
}

}  // namespace crm::crmctl
