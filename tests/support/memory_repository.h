#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/aggregate/batch.h"
#include "common/aggregate/repository.h"
#include "common/base/clock.h"

namespace crm::testing {

// The repository that tests use where no database is wanted. It keeps the same contract as the real
// one; a contract test runs against both.
template <class A>
class MemoryRepository final : public aggregate::Repository<A> {
 public:
  struct Rules {
    std::function<std::string(const aggregate::Key&)> name;  // the resource name of a key
    // What forbids writing the aggregate beside all others that exist. Whether the id of a new one
    // is taken is checked first, by the repository itself.
    std::function<absl::Status(const A&, const std::vector<const A*>&)> check =
        [](const A&, const std::vector<const A*>&) { return absl::OkStatus(); };
    // Empties what the aggregate collected to be written, as a fresh load would.
    std::function<void(A&)> strip = [](A&) {};
  };

  MemoryRepository(const base::Clock& clock, Rules rules)
      : clock_(clock), rules_(std::move(rules)) {}

  void Update(absl::Span<aggregate::Change<A>* const> changes, base::Deadline) override {
    absl::MutexLock lock(&mutex_);
    for (aggregate::Change<A>* change : changes) UpdateOne(*change);
  }

  void Create(absl::Span<aggregate::Creation<A>* const> creations, base::Deadline) override {
    absl::MutexLock lock(&mutex_);
    for (aggregate::Creation<A>* creation : creations) CreateOne(*creation);
  }

  std::vector<absl::StatusOr<A>> Get(absl::Span<const aggregate::Key> keys,
                                     base::Deadline) override {
    absl::MutexLock lock(&mutex_);
    std::vector<absl::StatusOr<A>> result;
    for (const aggregate::Key& key : keys) {
      const auto row = rows_.find(key);
      if (row == rows_.end()) {
        result.push_back(error::NotFound(rules_.name(key)));
      } else {
        result.push_back(row->second);
      }
    }
    return result;
  }

  // Every aggregate as it was when it was written, with all that it had collected, in order.
  std::vector<A> Written() const {
    absl::MutexLock lock(&mutex_);
    return written_;
  }

 private:
  void UpdateOne(aggregate::Change<A>& change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (auto seen = replays_.Find(change.key.tenant, change.request)) {
      change.outcome = *std::move(seen);
      return;
    }
    std::optional<aggregate::Slot<A>> slot;
    if (const auto row = rows_.find(change.key); row != rows_.end())
      slot = aggregate::Slot<A>{row->second};
    change.outcome = aggregate::ApplyChange(change, slot.has_value() ? &*slot : nullptr,
                                            clock_.Now(), rules_.name);
    if (!change.outcome.ok()) return;
    if (slot->loaded.has_value()) {
      if (absl::Status status = Check(change.key, *slot->aggregate); !status.ok()) {
        change.outcome = std::move(status);
        return;
      }
      Store(change.key, *slot->aggregate);
    }
    aggregate::RememberAnswer(change, replays_);
  }

  void CreateOne(aggregate::Creation<A>& creation) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const A& wanted = creation.aggregate;
    if (auto seen = replays_.Find(wanted.tenant, creation.request)) {
      creation.outcome = *std::move(seen);
      return;
    }
    const aggregate::Key key{wanted.tenant, wanted.id};
    absl::Status status = Check(key, wanted);
    if (rows_.contains(key)) {
      status = error::Error(absl::StatusCode::kAlreadyExists, error::kDuplicateId,
                            "Something with this id exists.")
                   .With("name", rules_.name(key));
    }
    if (!status.ok()) {
      creation.outcome = std::move(status);
      return;
    }
    aggregate::Creation<A>* item = &creation;
    const auto made = aggregate::PrepareCreations(
        absl::Span<aggregate::Creation<A>* const>(&item, 1), replays_, clock_.Now());
    if (!made.empty()) Store(key, creation.aggregate);
  }

  absl::Status Check(const aggregate::Key& key, const A& wanted)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::vector<const A*> others;
    for (const auto& [other, row] : rows_) {
      if (other.tenant == key.tenant && other.id != key.id) others.push_back(&row);
    }
    return rules_.check(wanted, others);
  }

  void Store(const aggregate::Key& key, const A& aggregate) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    written_.push_back(aggregate);
    A stripped = aggregate;
    rules_.strip(stripped);
    rows_.insert_or_assign(key, std::move(stripped));
  }

  const base::Clock& clock_;
  const Rules rules_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<aggregate::Key, A> rows_ ABSL_GUARDED_BY(mutex_);
  std::vector<A> written_ ABSL_GUARDED_BY(mutex_);
  aggregate::Replays replays_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::testing
