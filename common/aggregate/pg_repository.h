#pragma once

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "common/aggregate/attempt.h"
#include "common/aggregate/batch.h"
#include "common/aggregate/read_rows.h"
#include "common/aggregate/repository.h"
#include "common/aggregate/table.h"
#include "common/base/clock.h"
#include "common/base/status.h"
#include "common/idempotency/ledger.h"
#include "common/pg/pool.h"
#include "common/pg/transaction.h"
#include "common/stage/stage_record.h"

namespace crm::aggregate {

// The real repository: a batch is one PostgreSQL transaction of two round trips, rows locked in id
// order, everything written set-wise: aggregates, revisions, stage history, outbox, idempotency
// rows. The ledger is only read when something failed: an exact retry either breaks a rule or
// violates the ledger's key, and both end in a second, careful attempt. That one also asks the
// table who is at fault: creations are refused, changes run one by one after the batch, so that of
// several changes of one aggregate only the guilty one is refused, and one may take what another
// gives up. Items of a batch that the database refuses otherwise run one by one too: a bad one
// cannot poison its neighbours.
//
// `on_commit` is called after each commit that wrote something (it pokes the relay).
template <class A>
class PgRepository final : public Repository<A> {
 public:
  PgRepository(pg::Pool& pool, const Table<A>& table, const base::Clock& clock,
               std::function<void()> on_commit)
      : pool_(pool), table_(table), clock_(clock), on_commit_(std::move(on_commit)) {}

  void Update(absl::Span<Change<A>* const> changes, base::Deadline deadline) override {
    Run(changes, deadline, [this](Attempt<Change<A>>& attempt) { return UpdateOnce(attempt); });
  }

  void Create(absl::Span<Creation<A>* const> creations, base::Deadline deadline) override {
    Run(creations, deadline, [this](Attempt<Creation<A>>& attempt) { return CreateOnce(attempt); });
  }

  std::vector<absl::StatusOr<A>> Get(absl::Span<const Key> keys, base::Deadline deadline) override {
    return ReadByKey<A>(
        keys, pool_.Read(pg::TenantsOf(keys), table_.Select(), KeyParams(keys), deadline),
        [this](const pg::Row& row) { return table_.Read(row); },
        [this](const Key& key) { return table_.Name(key); });
  }

 private:
  // `once` makes one attempt. It puts nothing aside of a batch of one.
  template <class Item, class Once>
  void Run(absl::Span<Item* const> items, base::Deadline deadline, const Once& once,
           bool careful = false) {
    if (items.empty()) return;
    const pg::Tenants tenants = pg::TenantsOf(
        items, [](const Item* item) -> const std::string& { return TenantOf(*item); });
    std::vector<Item*> aside;
    const absl::Status status =
        pg::RunInTransaction(pool_, tenants, deadline, [&](pg::Transaction& transaction) {
          aside.clear();
          Attempt<Item> attempt{transaction, items, std::exchange(careful, true), aside};
          return once(attempt);
        });
    const bool hopeless = status.code() == absl::StatusCode::kUnavailable ||
                          status.code() == absl::StatusCode::kDeadlineExceeded;
    if (status.ok()) {
      on_commit_();
      for (Item* item : aside) Run(absl::MakeConstSpan(&item, 1), deadline, once, careful);
    } else if (items.size() == 1 || hopeless) {
      FailAll(items, status);
    } else {
      for (Item* item : items) Run(absl::MakeConstSpan(&item, 1), deadline, once);
    }
  }

  absl::Status UpdateOnce(Attempt<Change<A>>& attempt) {
    CRM_ASSIGN_OR_RETURN(Slots<A> slots, Lock(attempt));
    CRM_RETURN_IF_ERROR(Complete(attempt.transaction, slots));
    Replays replays;
    if (attempt.careful) CRM_RETURN_IF_ERROR(LookUp(attempt, attempt.items, replays));
    const std::vector<Slot<A>*> changed = ApplyChanges(
        attempt.items, slots, replays, clock_.Now(),
        [this](const Key& key) { return table_.Name(key); }, table_.StoredFields(), publish_);
    CRM_RETURN_IF_ERROR(attempt.careful ? PutConflictsAside(attempt, changed)
                                        : ReplayFailed(attempt));
    const std::vector<Written<A>> writes = WritesOf(changed);
    if (!writes.empty()) CRM_RETURN_IF_ERROR(table_.Update(attempt.transaction, writes));
    std::vector<const RevisionRow*> revisions;
    for (const Slot<A>* slot : changed) {
      if (!slot->loaded.has_value()) continue;
      for (const RevisionRow& row : slot->revisions) revisions.push_back(&row);
    }
    CRM_RETURN_IF_ERROR(RecordRevisions(attempt.transaction, revisions));
    return RecordAll(attempt, writes, revisions);
  }

  absl::Status CreateOnce(Attempt<Creation<A>>& attempt) {
    std::vector<A*> aggregates;
    aggregates.reserve(attempt.items.size());
    for (Creation<A>* creation : attempt.items) {
      BeginAnew(*creation);
      if (creation->apply) aggregates.push_back(&creation->aggregate);
    }
    if (!aggregates.empty()) CRM_RETURN_IF_ERROR(table_.Complete(attempt.transaction, aggregates));
    Replays replays;
    if (attempt.careful) CRM_RETURN_IF_ERROR(LookUp(attempt, attempt.items, replays));
    const std::vector<Creation<A>*> fresh = PrepareCreations(attempt.items, replays, clock_.Now());
    CRM_RETURN_IF_ERROR(attempt.careful ? RefuseTaken(attempt, fresh) : ReplayFailed(attempt));
    std::vector<Written<A>> writes;
    std::vector<RevisionRow> revisions;
    for (const Creation<A>* creation : fresh) {
      if (!TookEffect(*creation)) continue;
      writes.push_back({nullptr, &creation->aggregate});
      revisions.push_back(
          RevisionBy(*creation, A(), creation->aggregate, table_.StoredFields(), publish_));
    }
    if (!writes.empty()) CRM_RETURN_IF_ERROR(table_.Insert(attempt.transaction, writes));
    std::vector<const RevisionRow*> rows;
    for (const RevisionRow& row : revisions) rows.push_back(&row);
    CRM_RETURN_IF_ERROR(RecordRevisions(attempt.transaction, rows));
    return RecordAll(attempt, writes, rows);
  }

  static std::vector<Written<A>> WritesOf(const std::vector<Slot<A>*>& changed) {
    std::vector<Written<A>> writes;
    writes.reserve(changed.size());
    for (const Slot<A>* slot : changed) {
      if (slot->loaded.has_value()) writes.push_back({&*slot->loaded, &*slot->aggregate});
    }
    return writes;
  }

  absl::StatusOr<Slots<A>> Lock(Attempt<Change<A>>& attempt) {
    std::vector<Key> keys;
    keys.reserve(attempt.items.size());
    for (const Change<A>* change : attempt.items) keys.push_back(change->key);
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                         attempt.transaction.Query(table_.SelectForUpdate(), KeyParams(keys)));
    Slots<A> slots;
    slots.reserve(keys.size());
    bool strays = false;
    for (const pg::Row row : rows) {
      std::optional<Key> key = KeyOf(row);
      strays |= !key.has_value();
      if (key.has_value()) slots.emplace(*std::move(key), Slot<A>{table_.Read(row)});
    }
    if (!strays) return slots;
    for (const Key& key : keys) {
      slots.try_emplace(key, Slot<A>{error::DataDamaged(table_.Name(key)).ToStatus()});
    }
    return slots;
  }

  absl::Status Complete(pg::Transaction& transaction, Slots<A>& slots) {
    std::vector<A*> aggregates;
    aggregates.reserve(slots.size());
    for (auto& [key, slot] : slots) {
      if (slot.aggregate.ok()) aggregates.push_back(&*slot.aggregate);
    }
    return table_.Complete(transaction, aggregates);
  }

  // Refuses those of `fresh` for which there is no room. Who repeats the request of one of them has
  // been given an answer that will not be, and is run again.
  absl::Status RefuseTaken(Attempt<Creation<A>>& attempt, const std::vector<Creation<A>*>& fresh) {
    std::vector<Written<A>> writes;
    for (const Creation<A>* creation : fresh) writes.push_back({nullptr, &creation->aggregate});
    std::vector<absl::Status> refusals(fresh.size());
    CRM_RETURN_IF_ERROR(
        table_.FindConflicts(attempt.transaction, writes, absl::MakeSpan(refusals)));
    for (size_t i = 0; i < fresh.size(); ++i) {
      if (!refusals[i].ok()) fresh[i]->outcome = refusals[i];
    }
    CRM_RETURN_IF_ERROR(ReplayFailed(attempt));
    absl::flat_hash_map<Key, const Creation<A>*> refused;
    for (const Creation<A>* creation : fresh) {
      if (creation->request.has_value() && !TookEffect(*creation)) {
        refused.emplace(RequestKey(*creation), creation);
      }
    }
    SetAside(attempt, [&](const Creation<A>& creation) {
      if (!creation.request.has_value()) return false;
      const auto found = refused.find(RequestKey(creation));
      return found != refused.end() && found->second != &creation;
    });
    return absl::OkStatus();
  }

  // Puts aside all changes of each aggregate that cannot be written as it is now, and those that
  // repeat their requests; refuses a change that is alone.
  absl::Status PutConflictsAside(Attempt<Change<A>>& attempt,
                                 const std::vector<Slot<A>*>& changed) {
    const std::vector<Written<A>> writes = WritesOf(changed);
    std::vector<absl::Status> refusals(writes.size());
    CRM_RETURN_IF_ERROR(
        table_.FindConflicts(attempt.transaction, writes, absl::MakeSpan(refusals)));
    absl::flat_hash_set<Key> conflicting;
    for (size_t i = 0; i < changed.size(); ++i) {
      if (refusals[i].ok()) continue;
      conflicting.insert({writes[i].after->tenant, writes[i].after->id});
      changed[i]->loaded.reset();
      if (attempt.items.size() == 1) attempt.items[0]->outcome = refusals[i];
    }
    if (conflicting.empty() || attempt.items.size() == 1) return absl::OkStatus();
    absl::flat_hash_set<Key> requests;
    for (const Change<A>* change : attempt.items) {
      if (conflicting.contains(change->key) && change->request.has_value() && TookEffect(*change)) {
        requests.insert(RequestKey(*change));
      }
    }
    SetAside(attempt, [&](const Change<A>& change) {
      return conflicting.contains(change.key) ||
             (change.request.has_value() && requests.contains(RequestKey(change)));
    });
    return absl::OkStatus();
  }

  // Stage history, outbox and ledger rows of all that took effect. They come after the rows' locks,
  // which the order of events rests on.
  template <class Item>
  absl::Status RecordAll(Attempt<Item>& attempt, const std::vector<Written<A>>& writes,
                         const std::vector<const RevisionRow*>& revisions) {
    std::vector<stage::StageRecord> stages;
    for (const Written<A>& one : writes) table_.AppendStages(*one.after, stages);
    std::vector<stage::RecordChange> changes;
    for (const RevisionRow* row : revisions) {
      if (row->published.has_value()) changes.push_back(*row->published);
    }
    CRM_RETURN_IF_ERROR(stage::RecordStages(attempt.transaction, stages, changes));
    std::vector<idempotency::Entry> entries;
    for (const Item* item : attempt.items) {
      if (item->request.has_value() && TookEffect(*item)) {
        entries.push_back({TenantOf(*item), &*item->request, item->outcome->bytes});
      }
    }
    return idempotency::Record(attempt.transaction, entries);
  }

  pg::Pool& pool_;
  const Table<A>& table_;
  const base::Clock& clock_;
  const std::function<void()> on_commit_;
  const Publish<A> publish_ = [this](const A& before, const A& after, const Revision& revision) {
    return table_.Published(before, after, revision);
  };
};

}  // namespace crm::aggregate
