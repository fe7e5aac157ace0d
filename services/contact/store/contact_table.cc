#include "services/contact/store/contact_table.h"

#include <optional>
#include <utility>

#include "common/aggregate/attributes_json.h"
#include "common/aggregate/read_rows.h"
#include "common/base/status.h"
#include "common/pg/row_reader.h"
#include "services/contact/domain/contact_keys.h"
#include "services/contact/store/contact_json.h"
#include "services/contact/store/contact_stages.h"
#include "services/contact/store/migrations/migrations.h"
#include "services/contact/store/search_table.h"
#include "services/contact/store/statements.h"

namespace crm::contact {
namespace {

Person ReadPerson(pg::RowReader& read) { return {read.Text(8), read.Text(9)}; }

// NULL: as it was written before there were employments.
std::vector<Employment> ReadEmployments(pg::RowReader& read) {
  if (!read.IsNull(28)) return read.Parsed(28, EmploymentsFromJson);
  const std::optional<base::Uuid> organization = read.OptionalUuid(10);
  if (!organization) return {};
  Employment employment{*organization, read.Text(11)};
  employment.primary = true;
  return {employment};
}

Organization ReadOrganization(pg::RowReader& read) {
  Organization organization;
  organization.domain = read.Text(12);
  organization.industry = read.Text(13);
  organization.employee_count = read.OptionalInt(14);
  organization.annual_revenue = read.OptionalMoney(15, 16);
  organization.parent = read.OptionalUuid(17);
  organization.founded_year = read.OptionalInt(18);
  organization.location = read.Text(19);
  return organization;
}

void AddRow(pg::Columns& columns, const Contact& contact) {
  static const Person kNoPerson;
  static const Organization kNoOrganization;
  const Person& person = contact.person() != nullptr ? *contact.person() : kNoPerson;
  const Organization& organization =
      contact.organization() != nullptr ? *contact.organization() : kNoOrganization;
  const Employment* const employment = contact.employment();
  std::optional<base::Uuid> employer;
  if (employment != nullptr) employer = employment->organization;
  columns.Add(contact.tenant, contact.id, contact.revision, contact.create_time,
              contact.update_time, contact.delete_time,
              base::NameOf(kContactKindNames, contact.kind()), contact.display_name,
              person.given_name, person.family_name, employer,
              employment != nullptr ? employment->job_title : std::string(), organization.domain,
              organization.industry, organization.employee_count,
              pg::CurrencyOf(organization.annual_revenue), pg::MinorOf(organization.annual_revenue),
              organization.parent, organization.founded_year, organization.location,
              EmailsToJson(contact.emails), PhonesToJson(contact.phones), contact.owner,
              contact.external_id, base::NameOf(kLifecycleStageNames, contact.stage),
              contact.stage_version, contact.stage_time, EmploymentsToJson(contact.employments),
              aggregate::AttributesToJson(contact.attributes));
}

// Releases come before claims: of a batch, one contact may take what another gives up.
absl::Status WriteKeys(pg::Transaction& transaction, aggregate::Writes<Contact> contacts) {
  pg::Columns released;
  pg::Columns claimed;
  const auto add = [](pg::Columns& rows, const Contact& holder, const Contact* other) {
    for (const ContactKey& key : KeysBeyond(holder, other)) {
      rows.Add(holder.tenant, base::NameOf(kKeyKindNames, key.kind), key.value, holder.id);
    }
  };
  for (const auto& [before, after] : contacts) {
    if (before != nullptr) add(released, *before, after);
    add(claimed, *after, before);
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(kReleaseKeys, released));
  return transaction.Defer(kClaimKeys, claimed);
}

absl::Status WriteEmployments(pg::Transaction& transaction, aggregate::Writes<Contact> contacts) {
  pg::Columns ended;
  pg::Columns begun;
  const auto add = [](pg::Columns& rows, const Contact& contact, const Contact* other) {
    for (const base::Uuid& organization : EmployersBeyond(contact, other)) {
      rows.Add(contact.tenant, organization, contact.id);
    }
  };
  for (const auto& [before, after] : contacts) {
    if (before != nullptr) add(ended, *before, after);
    add(begun, *after, before);
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(kReleaseEmployments, ended));
  return transaction.Defer(kAddEmployments, begun);
}

absl::Status RequireReferences(pg::Transaction& transaction, aggregate::Writes<Contact> contacts) {
  pg::Columns rows;
  for (const auto& [before, after] : contacts) {
    for (const Reference& reference : ReferencesBeyond(*after, before)) {
      rows.Add(after->tenant, reference.id);
    }
  }
  return transaction.Defer(kRequireOrganizations, rows);
}

// Before their rows are written. What refers to an organization is locked after all else, so these
// wait for nobody who waits for them.
absl::Status LockDeleted(pg::Transaction& transaction, aggregate::Writes<Contact> contacts) {
  std::vector<aggregate::Key> deleted;
  for (const auto& [before, after] : contacts) {
    if (after->organization() != nullptr && after->deleted() && !before->deleted()) {
      deleted.push_back({after->tenant, after->id});
    }
  }
  pg::Columns rows;
  for (const aggregate::Key& key : deleted) rows.Add(key.tenant, key.id);
  return transaction.Defer(kLockDeletedContacts, rows);
}

absl::Status Write(pg::Transaction& transaction, const pg::Statement& statement,
                   aggregate::Writes<Contact> contacts) {
  pg::Columns rows;
  for (const auto& [before, after] : contacts) AddRow(rows, *after);
  CRM_RETURN_IF_ERROR(transaction.Defer(statement, rows));
  CRM_RETURN_IF_ERROR(WriteKeys(transaction, contacts));
  CRM_RETURN_IF_ERROR(WriteEmployments(transaction, contacts));
  CRM_RETURN_IF_ERROR(WriteSearchTerms(transaction, contacts));
  return RequireReferences(transaction, contacts);
}

}  // namespace

pg::MigrationSet Migrations() {
  // The tables of 0012 are written by every write, the columns of 0014 and 0016 are read by
  // every statement.
  constexpr int kMinimum = 16;
  const auto migrations = embedded::Migrations();
  return {"contact", {migrations.begin(), migrations.end()}, kMinimum};
}

const pg::Statement& ContactTable::SelectForUpdate() const { return kLockContacts; }
const pg::Statement& ContactTable::Select() const { return kSelectContacts; }

absl::StatusOr<Contact> ContactTable::Read(const pg::Row& row) const {
  pg::RowReader read(row);
  Contact contact;
  aggregate::ReadHead(read, contact);
  contact.delete_time = read.OptionalTime(5);
  if (read.Enum(6, kContactKindNames) == ContactKind::kPerson) {
    contact.body = ReadPerson(read);
  } else {
    contact.body = ReadOrganization(read);
  }
  contact.display_name = read.Text(7);
  contact.emails = read.Parsed(20, EmailsFromJson);
  contact.phones = read.Parsed(21, PhonesFromJson);
  contact.owner = read.Text(22);
  contact.external_id = read.Text(23);
  contact.stage = read.Enum(24, kLifecycleStageNames);
  contact.stage_version = read.Int(25);
  contact.stage_time = read.Time(26);
  contact.move_count = read.Int(27);
  contact.employments = ReadEmployments(read);
  contact.attributes = read.Parsed(29, aggregate::AttributesFromJson);
  contact.erase_time = read.OptionalTime(30);
  contact.merged_into = read.OptionalUuid(31);
  if (!read.ok()) return read.Damage(ContactName(contact.id));
  return contact;
}

absl::Status ContactTable::Insert(pg::Transaction& transaction,
                                  aggregate::Writes<Contact> contacts) const {
  return Write(transaction, kInsertContacts, contacts);
}

absl::Status ContactTable::Update(pg::Transaction& transaction,
                                  aggregate::Writes<Contact> contacts) const {
  CRM_RETURN_IF_ERROR(LockDeleted(transaction, contacts));
  return Write(transaction, kUpdateContacts, contacts);
}

void ContactTable::AppendStages(const Contact& contact,
                                std::vector<stage::StageRecord>& out) const {
  for (const StageChange& change : contact.stage_changes) {
    out.push_back(StageRecordOf(aggregate::Key{contact.tenant, contact.id}, change));
  }
}

std::string ContactTable::Name(const aggregate::Key& key) const { return ContactName(key.id); }

}  // namespace crm::contact
