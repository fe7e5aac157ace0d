#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/random.h"
#include "common/base/steady_condition.h"
#include "common/event/backoff.h"
#include "common/event/event_log.h"
#include "common/event/waker.h"
#include "common/feed/recent_events.h"
#include "common/feed/subscriber.h"
#include "common/feed/tail.h"
#include "common/metrics/registry.h"
#include "common/pg/pool.h"

namespace crm::feed {

struct FeedOptions {
  TailOptions tail;
  // A tenant has at most eight ninths of them.
  size_t most_subscribers = 2000;
  // How often a subscriber to whom there is nothing to send is told how far it is.
  absl::Duration heartbeat = absl::Seconds(10);
  // What is kept for those who keep up; the others read the log.
  size_t recent_events = 4096;
  size_t recent_bytes = size_t{8} << 20;
};

// Sends the events of a partition of a service's log to any number of subscribers, each in order
// and without a hole or a repeat, from where it wants to begin. One thread follows the end of the
// log (see Tail), as long as anybody subscribes, and sends what comes to those who wait for it.
// Those who begin, or are further behind than what is kept in memory, are served from the log by
// another thread: of those who wait it reads a page for the first and gives to all whom it suits.
// Nothing is kept for one who is slow.
class Feed {
 public:
  // Both must outlive this.
  Feed(FeedOptions options, pg::Pool& pool, metrics::Registry& registry,
       base::RandomSource random = base::RandomBits);
  ~Feed();  // stops

  void Start();
  // Ends the threads. Nobody may subscribe any more. Blocks for a read at most.
  void Stop();

  // Begins to send. RESOURCE_EXHAUSTED OVERLOADED, UNAVAILABLE SERVER_STOPPING; then the subscriber
  // is not the feed's.
  absl::Status Add(Subscriber& subscriber);
  // What it was given has gone out: it takes more.
  void Next(Subscriber& subscriber);
  // Nobody listens any more; ends it, now or when it comes with Next.
  void Cancel(Subscriber& subscriber);
  // It is about to go, after its End.
  void Remove(Subscriber& subscriber);

  // Takes nobody any more and ends all, each with OK once what is under way to it has gone out, or
  // aborts it if that takes longer than `patience`. Blocks no longer than that.
  void Close(absl::Duration patience);

  // How many there are.
  size_t subscribers() const;
  // The newest sequence of the log that is known.
  int64_t last_sequence() const;

 private:
  // What a subscriber gets next, if anything.
  struct Turn {
    enum class What { kNothing, kTake, kEnd };
    What what = What::kNothing;
    Stretch stretch;
    absl::Status status;
  };

  static absl::Status Gone();
  void Saw(const redis::StreamId& last) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // The thread that follows the log.
  void Follow();
  absl::StatusOr<bool> FollowOnce();
  void Pass(std::vector<FeedEventPointer> events, std::optional<int64_t> begin);
  void Beat();
  // The thread that reads the log (feed_log.cc).
  void Serve();
  void Open(const std::vector<Subscriber*>& waiting);
  absl::StatusOr<Progress> BeginOf(const Beginning& beginning, const event::LogPage& newest);
  void ReadFor(std::vector<Subscriber*> waiting);
  void EndAll(const std::vector<Subscriber*>& subscribers, const absl::Status& status);

  bool TakeCaller(const Subscriber& subscriber) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Turn TurnOf(Subscriber& subscriber) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Turn FromRecent(Subscriber& subscriber) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Turn FromPage(Subscriber& subscriber, absl::Span<const FeedEventPointer> events,
                const redis::StreamId& last);
  Turn Sent(Subscriber& subscriber, Stretch stretch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::vector<Subscriber*> TakeIdle() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Do(Subscriber& subscriber, Turn turn);

  const FeedOptions options_;
  pg::Pool& pool_;
  const metrics::Labels labels_;
  metrics::Gauge& count_;
  metrics::Gauge& behind_;
  metrics::Counter& sent_;
  metrics::Counter& log_pages_;
  metrics::Counter& from_log_;

  mutable absl::Mutex mutex_;
  base::SteadyCondition changed_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  RecentEvents recent_ ABSL_GUARDED_BY(mutex_);
  redis::StreamId last_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<Subscriber*> all_ ABSL_GUARDED_BY(mutex_);
  size_t callers_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, size_t> by_tenant_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<Subscriber*> idle_ ABSL_GUARDED_BY(mutex_);
  std::vector<Subscriber*> queue_ ABSL_GUARDED_BY(mutex_);

  Tail tail_;               // of the thread that follows
  event::Backoff backoff_;  // the same
  event::Waker follow_;
  event::Waker serve_;
  std::thread follower_;
  std::thread server_;
};

}  // namespace crm::feed
