#include "services/contact/store/contact_reads.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "common/aggregate/listing.h"
#include "common/base/status.h"
#include "services/contact/store/account_table.h"
#include "services/contact/store/contact_table.h"
#include "services/contact/store/statements.h"

namespace crm::contact {

absl::StatusOr<std::vector<Contact>> ContactReads::ListContacts(const aggregate::ListQuery& query,
                                                                absl::Time deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       aggregate::List(pool_, ContactListing(), query, deadline));
  const ContactTable table;
  std::vector<Contact> contacts;
  contacts.reserve(rows.size());
  for (const pg::Row row : rows) contacts.push_back(table.Read(row));
  return contacts;
}

absl::StatusOr<std::vector<Account>> ContactReads::ListAccounts(const aggregate::ListQuery& query,
                                                                absl::Time deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       aggregate::List(pool_, AccountListing(), query, deadline));
  std::vector<Account> accounts;
  accounts.reserve(rows.size());
  for (const pg::Row row : rows) accounts.push_back(ReadAccount(row));
  return accounts;
}

absl::StatusOr<std::vector<std::optional<Account>>> ContactReads::GetAccounts(
    absl::Span<const aggregate::Key> keys, absl::Time deadline) const {
  pg::Columns columns;
  for (const aggregate::Key& key : keys) columns.Add(key.tenant, key.id);
  pg::Params params;
  columns.AddTo(params);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool_.Read(kSelectAccounts, params, deadline));
  absl::flat_hash_map<aggregate::Key, Account> found;
  for (const pg::Row row : rows) {
    Account account = ReadAccount(row);
    aggregate::Key key{account.tenant, account.id};
    found.emplace(std::move(key), std::move(account));
  }
  std::vector<std::optional<Account>> accounts(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (const auto at = found.find(keys[i]); at != found.end()) accounts[i] = at->second;
  }
  return accounts;
}

}  // namespace crm::contact
