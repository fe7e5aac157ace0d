#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/aggregate/repository.h"
#include "common/error/error.h"
#include "services/lead/domain/contact_directory.h"
#include "services/lead/domain/conversion_store.h"
#include "services/lead/domain/opportunity_opener.h"

namespace crm::lead::testing {

// A directory in which every contact exists but those that are said to be missing.
class FakeContactDirectory final : public ContactDirectory {
 public:
  void Check(absl::Span<const ContactKey> contacts, absl::Span<absl::Status> findings,
             absl::Time) override {
    absl::MutexLock lock(&mutex_);
    ++calls_;
    for (size_t i = 0; i < contacts.size(); ++i) {
      if (away_) {
        findings[i] = error::Unavailable(error::kNeighbourUnavailable, "away", absl::Seconds(1));
      } else if (missing_.count(contacts[i].id) > 0) {
        findings[i] = error::NotFound("contacts/" + contacts[i].id.ToString());
      } else {
        findings[i] = absl::OkStatus();
      }
    }
  }
  void SetMissing(const base::Uuid& id, bool missing = true) {
    absl::MutexLock lock(&mutex_);
    missing ? (void)missing_.insert(id) : (void)missing_.erase(id);
  }
  void SetAway(bool away) {
    absl::MutexLock lock(&mutex_);
    away_ = away;
  }
  int calls() const {
    absl::MutexLock lock(&mutex_);
    return calls_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::set<base::Uuid> missing_ ABSL_GUARDED_BY(mutex_);
  bool away_ ABSL_GUARDED_BY(mutex_) = false;
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
};

// An opportunity service that keeps its promises: one opportunity per id, whatever is asked twice.
class FakeOpportunityOpener final : public OpportunityOpener {
 public:
  enum class Mood {
    kWell,
    kAway,       // does nothing
    kReplyLost,  // opens, but the answer does not arrive
    kRefusing,
    kHanging,  // does not answer until the mood changes
  };

  void Open(absl::Span<const OpportunityOrder> orders, absl::Span<OpeningReply> replies) override {
    absl::MutexLock lock(&mutex_);
    hanging_ += mood_ == Mood::kHanging ? 1 : 0;
    mutex_.Await(absl::Condition(
        +[](Mood* mood) { return *mood != Mood::kHanging; }, &mood_));
    for (size_t i = 0; i < orders.size(); ++i) {
      ++orders_;
      const base::TenantKey key{orders[i].tenant, orders[i].opportunity};
      const bool exists = opened_.count(key) > 0;
      if (mood_ == Mood::kAway) {
        replies[i] = {Opening::kUnknown, "UNAVAILABLE"};
      } else if (mood_ == Mood::kRefusing && !exists) {
        replies[i] = {Opening::kRefused, "REFERENCE_NOT_FOUND"};
      } else {
        opened_.emplace(key, orders[i]);
        replies[i] = mood_ == Mood::kReplyLost ? OpeningReply{Opening::kUnknown, "UNAVAILABLE"}
                                               : OpeningReply{Opening::kOpened, ""};
      }
    }
  }
  void SetMood(Mood mood) {
    absl::MutexLock lock(&mutex_);
    mood_ = mood;
    hanging_ = 0;
  }
  // Waits until so many calls hang; false if they do not within a minute.
  bool AwaitHanging(int calls) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [this, calls]()
                            ABSL_NO_THREAD_SAFETY_ANALYSIS { return hanging_ >= calls; };
    return mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Minutes(1));
  }
  // The opportunities opened for a lead.
  std::vector<OpportunityOrder> OpenedFor(const base::Uuid& lead) const {
    absl::MutexLock lock(&mutex_);
    std::vector<OpportunityOrder> found;
    for (const auto& [key, order] : opened_) {
      if (order.lead == lead) found.push_back(order);
    }
    return found;
  }
  int orders() const {
    absl::MutexLock lock(&mutex_);
    return orders_;
  }

 private:
  mutable absl::Mutex mutex_;
  Mood mood_ ABSL_GUARDED_BY(mutex_) = Mood::kWell;
  std::map<base::TenantKey, OpportunityOrder> opened_ ABSL_GUARDED_BY(mutex_);
  int orders_ ABSL_GUARDED_BY(mutex_) = 0;
  int hanging_ ABSL_GUARDED_BY(mutex_) = 0;
};

// A store that knows what a test writes into it.
class FakeConversionStore final : public ConversionStore {
 public:
  absl::StatusOr<std::vector<KnownConversion>> LookUp(
      absl::Span<const ConversionQuestion> questions, absl::Time) override {
    std::vector<KnownConversion> answers;
    for (const ConversionQuestion& question : questions) {
      answers.push_back(known[question.request_id]);
    }
    return answers;
  }
  absl::StatusOr<std::vector<DueConversion>> TakeDue(absl::Time, absl::Time, int,
                                                     absl::Time) override {
    return std::exchange(due, {});
  }
  absl::Status Postpone(absl::Span<const Postponement> items, absl::Time) override {
    postponed.insert(postponed.end(), items.begin(), items.end());
    return absl::OkStatus();
  }

  std::map<base::Uuid, KnownConversion> known;
  std::vector<DueConversion> due;
  std::vector<Postponement> postponed;
};

// A repository whose process dies, or whose connection breaks, at a chosen write.
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

  void Update(absl::Span<aggregate::Change<A>* const> changes, absl::Time deadline) override {
    const bool breaks = --countdown_ == 0;
    if (!breaks || fault_ == Fault::kAfterCommit) inner_.Update(changes, deadline);
    if (!breaks) return;
    for (aggregate::Change<A>* change : changes) {
      change->outcome =
          error::Unavailable(error::kCommitInDoubt, "broken", absl::Milliseconds(100)).ToStatus();
    }
  }
  void Create(absl::Span<aggregate::Creation<A>* const> creations, absl::Time deadline) override {
    inner_.Create(creations, deadline);
  }
  absl::StatusOr<std::vector<std::optional<A>>> Get(absl::Span<const aggregate::Key> keys,
                                                    absl::Time deadline) override {
    return inner_.Get(keys, deadline);
  }

 private:
  aggregate::Repository<A>& inner_;
  int countdown_ = 0;
  Fault fault_ = Fault::kBeforeCommit;
};

}  // namespace crm::lead::testing
