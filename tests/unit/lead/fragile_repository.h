#pragma once

#include <optional>
#include <vector>

#include "common/aggregate/repository.h"
#include "common/error/error.h"

namespace crm::lead::testing {

// A repository whose process crashes, or whose connection breaks, at a chosen write.
template <class A>
class FragileRepository final : public aggregate::Repository<A> {
 public:
  enum class Fault { kBeforeCommit, kAfterCommit };

  explicit FragileRepository(aggregate::Repository<A>& inner) : inner_(inner) {}

  // The `nth` write from now on (1 is the next) fails so.
  void BreakAt(int nth, Fault fault) {
    countdown_ = nth;
    fault_ = fault;
  }

  void Update(absl::Span<aggregate::Change<A>* const> changes, base::Deadline deadline) override {
    const bool breaks = --countdown_ == 0;
    if (!breaks || fault_ == Fault::kAfterCommit) inner_.Update(changes, deadline);
    if (!breaks) return;
    for (aggregate::Change<A>* change : changes) {
      change->outcome =
          error::Unavailable(error::kCommitInDoubt, "broken", absl::Milliseconds(100)).ToStatus();
    }
  }
  void Create(absl::Span<aggregate::Creation<A>* const> creations,
              base::Deadline deadline) override {
    inner_.Create(creations, deadline);
  }
  std::vector<absl::StatusOr<A>> Get(absl::Span<const aggregate::Key> keys,
                                     base::Deadline deadline) override {
    return inner_.Get(keys, deadline);
  }

 private:
  aggregate::Repository<A>& inner_;
  int countdown_ = 0;
  Fault fault_ = Fault::kBeforeCommit;
};

}  // namespace crm::lead::testing
