#include "services/contact/store/lifecycle_reads.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/contact/domain/contact.h"
#include "services/contact/store/account_table.h"
#include "services/contact/store/merge_statements.h"
#include "services/contact/store/statements.h"

namespace crm::contact {
namespace {

using base::TenantKey;

// An absent set is an empty array, not a missing parameter.
void AddSet(pg::Params& params, const pg::Columns& columns, int width) {
  if (columns.empty()) {
    for (int i = 0; i < width; ++i) params.Add("{}");
  } else {
    columns.AddTo(params);
  }
}

pg::Columns ThingColumns(absl::Span<const NeighbourMove> moves) {
  absl::flat_hash_map<ThingKey, bool> seen;
  pg::Columns columns;
  const auto add = [&](const ThingKey& key) {
    if (seen.emplace(key, true).second)
      columns.Add(key.tenant, base::NameOf(kThingKindNames, key.kind), key.id);
  };
  for (const NeighbourMove& move : moves) {
    add(move.thing);
    if (move.successor.has_value()) {
      add({move.thing.tenant, ThingKind::kOpportunity, *move.successor});
    }
  }
  return columns;
}

// One row of kSelectEngagements.
absl::Status ReadEngagement(const pg::Row& row, LifecycleBatch& batch) {
  pg::RowReader read(row);
  const ThingKey key{read.Text(0), read.Enum(1, kThingKindNames), read.Uuid(2)};
  batch.engagements()[key] =
      Loaded(Engagement{read.Uuid(3), read.Int(4), read.Enum(5, kThingStateNames)});
  if (!read.IsNull(6)) {
    Win win{key.id, read.Uuid(7), read.OptionalMoney(8, 9), read.Time(10)};
    batch.wins()[TenantKey{key.tenant, key.id}] =
        Loaded(AccountWin{read.Uuid(6), std::move(win), read.OptionalUuid(11)});
  }
  if (read.ok()) return absl::OkStatus();
  return read.Damage(absl::StrCat(base::NameOf(kThingKindNames, key.kind), "/", key.id.ToString()));
}

absl::Status LoadEngagements(pg::Transaction& transaction, absl::Span<const NeighbourMove> moves,
                             LifecycleBatch& batch) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(kSelectEngagements, ThingColumns(moves).ToParams()));
  batch.engagements().reserve(static_cast<size_t>(rows.size()) + moves.size());
  for (const pg::Row row : rows) CRM_RETURN_IF_ERROR(ReadEngagement(row, batch));
  return absl::OkStatus();
}

// The contacts of the relevant moves and of what is known of their things; and those who win,
// whose organizations are asked for as well.
struct ContactSets {
  pg::Columns all;
  pg::Columns winners;
};

ContactSets ContactsOf(absl::Span<const NeighbourMove> moves, LifecycleBatch& batch) {
  ContactSets sets;
  absl::flat_hash_map<TenantKey, bool> seen;  // → among the winners
  const auto add = [&](const std::string& tenant, const base::Uuid& contact, bool wins) {
    const auto [at, fresh] = seen.try_emplace(TenantKey{tenant, contact}, false);
    if (fresh) sets.all.Add(tenant, contact);
    if (wins && !std::exchange(at->second, true)) sets.winners.Add(tenant, contact);
  };
  for (const NeighbourMove& move : moves) {
    if (!batch.IsRelevant(move)) continue;
    add(move.thing.tenant, move.contact, move.state == ThingState::kWon || move.restores);
    const auto known = batch.engagements().find(move.thing);
    if (known != batch.engagements().end()) {
      add(move.thing.tenant, known->second.after->contact, false);
    }
  }
  return sets;
}

// One row of kSelectTracked.
absl::Status ReadTracked(const pg::Row& row, LifecycleBatch& batch) {
  pg::RowReader read(row);
  const TenantKey key{read.Text(0), read.Uuid(1)};
  TrackedContact& contact = batch.contacts()[key];
  contact.organization = read.OptionalUuid(2);
  contact.display_name = read.Text(3);
  contact.owner = read.Text(4);
  contact.stage = contact.stored_stage = read.Enum(5, kLifecycleStageNames);
  contact.stage_version = read.Int(6);
  contact.stage_time = read.Time(7);
  if (!read.IsNull(8)) {
    contact.live = {read.Int(8), read.Int(9)};
    contact.stored_live = contact.live;
  }
  contact.merged_into = read.OptionalUuid(10);
  if (!read.IsNull(11)) {
    contact.share = MergeShare{read.Bool(11), {read.Int(12), read.Int(13)}, read.Int(14)};
    contact.stored_share = contact.share;
  }
  return read.ok() ? absl::OkStatus() : read.Damage(ContactName(key.id));
}

absl::Status LoadTracked(pg::Transaction& transaction, const ContactSets& sets,
                         LifecycleBatch& batch) {
  pg::Params params = sets.all.ToParams();
  AddSet(params, sets.winners, 2);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kSelectTracked, params));
  batch.contacts().reserve(batch.contacts().size() + static_cast<size_t>(rows.size()));
  for (const pg::Row row : rows) CRM_RETURN_IF_ERROR(ReadTracked(row, batch));
  return absl::OkStatus();
}

// The contacts that those of the batch are part of and that are not there yet.
ContactSets MissingHeads(LifecycleBatch& batch) {
  ContactSets sets;
  absl::flat_hash_set<TenantKey> seen;
  for (const auto& [key, contact] : batch.contacts()) {
    if (!contact.merged_into.has_value()) continue;
    const TenantKey head{key.tenant, *contact.merged_into};
    if (batch.contacts().contains(head) || !seen.insert(head).second) continue;
    sets.all.Add(head.tenant, head.id);
    sets.winners.Add(head.tenant, head.id);
  }
  return sets;
}

absl::Status LoadContacts(pg::Transaction& transaction, absl::Span<const NeighbourMove> moves,
                          LifecycleBatch& batch) {
  const ContactSets sets = ContactsOf(moves, batch);
  if (sets.all.empty()) return absl::OkStatus();
  CRM_RETURN_IF_ERROR(LoadTracked(transaction, sets, batch));
  // A contact, its head, that one's organization and its head: there is no more to find.
  for (int round = 0; round < 2; ++round) {
    const ContactSets heads = MissingHeads(batch);
    if (heads.all.empty()) break;
    CRM_RETURN_IF_ERROR(LoadTracked(transaction, heads, batch));
  }
  return absl::OkStatus();
}

absl::Status LoadAccountRows(pg::Transaction& transaction, const pg::Columns& columns,
                             LifecycleBatch& batch) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kLockAccounts, columns.ToParams()));
  for (const pg::Row row : rows) {
    CRM_ASSIGN_OR_RETURN(Account account, ReadAccount(row));
    TenantKey key{account.tenant, account.id};
    batch.accounts().emplace(std::move(key), Loaded(account));
  }
  return absl::OkStatus();
}

absl::Status LoadAccounts(pg::Transaction& transaction, absl::Span<const NeighbourMove> moves,
                          LifecycleBatch& batch) {
  pg::Columns columns;
  for (const TenantKey& key : batch.AccountsOf(moves)) columns.Add(key.tenant, key.id);
  return columns.empty() ? absl::OkStatus() : LoadAccountRows(transaction, columns, batch);
}

}  // namespace

absl::Status LoadBatch(pg::Transaction& transaction, absl::Span<const NeighbourMove> moves,
                       LifecycleBatch& batch) {
  if (moves.empty()) return absl::OkStatus();
  CRM_RETURN_IF_ERROR(transaction.Defer(kTakeLifecycleTurn, pg::Params()));
  CRM_RETURN_IF_ERROR(LoadEngagements(transaction, moves, batch));
  CRM_RETURN_IF_ERROR(LoadContacts(transaction, moves, batch));
  return LoadAccounts(transaction, moves, batch);
}

absl::Status LoadForMerge(pg::Transaction& transaction, absl::Span<const base::TenantKey> contacts,
                          LifecycleBatch& batch) {
  ContactSets sets;
  pg::Columns accounts;
  for (const TenantKey& key : contacts) {
    sets.all.Add(key.tenant, key.id);
    accounts.Add(key.tenant, AccountIdOf(key.id));
  }
  if (contacts.empty()) return absl::OkStatus();
  CRM_RETURN_IF_ERROR(LoadTracked(transaction, sets, batch));
  return LoadAccountRows(transaction, accounts, batch);
}

}  // namespace crm::contact
