#include "services/contact/store/lifecycle_store.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/aggregate/revisions.h"
#include "common/base/status.h"
#include "common/pg/row_reader.h"
#include "common/stage/stage_record.h"
#include "services/contact/domain/contact.h"
#include "services/contact/store/account_table.h"
#include "services/contact/store/contact_fields.h"
#include "services/contact/store/contact_stages.h"
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
    batch.wins()[TenantKey{key.tenant, key.id}] = Loaded(AccountWin{read.Uuid(6), std::move(win)});
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
  contact.stage = read.Enum(5, kLifecycleStageNames);
  contact.stage_version = read.Int(6);
  contact.stage_time = read.Time(7);
  if (!read.IsNull(8)) {
    contact.live = {read.Int(8), read.Int(9)};
    contact.stored_live = contact.live;
  }
  return read.ok() ? absl::OkStatus() : read.Damage(ContactName(key.id));
}

absl::Status LoadContacts(pg::Transaction& transaction, absl::Span<const NeighbourMove> moves,
                          LifecycleBatch& batch) {
  const ContactSets sets = ContactsOf(moves, batch);
  if (sets.all.empty()) return absl::OkStatus();
  pg::Params params = sets.all.ToParams();
  AddSet(params, sets.winners, 2);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kSelectTracked, params));
  batch.contacts().reserve(static_cast<size_t>(rows.size()));
  for (const pg::Row row : rows) CRM_RETURN_IF_ERROR(ReadTracked(row, batch));
  return absl::OkStatus();
}

absl::Status LoadAccounts(pg::Transaction& transaction, absl::Span<const NeighbourMove> moves,
                          LifecycleBatch& batch) {
  pg::Columns columns;
  for (const TenantKey& key : batch.AccountsOf(moves)) columns.Add(key.tenant, key.id);
  if (columns.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kLockAccounts, columns.ToParams()));
  for (const pg::Row row : rows) {
    CRM_ASSIGN_OR_RETURN(Account account, ReadAccount(row));
    TenantKey key{account.tenant, account.id};
    batch.accounts().emplace(std::move(key), Loaded(account));
  }
  return absl::OkStatus();
}

// What the batch changed of a contact that it moved, as its revision has it.
std::string MovesOf(const TrackedContact& contact) {
  const StageChange& first = contact.stage_changes.front();
  Contact before;
  before.stage = base::ValueOf(kLifecycleStageNames, first.from).value_or(contact.stage);
  before.stage_version = first.version - 1;
  before.stage_time = first.previous_effective_time.value_or(contact.stage_time);
  Contact after;
  after.stage = contact.stage;
  after.stage_version = contact.stage_version;
  after.stage_time = contact.stage_time;
  return aggregate::ChangesOf(before, after, ContactFieldTable());
}

aggregate::RevisionRow RevisionOf(const BatchRow<Account>& row, const std::string& actor) {
  const Account& after = *row.after;
  aggregate::RevisionRow revision{{after.tenant, after.id}};
  revision.revision.revision = after.revision;
  revision.revision.record_time = after.update_time;
  if (row.before) revision.revision.previous_time = row.before->update_time;
  revision.revision.author = {actor, std::string(kLifecycleMethod)};
  revision.revision.changes =
      aggregate::ChangesOf(row.before.value_or(Account()), after, AccountFieldTable());
  return revision;
}

absl::Status SaveContacts(pg::Transaction& transaction, absl::Time now, LifecycleBatch& batch,
                          std::vector<stage::StageRecord>& records) {
  pg::Columns first_counts;
  pg::Columns counts;
  pg::Columns locked;
  pg::Columns moved;
  pg::Columns revisions;
  for (const auto& [key, contact] : batch.contacts()) {
    if (contact.live != contact.stored_live.value_or(LiveThings())) {
      (contact.stored_live.has_value() ? counts : first_counts)
          .Add(key.tenant, key.id, contact.live.leads, contact.live.opportunities);
    }
    if (contact.stage_changes.empty()) continue;
    locked.Add(key.tenant, key.id);
    moved.Add(key.tenant, key.id, base::NameOf(kLifecycleStageNames, contact.stage),
              contact.stage_version, contact.stage_time, now);
    revisions.Add(key.tenant, key.id, now, contact.stage_changes.back().actor, kLifecycleMethod,
                  MovesOf(contact));
    for (const StageChange& change : contact.stage_changes) {
      records.push_back(StageRecordOf(key, change));
    }
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(kLockMoved, locked));
  CRM_RETURN_IF_ERROR(transaction.Defer(kRecordMoves, revisions));
  CRM_RETURN_IF_ERROR(transaction.Defer(kMoveContacts, moved));
  CRM_RETURN_IF_ERROR(transaction.Defer(kInsertCounts, first_counts));
  return transaction.Defer(kUpdateCounts, counts);
}

absl::Status SaveEngagements(pg::Transaction& transaction, LifecycleBatch& batch) {
  pg::Columns first;
  pg::Columns later;
  for (const auto& [key, row] : batch.engagements()) {
    if (!row.changed()) continue;
    (row.before ? later : first)
        .Add(key.tenant, base::NameOf(kThingKindNames, key.kind), key.id, row.after->contact,
             row.after->version, base::NameOf(kThingStateNames, row.after->state));
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(kInsertEngagements, first));
  return transaction.Defer(kUpdateEngagements, later);
}

absl::Status SaveWins(pg::Transaction& transaction, LifecycleBatch& batch) {
  pg::Columns written;
  pg::Columns deleted;
  for (const auto& [key, row] : batch.wins()) {
    if (!row.changed()) continue;
    if (!row.after) {
      deleted.Add(key.tenant, key.id);
      continue;
    }
    const Win& win = row.after->win;
    written.Add(key.tenant, key.id, row.after->account, win.contact, pg::CurrencyOf(win.amount),
                pg::MinorOf(win.amount), win.time);
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(kDeleteWins, deleted));
  return transaction.Defer(kWriteWins, written);
}

absl::Status SaveAccounts(pg::Transaction& transaction, LifecycleBatch& batch,
                          std::vector<stage::StageRecord>& records) {
  pg::Columns written;
  pg::Columns without_last_win;
  std::vector<aggregate::RevisionRow> revisions;
  for (auto& [key, row] : batch.accounts()) {
    if (!row.changed()) continue;
    Account& account = *row.after;
    ++account.revision;
    AddAccountRow(written, account);
    revisions.push_back(RevisionOf(row, batch.ActorOf(key)));
    if (account.win_count > 0 && !account.last_win_time) without_last_win.Add(key.tenant, key.id);
    for (const StageChange& change : account.stage_changes) {
      records.push_back(StageRecordOf(account, change));
    }
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(kWriteAccounts, written));
  CRM_RETURN_IF_ERROR(aggregate::RecordRevisions(transaction, revisions));
  return transaction.Defer(kFindLastWins, without_last_win);
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

absl::Status SaveBatch(pg::Transaction& transaction, absl::Time now, LifecycleBatch& batch) {
  std::vector<stage::StageRecord> records;
  CRM_RETURN_IF_ERROR(SaveContacts(transaction, now, batch, records));
  CRM_RETURN_IF_ERROR(SaveEngagements(transaction, batch));
  CRM_RETURN_IF_ERROR(SaveWins(transaction, batch));
  CRM_RETURN_IF_ERROR(SaveAccounts(transaction, batch, records));
  if (records.empty()) return absl::OkStatus();
  // As they happened: the ids of one batch rise, so a cause's consequences stay together.
  std::stable_sort(records.begin(), records.end(),
                   [](const auto& a, const auto& b) { return a.event_id < b.event_id; });
  return stage::RecordStages(transaction, records);
}

}  // namespace crm::contact
