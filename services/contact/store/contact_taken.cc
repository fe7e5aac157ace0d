#include "services/contact/store/contact_taken.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/base/status.h"
#include "services/contact/domain/lifecycle_batch.h"
#include "services/contact/store/statements.h"

namespace crm::contact {
namespace {

using KeyId = std::tuple<std::string, std::string, std::string>;  // tenant, kind, value
using Holders = absl::flat_hash_map<KeyId, base::Uuid>;
using Present = absl::flat_hash_map<TenantKey, bool>;  // → live organization

KeyId IdOf(const Contact& contact, const ContactKey& key) {
  return {contact.tenant, std::string(KeyKindName(key.kind)), key.value};
}

absl::StatusOr<Holders> FindHolders(pg::Transaction& transaction,
                                    aggregate::Writes<Contact> contacts) {
  std::set<KeyId> wanted;
  for (const auto& [before, contact] : contacts) {
    for (const ContactKey& key : contact->claimed_keys) wanted.insert(IdOf(*contact, key));
  }
  Holders holders;
  if (wanted.empty()) return holders;
  pg::Columns columns;
  for (const auto& [tenant, kind, value] : wanted) columns.Add(tenant, kind, value);
  pg::Params params;
  columns.AddTo(params);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kFindKeys, params));
  for (const pg::Row row : rows) {
    holders.emplace(KeyId{row.Text(0), row.Text(1), row.Text(2)}, row.Uuid(3));
  }
  return holders;
}

absl::StatusOr<Present> FindPresent(pg::Transaction& transaction,
                                    aggregate::Writes<Contact> contacts, bool fresh) {
  std::set<TenantKey> wanted;
  for (const auto& [before, contact] : contacts) {
    if (fresh) wanted.insert({contact->tenant, contact->id});
    for (const Reference& reference : contact->new_references) {
      wanted.insert({contact->tenant, reference.id});
    }
  }
  Present present;
  if (wanted.empty()) return present;
  pg::Columns columns;
  for (const TenantKey& key : wanted) columns.Add(key.tenant, key.id);
  pg::Params params;
  columns.AddTo(params);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kFindContacts, params));
  for (const pg::Row row : rows) present.emplace(TenantKey{row.Text(0), row.Uuid(1)}, row.Bool(2));
  return present;
}

// Keys that this batch gives up are free for its other members.
void FreeReleased(aggregate::Writes<Contact> contacts, Holders& holders) {
  for (const auto& [before, contact] : contacts) {
    for (const ContactKey& key : contact->released_keys) {
      const auto held = holders.find(IdOf(*contact, key));
      if (held != holders.end() && held->second == contact->id) holders.erase(held);
    }
  }
}

absl::Status FirstTakenKey(const Contact& contact, const Holders& holders) {
  std::vector<base::Uuid> found;
  const ContactKey* first = nullptr;
  for (const ContactKey& key : contact.claimed_keys) {
    const auto held = holders.find(IdOf(contact, key));
    if (held == holders.end() || held->second == contact.id) continue;
    if (first == nullptr) first = &key;
    if (key.kind != first->kind) continue;
    if (std::find(found.begin(), found.end(), held->second) == found.end()) {
      found.push_back(held->second);
    }
  }
  return first == nullptr ? absl::OkStatus() : DuplicateOf(first->kind, found);
}

absl::Status Refusal(const Contact& contact, bool fresh, const Holders& holders,
                     const Present& present) {
  if (fresh && present.contains(TenantKey{contact.tenant, contact.id})) {
    return DuplicateContactId(contact.id);
  }
  CRM_RETURN_IF_ERROR(FirstTakenKey(contact, holders));
  for (const Reference& reference : contact.new_references) {
    const auto found = present.find(TenantKey{contact.tenant, reference.id});
    if (found == present.end() || !found->second) return ReferenceNotFound(reference);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status FindConflicts(pg::Transaction& transaction, aggregate::Writes<Contact> contacts,
                           bool fresh, absl::Span<absl::Status> refusals) {
  CRM_ASSIGN_OR_RETURN(Holders holders, FindHolders(transaction, contacts));
  CRM_ASSIGN_OR_RETURN(Present present, FindPresent(transaction, contacts, fresh));
  FreeReleased(contacts, holders);
  for (size_t i = 0; i < contacts.size(); ++i) {
    const Contact& contact = *contacts[i].after;
    refusals[i] = Refusal(contact, fresh, holders, present);
    if (!refusals[i].ok()) continue;
    for (const ContactKey& key : contact.claimed_keys) {
      holders.emplace(IdOf(contact, key), contact.id);
    }
    present[TenantKey{contact.tenant, contact.id}] =
        contact.organization() != nullptr && !contact.deleted();
  }
  return absl::OkStatus();
}

}  // namespace crm::contact
