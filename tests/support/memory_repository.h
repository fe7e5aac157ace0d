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
    // What forbids creating the aggregate beside those that exist; its id being taken is checked
    // first, by the repository itself.
    std::function<absl::Status(const A&, const std::vector<const A*>&)> check_new =
        [](const A&, const std::vector<const A*>&) { return absl::OkStatus(); };
    // Empties what the aggregate collected to be written, as a fresh load would.
    std::function<void(A&)> strip = [](A&) {};
  };

  MemoryRepository(const base::Clock& clock, Rules rules)
      : clock_(clock), rules_(std::move(rules)) {}

  void Update(absl::Span<aggregate::Change<A>* const> changes, absl::Time) override {
    absl::MutexLock lock(&mutex_);
    aggregate::Slots<A> slots;
    for (const aggregate::Change<A>* change : changes) {
      const auto row = rows_.find(change->key);
      if (row != rows_.end()) slots.emplace(change->key, aggregate::Slot<A>{row->second});
    }
    aggregate::ApplyChanges(changes, slots, replays_, clock_.Now(), rules_.name);
    for (auto& [key, slot] : slots) {
      if (slot.loaded.has_value()) Store(key, *slot.aggregate);
    }
  }

  void Create(absl::Span<aggregate::Creation<A>* const> creations, absl::Time) override {
    absl::MutexLock lock(&mutex_);
    for (aggregate::Creation<A>* creation : creations) CreateOne(*creation);
  }

  std::vector<absl::StatusOr<A>> Get(absl::Span<const aggregate::Key> keys, absl::Time) override {
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
  void CreateOne(aggregate::Creation<A>& creation) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const A& wanted = creation.aggregate;
    if (auto seen = replays_.Find(wanted.tenant, creation.request)) {
      creation.outcome = *std::move(seen);
      return;
    }
    const aggregate::Key key{wanted.tenant, wanted.id};
    if (absl::Status status = CheckNew(key, wanted); !status.ok()) {
      creation.outcome = std::move(status);
      return;
    }
    aggregate::Creation<A>* item = &creation;
    aggregate::PrepareCreations(absl::Span<aggregate::Creation<A>* const>(&item, 1), replays_,
                                clock_.Now());
    Store(key, creation.aggregate);
  }

  absl::Status CheckNew(const aggregate::Key& key, const A& wanted)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (rows_.count(key) > 0) {
      return error::Error(absl::StatusCode::kAlreadyExists, error::kDuplicateId,
                          "Something with this id exists.")
          .With("name", rules_.name(key));
    }
    std::vector<const A*> others;
    for (const auto& [other, row] : rows_) {
      if (other.tenant == key.tenant) others.push_back(&row);
    }
    return rules_.check_new(wanted, others);
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
