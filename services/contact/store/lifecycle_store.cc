#include "services/contact/store/lifecycle_store.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "common/aggregate/revisions.h"
#include "common/base/status.h"
#include "common/stage/stage_record.h"
#include "services/contact/domain/contact.h"
#include "services/contact/store/account_table.h"
#include "services/contact/store/contact_fields.h"
#include "services/contact/store/contact_stages.h"
#include "services/contact/store/merge_statements.h"
#include "services/contact/store/statements.h"

namespace crm::contact {
namespace {

using base::TenantKey;

// What the batch changed of a contact that it moved, as its revision has it.
std::string MovesOf(const TrackedContact& contact) {
  const StageChange& first = contact.stage_changes.front();
  Contact before;
  before.stage = contact.stored_stage;
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
  pg::Columns shares;
  pg::Columns locked;
  pg::Columns moved;
  pg::Columns revisions;
  for (const auto& [key, contact] : batch.contacts()) {
    if (contact.live != contact.stored_live.value_or(LiveThings())) {
      (contact.stored_live.has_value() ? counts : first_counts)
          .Add(key.tenant, key.id, contact.live.leads, contact.live.opportunities);
    }
    if (contact.share.has_value() && contact.share != contact.stored_share) {
      shares.Add(key.tenant, key.id, contact.live.leads, contact.live.opportunities,
                 contact.share->customer, contact.share->merged.leads,
                 contact.share->merged.opportunities, contact.share->merged_customers);
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
  CRM_RETURN_IF_ERROR(transaction.Defer(kUpdateCounts, counts));
  return transaction.Defer(kWriteShares, shares);
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
                pg::MinorOf(win.amount), win.time, row.after->home);
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
