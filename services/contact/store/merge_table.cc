#include "services/contact/store/merge_table.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/aggregate/read_rows.h"
#include "common/aggregate/revisions.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/row_reader.h"
#include "services/contact/domain/contact_keys.h"
#include "services/contact/store/contact_table.h"
#include "services/contact/store/merge_json.h"
#include "services/contact/store/merge_statements.h"
#include "services/contact/store/statements.h"

namespace crm::contact {
namespace {

std::optional<std::vector<base::Uuid>> IdsOf(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "{") || !absl::ConsumeSuffix(&text, "}")) return std::nullopt;
  std::vector<base::Uuid> ids;
  for (const absl::string_view part : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const std::optional<base::Uuid> id = base::Uuid::Parse(part);
    if (!id.has_value()) return std::nullopt;
    ids.push_back(*id);
  }
  return ids;
}

// One row of kSumWins.
absl::Status AddWins(const pg::Row& row, const base::Uuid& contact,
                     absl::Span<const base::Uuid> parts, MovedWins& wins) {
  pg::RowReader read(row);
  const bool first = wins.count == 0;
  if (!read.IsNull(0)) wins.sums[read.Text(0)] = read.Int(2);
  wins.count += read.Int(1);
  wins.last_time = std::max(wins.last_time.value_or(read.Time(3)), read.Time(3));
  if (first || read.Time(4) < wins.first_time) {
    wins.first_time = read.Time(4);
    wins.first_opportunity = read.Uuid(5);
  }
  for (const base::Uuid& buyer : read.Parsed(6, IdsOf)) {
    if (buyer == contact || std::find(parts.begin(), parts.end(), buyer) != parts.end()) continue;
    wins.contacts.push_back(buyer);
  }
  return read.ok() ? absl::OkStatus() : read.Damage("account_win");
}

// So that what it refers to is not asked for anew: an organization that was deleted since is no
// reason to refuse.
Contact WithReferencesOf(Contact contact, const Contact& other) {
  contact.employments = other.employments;
  if (auto* const organization = std::get_if<Organization>(&contact.body)) {
    organization->parent = other.organization()->parent;
  }
  return contact;
}

void GiveUp(const ContactKey& key, Contact& contact) {
  switch (key.kind) {
    case KeyKind::kEmail:
      std::erase_if(contact.emails,
                    [&](const Email& email) { return email.normalized == key.value; });
      return;
    case KeyKind::kDomain:
      if (auto* const it = std::get_if<Organization>(&contact.body)) it->domain.clear();
      return;
    case KeyKind::kExternalId:
      contact.external_id.clear();
      return;
  }
}

const char* FieldOf(KeyKind kind) {
  switch (kind) {
    case KeyKind::kEmail:
      return "emails";
    case KeyKind::kDomain:
      return "organization.domain";
    case KeyKind::kExternalId:
      return "external_id";
  }
  return "";
}

}  // namespace

std::vector<base::Uuid> AccountsOf(absl::Span<const base::Uuid> customers) {
  std::vector<base::Uuid> ids;
  for (const base::Uuid& customer : customers) ids.push_back(AccountIdOf(customer));
  return ids;
}

absl::StatusOr<std::vector<Contact>> ReadContacts(pg::Transaction& transaction,
                                                  const std::string& tenant,
                                                  absl::Span<const base::Uuid> ids, bool lock) {
  const ContactTable table;
  std::vector<aggregate::Key> keys;
  for (const base::Uuid& id : ids) keys.push_back({tenant, id});
  const auto found = aggregate::ReadByKey<Contact>(
      keys, transaction.Query(lock ? kLockContacts : kSelectContacts, aggregate::KeyParams(keys)),
      [&](const pg::Row& row) { return table.Read(row); },
      [](const aggregate::Key& key) { return ContactName(key.id); });
  std::vector<Contact> contacts;
  for (const auto& one : found) {
    if (!one.ok()) return one.status();
    contacts.push_back(*one);
  }
  return contacts;
}

absl::StatusOr<std::vector<MergeRow>> ReadMerges(pg::Transaction& transaction,
                                                 const pg::Statement& statement,
                                                 const pg::Params& params) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(statement, params));
  std::vector<MergeRow> merges;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    merges.push_back({read.Uuid(0), read.Uuid(1), read.Uuid(2), read.Uuid(3), read.Time(4),
                      read.Parsed(5, TakenFromJson)});
    if (!read.ok()) return read.Damage(ContactName(merges.back().contact));
  }
  return merges;
}

absl::StatusOr<std::vector<base::Uuid>> ReadParts(pg::Transaction& transaction,
                                                  const std::string& tenant,
                                                  const base::Uuid& contact) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(kSelectParts, pg::MakeParams(tenant, contact)));
  std::vector<base::Uuid> parts;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    parts.push_back(read.Uuid(0));
    if (!read.ok()) return read.Damage("contact_merge");
  }
  return parts;
}

absl::StatusOr<MovedWins> ReadWins(pg::Transaction& transaction, const std::string& tenant,
                                   const base::Uuid& survivor, const base::Uuid& contact,
                                   absl::Span<const base::Uuid> parts) {
  std::vector<base::Uuid> homes{AccountIdOf(contact)};
  for (const base::Uuid& part : parts) homes.push_back(AccountIdOf(part));
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      transaction.Query(kSumWins, pg::MakeParams(tenant, AccountIdOf(survivor), homes)));
  MovedWins wins;
  for (const pg::Row row : rows) CRM_RETURN_IF_ERROR(AddWins(row, contact, parts, wins));
  std::sort(wins.contacts.begin(), wins.contacts.end());
  wins.contacts.erase(std::unique(wins.contacts.begin(), wins.contacts.end()), wins.contacts.end());
  return wins;
}

absl::StatusOr<std::vector<NotRestored>> GiveUpTaken(pg::Transaction& transaction,
                                                     const Contact& survivor, Contact& contact) {
  std::vector<NotRestored> given_up;
  const std::vector<ContactKey> kept = KeysOf(survivor);
  pg::Columns wanted;
  for (const ContactKey& key : KeysOf(contact)) {
    if (std::binary_search(kept.begin(), kept.end(), key)) {
      GiveUp(key, contact);
      given_up.push_back({FieldOf(key.kind), survivor.id});
    } else {
      wanted.Add(contact.tenant, base::NameOf(kKeyKindNames, key.kind), key.value);
    }
  }
  if (wanted.empty()) return given_up;
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kFindKeys, wanted.ToParams()));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const ContactKey key{read.Enum(1, kKeyKindNames), read.Text(2)};
    const base::Uuid holder = read.Uuid(3);
    if (!read.ok()) return read.Damage("contact_key");
    // What the survivor still holds in the table it gives up with this.
    if (holder == survivor.id || holder == contact.id) continue;
    GiveUp(key, contact);
    given_up.push_back({FieldOf(key.kind), holder});
  }
  return given_up;
}

namespace {

absl::Status WriteEmployers(pg::Transaction& transaction,
                            const std::vector<ContactChange>& changes) {
  pg::Columns ended;
  pg::Columns begun;
  for (const auto& [before, after] : changes) {
    for (const base::Uuid& organization : EmployersBeyond(before, &after)) {
      ended.Add(before.tenant, organization, before.id);
    }
    for (const base::Uuid& organization : EmployersBeyond(after, &before)) {
      begun.Add(after.tenant, organization, after.id);
    }
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(kReleaseEmployments, ended));
  return transaction.Defer(kAddEmployments, begun);
}

}  // namespace

absl::Status WriteContacts(pg::Transaction& transaction, std::vector<ContactChange>& changes,
                           const MergeCall& call) {
  std::vector<Contact> befores;
  std::vector<aggregate::RevisionRow> revisions;
  befores.reserve(changes.size());
  std::vector<aggregate::Written<Contact>> writes;
  for (auto& [before, after] : changes) {
    if (before == after) continue;
    ++after.revision;
    after.update_time = call.occasion.now;
    aggregate::RevisionRow& row = revisions.emplace_back();
    row.key = {after.tenant, after.id};
    row.revision = {after.revision,
                    after.update_time,
                    before.update_time,
                    call.author,
                    call.request ? std::optional(call.request->id) : std::nullopt,
                    aggregate::ChangesOf(before, after, ContactFieldTable())};
    befores.push_back(WithReferencesOf(before, after));
    writes.push_back({&befores.back(), &after});
  }
  if (writes.empty()) return absl::OkStatus();
  CRM_RETURN_IF_ERROR(ContactTable().Update(transaction, writes));
  CRM_RETURN_IF_ERROR(WriteEmployers(transaction, changes));
  return aggregate::RecordRevisions(transaction, revisions);
}

}  // namespace crm::contact
