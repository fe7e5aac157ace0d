#include "services/contact/store/contact_reads.h"

#include "absl/strings/string_view.h"
#include "common/aggregate/as_of.h"
#include "common/aggregate/listing.h"
#include "common/aggregate/read_rows.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/contact/domain/contact_keys.h"
#include "services/contact/store/account_table.h"
#include "services/contact/store/contact_fields.h"
#include "services/contact/store/contact_table.h"
#include "services/contact/store/find_statements.h"
#include "services/contact/store/key_reads.h"
#include "services/contact/store/merge_statements.h"
#include "services/contact/store/statements.h"
#include "services/contact/store/survivor_store.h"

namespace crm::contact {
namespace {

absl::StatusOr<std::vector<Contact>> ReadMatches(const absl::StatusOr<pg::Rows>& rows) {
  const ContactTable table;
  return aggregate::ReadPage<Contact>(rows, [&](const pg::Row& row) { return table.Read(row); });
}

// The keys among the facts.
std::vector<ContactKey> KeysIn(const ContactFacts& facts) {
  std::vector<ContactKey> keys;
  if (!facts.email.empty()) keys.push_back({KeyKind::kEmail, facts.email});
  if (!facts.domain.empty()) keys.push_back({KeyKind::kDomain, facts.domain});
  return keys;
}

std::optional<base::Uuid> HolderOf(const KeyHolders& holders, const ContactKey& key) {
  const auto found = holders.find(key);
  if (found == holders.end()) return std::nullopt;
  return found->second;
}

}  // namespace

absl::StatusOr<std::vector<Contact>> ContactReads::ListContacts(const listing::Query& query,
                                                                base::Deadline deadline) const {
  const ContactTable table;
  return aggregate::ReadPage<Contact>(
      aggregate::List(pool_, {kListContacts, "delete_time IS NULL"}, query, deadline),
      [&table](const pg::Row& row) { return table.Read(row); });
}

absl::StatusOr<std::vector<Contact>> ContactReads::ContactsAfter(const aggregate::Key& after,
                                                                 int limit,
                                                                 base::Deadline deadline) const {
  return ReadMatches(pool_.Read(pg::Tenants::All(), kContactsAfter,
                                pg::MakeParams(after.tenant, after.id, limit), deadline));
}

absl::StatusOr<std::vector<Account>> ContactReads::ListAccounts(const listing::Query& query,
                                                                base::Deadline deadline) const {
  return aggregate::ReadPage<Account>(
      aggregate::List(pool_, {kListAccounts, nullptr}, query, deadline), ReadAccount);
}

std::vector<absl::StatusOr<Account>> ContactReads::GetAccounts(
    absl::Span<const aggregate::Key> keys, base::Deadline deadline) const {
  return aggregate::ReadByKey<Account>(
      keys, pool_.Read(pg::TenantsOf(keys), kSelectAccounts, aggregate::KeyParams(keys), deadline),
      ReadAccount, [](const aggregate::Key& key) { return AccountName(key.id); });
}

std::vector<absl::StatusOr<Account>> ContactReads::GetSurvivingAccounts(
    absl::Span<const aggregate::Key> keys, base::Deadline deadline) const {
  return GetSurvivors<Account>(
      keys, [&](absl::Span<const aggregate::Key> some) { return GetAccounts(some, deadline); });
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

absl::StatusOr<KeyHolders> ContactReads::HoldersOf(const std::string& tenant,
                                                   absl::Span<const ContactKey> keys,
                                                   base::Deadline deadline) const {
  return FindKeyHolders(pool_, tenant, keys, deadline);
}

absl::StatusOr<ContactMatches> ContactReads::FindByFacts(const std::string& tenant,
                                                         const ContactFacts& facts,
                                                         base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const KeyHolders holders,
                       FindKeyHolders(pool_, tenant, KeysIn(facts), deadline));
  const auto of_email = HolderOf(holders, {KeyKind::kEmail, facts.email});
  ContactMatches matches;
  matches.organization = HolderOf(holders, {KeyKind::kDomain, facts.domain});
  const auto take = [&](MatchRule rule, const absl::StatusOr<pg::Rows>& rows) -> absl::Status {
    CRM_ASSIGN_OR_RETURN(matches.contacts, ReadMatches(rows));
    // One that was deleted since its key was read is none.
    std::erase_if(matches.contacts, [](const Contact& contact) { return contact.deleted(); });
    matches.rule = matches.contacts.empty() ? MatchRule::kNone : rule;
    return absl::OkStatus();
  };
  const auto get = [&](const base::Uuid& id) {
    const aggregate::Key key{tenant, id};
    return pool_.Read(pg::Tenants(tenant), kSelectContacts,
                      aggregate::KeyParams(absl::MakeConstSpan(&key, 1)), deadline);
  };
  if (of_email) CRM_RETURN_IF_ERROR(take(MatchRule::kEmail, get(*of_email)));
  if (matches.contacts.empty() && !facts.e164.empty()) {
    const auto params = pg::MakeParams(tenant, facts.e164, facts.display_name, kMostMatches);
    CRM_RETURN_IF_ERROR(
        take(MatchRule::kPhone, pool_.Read(pg::Tenants(tenant), kFindByPhone, params, deadline)));
  }
  if (!matches.contacts.empty() || !matches.organization) return matches;
  if (facts.display_name.empty()) {
    CRM_RETURN_IF_ERROR(take(MatchRule::kDomain, get(*matches.organization)));
  } else {
    const auto params =
        pg::MakeParams(tenant, *matches.organization, facts.display_name, kMostMatches);
    CRM_RETURN_IF_ERROR(take(MatchRule::kNameAndDomain,
                             pool_.Read(pg::Tenants(tenant), kFindColleagues, params, deadline)));
  }
  return matches;
}

}  // namespace crm::contact
