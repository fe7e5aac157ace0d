#pragma once

#include <utility>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/base/steady_clock.h"
#include "common/base/steady_condition.h"
#include "common/feed/subscriber.h"
#include "common/webhook/sender.h"

namespace crm::webhook {

class Hook;

// What other threads tell the dispatcher's.
struct Taken {
  Hook* hook;
  feed::Stretch stretch;
};
struct Ended {
  Hook* hook;
  absl::Status status;
};
using News = std::variant<Taken, Ended, Posted>;

class Inbox {
 public:
  void Put(News news) {
    absl::MutexLock lock(&mutex_);
    news_.push_back(std::move(news));
    changed_.Signal();
  }
  void Stop() {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    changed_.Signal();
  }
  bool stopping() const {
    absl::MutexLock lock(&mutex_);
    return stopping_;
  }

  // What there is; waits for it until `end`, or until Stop if `even_stopping` does not say to go
  // on.
  std::vector<News> Take(base::SteadyTime end, bool even_stopping = false) {
    absl::MutexLock lock(&mutex_);
    changed_.AwaitUntil(mutex_, end, [&] {
      mutex_.AssertHeld();
      return !news_.empty() || (stopping_ && !even_stopping);
    });
    return std::exchange(news_, {});
  }
  // Until the time or Stop.
  void Rest(base::SteadyTime end) {
    absl::MutexLock lock(&mutex_);
    changed_.AwaitUntil(mutex_, end, [&] {
      mutex_.AssertHeld();
      return stopping_;
    });
  }

 private:
  mutable absl::Mutex mutex_;
  base::SteadyCondition changed_;
  std::vector<News> news_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

// One webhook as a subscriber of the feed. It passes on what it gets.
class Hook final : public feed::Subscriber {
 public:
  Hook(Inbox& inbox, feed::Interest interest, int64_t after)
      : Subscriber(std::move(interest), feed::After{after}, kBeat, feed::Whose::kOwn),
        inbox_(inbox) {}

  void Take(feed::Stretch stretch) override { inbox_.Put(Taken{this, std::move(stretch)}); }
  void End(absl::Status status) override { inbox_.Put(Ended{this, std::move(status)}); }
  void Abort() override {}

 private:
  // Whoever waits for its position does not wait long where there is nothing to send.
  static constexpr absl::Duration kBeat = absl::Seconds(1);

  Inbox& inbox_;
};

}  // namespace crm::webhook
