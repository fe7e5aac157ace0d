#pragma once

#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/steady_clock.h"
#include "common/event/backlog_report.h"
#include "common/event/backoff.h"
#include "common/event/entry_format.h"
#include "common/event/freshness.h"
#include "common/event/leadership.h"
#include "common/event/pending_rows.h"
#include "common/event/publisher.h"
#include "common/event/relay_metrics.h"
#include "common/event/sequencer.h"
#include "common/event/stream_keeper.h"
#include "common/event/waker.h"
#include "common/metrics/registry.h"
#include "common/pg/connection.h"
#include "common/redis/connection.h"

namespace crm::event {

struct RelayOptions {
  std::string stream;              // the key of the Redis stream
  int partition = 0;               // of the log, whose events the stream has
  pg::ConnectionOptions database;  // a role that may act as <schema>_relay
  redis::ConnectionOptions redis;
  absl::Duration retention = absl::Hours(7 * 24);
  // Least time between the beginnings of two turns while there is no backlog. What is committed in
  // between goes out together: one transaction and one call to Redis for all of it.
  absl::Duration pace = absl::Milliseconds(6);
  absl::Duration min_poll = absl::Milliseconds(10);
  absl::Duration max_poll = absl::Milliseconds(20);
  absl::Duration trim_interval = absl::Seconds(30);
};

// Moves committed events of a partition from the outbox to the log and from the log to its Redis
// stream, on a thread of its own with connections of its own. Any number of relays of any processes
// may run on one partition (see Leadership). Sequencing goes on while Redis is away; neither stops
// the service.
//
// Publishing stops, and sequencing goes on, while the stream has diverged from the log
// (crm_stream_diverged, see Reconcile) and before a row of the log that is damaged
// (crm_stream_damaged_seq), until somebody repairs that row: no event is ever left out.
class Relay {
 public:
  // `registry` and `clock` must outlive the relay.
  Relay(RelayOptions options, std::unique_ptr<EntryRenderer> renderer, metrics::Registry* registry,
        const base::Clock* clock, base::RandomSource random = base::RandomBits);
  // Stops.
  ~Relay();

  void Start();

  // Says that outbox rows were committed. From any thread; costs nanoseconds.
  void Poke() { waker_.Poke(); }

  // Ends the thread, if it leads after some last turns, so that what was committed before is out if
  // the servers answer. Blocks for the call to PostgreSQL or Redis that is under way, as their
  // options limit it, then for two seconds and one call to Redis at most.
  void Stop();

 private:
  enum class Turn { kBusy, kIdle, kFailed };

  // All of these run on the thread.
  void Run();
  void FinishUp();
  Turn TakeTurn();
  absl::StatusOr<bool> Act();
  absl::StatusOr<bool> MoveEvents();
  absl::Status OpenDatabase();
  void CloseDatabase();
  absl::StatusOr<Leadership::Progress> Look();
  absl::StatusOr<bool> Sequence();
  absl::StatusOr<bool> Publish();
  absl::Status PublishPending(bool* worked);
  absl::Status SendPending(bool* worked);
  absl::Status FillPending();
  void Verify();
  void PublishFailed(const absl::Status& status);
  void Housekeep();
  void Withdraw();
  bool HasBacklog() const {
    return outbox_waits_ || !pending_.empty() || publisher_.tip().seq < last_sequence_;
  }
  bool HasMore() const {  // to send
    return outbox_waits_ || publisher_.sent_sequence() < last_sequence_;
  }

  const RelayOptions options_;
  const base::Clock* const clock_;

  // The thread's own.
  RelayMetrics metrics_;
  BacklogReport backlog_report_;
  Freshness freshness_;
  StreamKeeper keeper_;
  Leadership leadership_;
  std::unique_ptr<pg::Connection> database_;
  std::unique_ptr<Sequencer> sequencer_;
  Publisher publisher_;
  PendingRows pending_;        // what follows the last sent sequence, if known
  int64_t last_sequence_ = 0;  // of the log, as last seen
  int64_t log_end_ = 0;        // first sequence without a table
  bool outbox_waits_ = false;
  Backoff backoff_;  // of publishing
  base::SteadyTime next_verify_;
  base::SteadyTime next_look_;
  base::SteadyTime next_trim_;

  Waker waker_;
  std::thread thread_;
};

}  // namespace crm::event
