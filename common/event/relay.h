#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/event/publisher.h"
#include "common/event/sequencer.h"
#include "common/event/stream_keeper.h"
#include "common/metrics/registry.h"
#include "common/pg/connection.h"
#include "common/redis/connection.h"

namespace crm::event {

struct RelayOptions {
  std::string stream;              // the key of the Redis stream
  pg::ConnectionOptions database;  // a role that may act as <schema>_relay
  redis::ConnectionOptions redis;
  absl::Duration retention = absl::Hours(7 * 24);
  // Least time between the beginnings of two turns while there is no backlog. What is committed in
  // between goes out together: one transaction and one call to Redis for all of it.
  absl::Duration pace = absl::Milliseconds(6);
  absl::Duration min_poll = absl::Milliseconds(10);
  absl::Duration max_poll = absl::Milliseconds(20);
  absl::Duration housekeeping = absl::Seconds(30);  // between trims
};

// Moves committed events from the outbox to the log and from the log to the Redis stream, on
// a thread of its own with connections of its own. Any number of relays of any processes may run on
// one schema: one of them leads (a session advisory lock) and the others watch that it gets on.
// Sequencing goes on while Redis is away; neither stops the service.
class Relay {
 public:
  // `registry` and `clock` must outlive the relay.
  Relay(RelayOptions options, std::unique_ptr<EntryRenderer> renderer, metrics::Registry* registry,
        const base::Clock* clock, base::RandomSource random = base::RandomBits);
  // Stops.
  ~Relay();

  void Start();

  // Tells that outbox rows were committed. From any thread; costs nanoseconds while the relay is
  // busy.
  void Poke();

  // Ends the thread after one last turn, so that what was committed before is out if the servers
  // answer. Blocks for at most a few seconds.
  void Stop();

 private:
  enum class Turn { kBusy, kIdle, kFailed };

  void Run();
  Turn TakeTurn();
  absl::Status OpenDatabase();
  absl::StatusOr<bool> MayAct();
  absl::StatusOr<bool> LeaderIsStuck();
  absl::StatusOr<bool> Sequence();
  absl::StatusOr<bool> Publish();
  absl::Status PublishPending(bool* worked);
  absl::Status FillPending();
  void Verify();
  void KeepHouse();
  void ReportBacklog();
  void PublishFailed(const absl::Status& status);
  void Wait(absl::Duration limit);
  void Rest(absl::Time until);
  bool HasBacklog() const;
  bool stopping() const { return stopping_.load(std::memory_order_relaxed); }

  const RelayOptions options_;
  const base::Clock* const clock_;
  const base::RandomSource random_;
  RelayMetrics metrics_;
  StreamKeeper keeper_;

  std::unique_ptr<pg::Connection> database_;
  std::unique_ptr<Sequencer> sequencer_;
  Publisher publisher_;
  std::deque<std::vector<LogRow>> pending_;  // what follows the last sent sequence, if known
  size_t pending_begin_ = 0;                 // rows of the front page that are sent already
  int64_t last_sequence_ = 0;                // of the log, as last seen
  int64_t log_end_ = 0;                      // first sequence without a partition
  bool outbox_waits_ = false;
  bool leads_ = false;

  // The monotonic clock times these: they are about patience, not about dates.
  absl::Time next_lead_try_;
  absl::Time next_verify_;
  absl::Time next_look_;
  absl::Time next_housekeeping_;
  absl::Time next_report_;
  absl::Time next_watch_;
  absl::Time act_until_;
  absl::Duration backoff_;
  int64_t watched_id_ = 0;
  int64_t watched_tip_ = -1;

  absl::Mutex mutex_;
  absl::CondVar wake_;
  std::atomic<bool> poked_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace crm::event
