#include "services/contact/store/contact_taken.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/tenant_key.h"
#include "common/error/refusals.h"
#include "common/pg/row_reader.h"
#include "services/contact/domain/contact_keys.h"
#include "services/contact/store/statements.h"

namespace crm::contact {
namespace {

using base::TenantKey;
using KeyId = std::tuple<std::string, std::string, std::string>;  // tenant, kind, value
using Holders = absl::flat_hash_map<KeyId, base::Uuid>;
using Present = absl::flat_hash_map<TenantKey, bool>;  // → live organization
using WrittenContact = aggregate::Written<Contact>;

KeyId IdOf(const Contact& contact, const ContactKey& key) {
  return {contact.tenant, std::string(base::NameOf(kKeyKindNames, key.kind)), key.value};
}

absl::StatusOr<Holders> FindHolders(pg::Transaction& transaction,
                                    aggregate::Writes<Contact> contacts) {
  std::set<KeyId> wanted;
  for (const auto& [before, contact] : contacts) {
    for (const ContactKey& key : KeysBeyond(*contact, before)) wanted.insert(IdOf(*contact, key));
  }
  Holders holders;
  if (wanted.empty()) return holders;
  pg::Columns columns;
  for (const auto& [tenant, kind, value] : wanted) columns.Add(tenant, kind, value);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kFindKeys, columns.ToParams()));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    KeyId key{read.Text(0), read.Text(1), read.Text(2)};
    holders.emplace(std::move(key), read.Uuid(3));
    if (!read.ok()) return read.Damage("contact_key");
  }
  return holders;
}

absl::StatusOr<Present> FindPresent(pg::Transaction& transaction,
                                    aggregate::Writes<Contact> contacts) {
  std::set<TenantKey> wanted;
  for (const auto& [before, contact] : contacts) {
    if (before == nullptr) wanted.insert({contact->tenant, contact->id});
    for (const Reference& reference : ReferencesBeyond(*contact, before)) {
      wanted.insert({contact->tenant, reference.id});
    }
  }
  Present present;
  if (wanted.empty()) return present;
  pg::Columns columns;
  for (const TenantKey& key : wanted) columns.Add(key.tenant, key.id);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kFindContacts, columns.ToParams()));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    TenantKey key{read.Text(0), read.Uuid(1)};
    present.emplace(std::move(key), read.Bool(2));
    if (!read.ok()) return read.Damage("contact");
  }
  return present;
}

absl::Status FirstTakenKey(const WrittenContact& written, const Holders& holders) {
  const Contact& contact = *written.after;
  std::vector<base::Uuid> found;
  std::optional<KeyKind> kind;
  for (const ContactKey& key : KeysBeyond(contact, written.before)) {
    const auto held = holders.find(IdOf(contact, key));
    if (held == holders.end() || held->second == contact.id) continue;
    if (!kind) kind = key.kind;
    if (key.kind != *kind) continue;
    if (std::find(found.begin(), found.end(), held->second) == found.end()) {
      found.push_back(held->second);
    }
  }
  return kind ? DuplicateKey(*kind, found) : absl::OkStatus();
}

absl::Status Refusal(const WrittenContact& written, const Holders& holders,
                     const Present& present) {
  const Contact& contact = *written.after;
  if (written.before == nullptr && present.contains(TenantKey{contact.tenant, contact.id})) {
    return error::DuplicateId("contact_id", ContactName(contact.id));
  }
  CRM_RETURN_IF_ERROR(FirstTakenKey(written, holders));
  for (const Reference& reference : ReferencesBeyond(contact, written.before)) {
    const auto found = present.find(TenantKey{contact.tenant, reference.id});
    if (found == present.end() || !found->second) {
      return error::ReferenceNotFound(absl::StrCat("contact.", reference.field),
                                      ContactName(reference.id));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RefuseTaken(pg::Transaction& transaction, aggregate::Writes<Contact> contacts,
                         absl::Span<absl::Status> refusals) {
  CRM_ASSIGN_OR_RETURN(Holders holders, FindHolders(transaction, contacts));
  CRM_ASSIGN_OR_RETURN(Present present, FindPresent(transaction, contacts));
  for (size_t i = 0; i < contacts.size(); ++i) {
    const Contact& contact = *contacts[i].after;
    refusals[i] = Refusal(contacts[i], holders, present);
    if (!refusals[i].ok()) continue;
    for (const ContactKey& key : KeysBeyond(contact, contacts[i].before)) {
      holders.emplace(IdOf(contact, key), contact.id);
    }
    present[TenantKey{contact.tenant, contact.id}] =
        contact.kind() == ContactKind::kOrganization && !contact.deleted();
  }
  return absl::OkStatus();
}

}  // namespace crm::contact
