#include "services/contact/store/contact_reads.h"

#include "common/aggregate/as_of.h"
#include "common/aggregate/listing.h"
#include "common/aggregate/read_rows.h"
#include "services/contact/store/account_table.h"
#include "services/contact/store/contact_fields.h"
#include "services/contact/store/contact_table.h"
#include "services/contact/store/statements.h"

namespace crm::contact {

absl::StatusOr<std::vector<Contact>> ContactReads::ListContacts(const listing::Query& query,
                                                                base::Deadline deadline) const {
  const ContactTable table;
  return aggregate::ReadPage<Contact>(
      aggregate::List(pool_, {kListContacts, "delete_time IS NULL"}, query, deadline),
      [&table](const pg::Row& row) { return table.Read(row); });
}

absl::StatusOr<std::vector<Account>> ContactReads::ListAccounts(const listing::Query& query,
                                                                base::Deadline deadline) const {
  return aggregate::ReadPage<Account>(
      aggregate::List(pool_, {kListAccounts, nullptr}, query, deadline), ReadAccount);
}

std::vector<absl::StatusOr<Account>> ContactReads::GetAccounts(
    absl::Span<const aggregate::Key> keys, base::Deadline deadline) const {
  return aggregate::ReadByKey<Account>(
      keys, pool_.Read(kSelectAccounts, aggregate::KeyParams(keys), deadline), ReadAccount,
      [](const aggregate::Key& key) { return AccountName(key.id); });
}

absl::StatusOr<std::vector<aggregate::ReadRevision<Contact>>> ContactReads::ContactRevisions(
    const aggregate::Key& key, int64_t after, int limit, base::Deadline deadline) const {
  return aggregate::ReadRevisions(pool_, ContactFieldTable(), key, ContactName(key.id), after,
                                  limit, deadline);
}

absl::StatusOr<std::vector<aggregate::ReadRevision<Account>>> ContactReads::AccountRevisions(
    const aggregate::Key& key, int64_t after, int limit, base::Deadline deadline) const {
  return aggregate::ReadRevisions(pool_, AccountFieldTable(), key, AccountName(key.id), after,
                                  limit, deadline);
}

absl::StatusOr<Contact> ContactReads::AsOf(const Contact& present, const aggregate::Moment& moment,
                                           base::Deadline deadline) const {
  return aggregate::AsOf(pool_, ContactFieldTable(), present, ContactName(present.id), moment,
                         deadline);
}

absl::StatusOr<Account> ContactReads::AsOf(const Account& present, const aggregate::Moment& moment,
                                           base::Deadline deadline) const {
  return aggregate::AsOf(pool_, AccountFieldTable(), present, AccountName(present.id), moment,
                         deadline);
}

}  // namespace crm::contact
