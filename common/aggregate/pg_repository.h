#pragma once

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

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
// order, everything written set-wise: aggregates, stage history, outbox, idempotency rows. The
// ledger is only read when something failed: an exact retry either breaks a rule or violates the
// ledger's key, and both end in a second look. If the database refuses a batch, its items are
// retried one by one, so that a bad one cannot poison its neighbours.
//
// `on_commit` is called after each commit that wrote something (it pokes the relay).
template <class A>
class PgRepository final : public Repository<A> {
 public:
  PgRepository(pg::Pool& pool, const Table<A>& table, const base::Clock& clock,
               std::function<void()> on_commit)
      : pool_(pool), table_(table), clock_(clock), on_commit_(std::move(on_commit)) {}

  void Update(absl::Span<Change<A>* const> changes, absl::Time deadline) override {
    Run(changes, deadline, [this](pg::Transaction& transaction, auto items, bool look) {
      return UpdateOnce(transaction, items, look);
    });
  }

  void Create(absl::Span<Creation<A>* const> creations, absl::Time deadline) override {
    Run(creations, deadline, [this](pg::Transaction& transaction, auto items, bool look) {
      return CreateOnce(transaction, items, look);
    });
  }

  std::vector<absl::StatusOr<A>> Get(absl::Span<const Key> keys, absl::Time deadline) override {
    return ReadByKey<A>(
        keys, pool_.Read(table_.Select(), KeyParams(keys), deadline),
        [this](const pg::Row& row) { return table_.Read(row); },
        [this](const Key& key) { return table_.Name(key); });
  }

 private:
  static const std::string& TenantOf(const Change<A>& change) { return change.key.tenant; }
  static const std::string& TenantOf(const Creation<A>& creation) {
    return creation.aggregate.tenant;
  }

  template <class Item, class Once>
  void Run(absl::Span<Item* const> items, absl::Time deadline, const Once& once) {
    if (items.empty()) return;
    bool look = false;
    const absl::Status status =
        pg::RunInTransaction(pool_, deadline, [&](pg::Transaction& transaction) {
          return once(transaction, items, std::exchange(look, true));
        });
    if (status.ok()) {
      on_commit_();
      return;
    }
    const bool hopeless = status.code() == absl::StatusCode::kUnavailable ||
                          status.code() == absl::StatusCode::kDeadlineExceeded;
    if (items.size() == 1 || hopeless) {
      for (Item* item : items) item->outcome = status;
      return;
    }
    for (Item* item : items) Run(absl::Span<Item* const>(&item, 1), deadline, once);
  }

  absl::Status UpdateOnce(pg::Transaction& transaction, absl::Span<Change<A>* const> changes,
                          bool look) {
    CRM_ASSIGN_OR_RETURN(Slots<A> slots, Lock(transaction, changes));
    Replays replays;
    if (look) CRM_RETURN_IF_ERROR(LookUp(transaction, changes, replays));
    ApplyChanges(changes, slots, replays, clock_.Now(),
                 [this](const Key& key) { return table_.Name(key); });
    if (!look) CRM_RETURN_IF_ERROR(ReplayFailed(transaction, changes));
    if (look) {
      CRM_RETURN_IF_ERROR(RefuseConflicting(transaction, changes, slots));
      SpreadRefusals(changes);
    }
    const std::vector<Written<A>> changed = Changed(slots);
    if (!changed.empty()) CRM_RETURN_IF_ERROR(table_.Update(transaction, changed));
    return RecordAll(transaction, changes, changed);
  }

  absl::Status CreateOnce(pg::Transaction& transaction, absl::Span<Creation<A>* const> creations,
                          bool look) {
    Replays replays;
    if (look) CRM_RETURN_IF_ERROR(LookUp(transaction, creations, replays));
    std::vector<Creation<A>*> fresh = PrepareCreations(creations, replays, clock_.Now());
    if (look) {
      CRM_RETURN_IF_ERROR(RefuseTaken(transaction, fresh));
      CRM_RETURN_IF_ERROR(ReplayFailed(transaction, creations));
      SpreadRefusals(creations);
    }
    std::vector<Written<A>> created;
    for (const Creation<A>* creation : fresh) {
      if (creation->outcome.ok()) created.push_back({nullptr, &creation->aggregate});
    }
    if (!created.empty()) CRM_RETURN_IF_ERROR(table_.Insert(transaction, created));
    return RecordAll(transaction, creations, created);
  }

  // Valid until a slot is touched.
  static std::vector<Written<A>> Changed(const Slots<A>& slots) {
    std::vector<Written<A>> changed;
    for (const auto& [key, slot] : slots) {
      if (slot.loaded.has_value()) changed.push_back({&*slot.loaded, &*slot.aggregate});
    }
    return changed;
  }

  absl::StatusOr<Slots<A>> Lock(pg::Transaction& transaction,
                                absl::Span<Change<A>* const> changes) {
    std::vector<Key> keys;
    keys.reserve(changes.size());
    for (const Change<A>* change : changes) keys.push_back(change->key);
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                         transaction.Query(table_.SelectForUpdate(), KeyParams(keys)));
    Slots<A> slots;
    for (const pg::Row row : rows) {
      slots.emplace(KeyOf(row), Slot<A>{table_.Read(row)});
    }
    return slots;
  }

  template <class Item>
  absl::Status LookUp(pg::Transaction& transaction, absl::Span<Item* const> items,
                      Replays& replays) {
    std::vector<Key> keys;
    for (const Item* item : items) {
      if (item->request.has_value()) keys.push_back({TenantOf(*item), item->request->id});
    }
    CRM_ASSIGN_OR_RETURN(auto answers, idempotency::Lookup(transaction, keys));
    for (size_t i = 0; i < keys.size(); ++i) {
      if (!answers[i].has_value()) continue;
      replays.Remember(keys[i], *std::move(answers[i]));
    }
    return absl::OkStatus();
  }

  // A failed item may be the retry of one that succeeded: then the first answer stands.
  template <class Item>
  absl::Status ReplayFailed(pg::Transaction& transaction, absl::Span<Item* const> items) {
    std::vector<Item*> failed;
    for (Item* item : items) {
      if (!item->outcome.ok() && item->request.has_value()) failed.push_back(item);
    }
    if (failed.empty()) return absl::OkStatus();
    Replays replays;
    CRM_RETURN_IF_ERROR(LookUp(transaction, absl::Span<Item* const>(failed), replays));
    for (Item* item : failed) {
      if (auto seen = replays.Find(TenantOf(*item), item->request))
        item->outcome = *std::move(seen);
    }
    return absl::OkStatus();
  }

  // What repeated the request of an item that was refused later on is refused like it.
  template <class Item>
  static void SpreadRefusals(absl::Span<Item* const> items) {
    absl::flat_hash_map<Key, absl::Status> refused;
    for (const Item* item : items) {
      if (item->outcome.ok() || !item->request.has_value()) continue;
      refused.emplace(Key{TenantOf(*item), item->request->id}, item->outcome.status());
    }
    if (refused.empty()) return;
    for (Item* item : items) {
      if (!item->outcome.ok() || !item->outcome->replayed) continue;
      const auto found = refused.find(Key{TenantOf(*item), item->request->id});
      if (found != refused.end()) item->outcome = found->second;
    }
  }

  absl::Status RefuseTaken(pg::Transaction& transaction, std::vector<Creation<A>*>& fresh) {
    std::vector<Written<A>> aggregates;
    for (const Creation<A>* creation : fresh) {
      aggregates.push_back({nullptr, &creation->aggregate});
    }
    std::vector<absl::Status> refusals(fresh.size());
    CRM_RETURN_IF_ERROR(table_.CheckNew(transaction, aggregates, absl::MakeSpan(refusals)));
    for (size_t i = 0; i < fresh.size(); ++i) {
      if (!refusals[i].ok()) fresh[i]->outcome = refusals[i];
    }
    return absl::OkStatus();
  }

  absl::Status RefuseConflicting(pg::Transaction& transaction, absl::Span<Change<A>* const> changes,
                                 Slots<A>& slots) {
    const std::vector<Written<A>> changed = Changed(slots);
    std::vector<absl::Status> refusals(changed.size());
    CRM_RETURN_IF_ERROR(table_.CheckChanged(transaction, changed, absl::MakeSpan(refusals)));
    for (size_t i = 0; i < changed.size(); ++i) {
      if (refusals[i].ok()) continue;
      const Key key{changed[i].after->tenant, changed[i].after->id};
      slots.at(key).loaded.reset();
      for (Change<A>* change : changes) {
        if (change->key == key && change->outcome.ok() && !change->outcome->replayed) {
          change->outcome = refusals[i];
        }
      }
    }
    return absl::OkStatus();
  }

  // Stage history, outbox and ledger rows of all that succeeded. They come after the rows' locks,
  // which the order of events rests on.
  template <class Item>
  absl::Status RecordAll(pg::Transaction& transaction, absl::Span<Item* const> items,
                         const std::vector<Written<A>>& written) {
    std::vector<stage::StageRecord> stages;
    for (const Written<A>& one : written) table_.AppendStages(*one.after, stages);
    if (!stages.empty()) CRM_RETURN_IF_ERROR(stage::RecordStages(transaction, stages));
    std::vector<idempotency::Entry> entries;
    for (const Item* item : items) {
      if (item->request.has_value() && item->outcome.ok() && !item->outcome->replayed) {
        entries.push_back({TenantOf(*item), &*item->request, item->outcome->bytes});
      }
    }
    return idempotency::Record(transaction, entries);
  }

  pg::Pool& pool_;
  const Table<A>& table_;
  const base::Clock& clock_;
  const std::function<void()> on_commit_;
};

}  // namespace crm::aggregate
