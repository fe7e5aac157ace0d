#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/event/backoff.h"
#include "common/event/consumer_inbox.h"
#include "common/event/consumer_metrics.h"
#include "common/event/effect.h"
#include "common/event/entry_format.h"
#include "common/event/event_source.h"
#include "common/event/history_source.h"
#include "common/event/missed_letters.h"
#include "common/event/stream_reader.h"
#include "common/event/waker.h"
#include "common/metrics/registry.h"
#include "common/pg/connection.h"
#include "common/redis/connection.h"

namespace crm::event {

// What to do about events that have left the publisher's log before they were read.
enum class AgedOut {
  kStop,     // nothing, until an operator says otherwise
  kSkip,     // go on behind them
  kRebuild,  // give the effect all moves of the publisher's history, then go on behind them
};

struct ConsumerOptions {
  std::string name;                // "contact.lifecycle": the key of its position
  std::string stream;              // the key of the Redis stream
  pg::ConnectionOptions database;  // where the effect and the position are
  redis::ConnectionOptions redis;
  int batch_size = 500;  // of events that concern it
  // Whether an event may be anything to the consumer; nullptr: each. Others are passed over without
  // a transaction, and the position behind them is written down within a second.
  bool (*concerns)(const Event& event) = nullptr;
  // Of one event with one and the same error of which it is not clear whose fault it is, before it
  // is moved to the dead letters.
  int max_attempts = 5;
  AgedOut aged_out = AgedOut::kStop;
  HistorySource* history = nullptr;  // for kRebuild; must outlive the consumer
  // Between attempts at dead letters that spoke of what was not there (see MissedLetters).
  absl::Duration missed_letters = absl::Minutes(1);
  absl::Duration block = absl::Milliseconds(500);  // of one XREAD
  // Rest after a batch that was not full, so that what comes meanwhile is one transaction.
  absl::Duration pace = absl::Milliseconds(25);
  absl::Duration max_backoff = absl::Seconds(2);
  const base::Clock* clock = &base::SystemClock::Instance();  // dates the lag
  std::function<void()> committed = nullptr;  // after each commit, e.g. to poke the own relay
};

// Reads one stream on a thread of its own (see StreamReader) and gives every event to the effect,
// in order and exactly once (see Effect). A batch that fails by the fault of an event is halved
// until that event stands alone; it goes to dead_letter and holds up nobody, and is tried again now
// and then if it spoke of a thing that was not there. What is nobody's fault is tried again for
// ever.
class Consumer {
 public:
  // `source` and `registry` must outlive the consumer.
  Consumer(ConsumerOptions options, EntryDecoder decode, EventSource* source, Effect effect,
           metrics::Registry* registry, base::RandomSource random = base::RandomBits);
  ~Consumer();  // stops

  void Start();

  // Ends the thread; an effect that runs is finished first. Blocks for one wait at most: of Redis
  // (`block` and its timeouts), of the source, or of the database, as their options limit them.
  void Stop();

 private:
  struct Failure {
    int64_t sequence = 0;
    std::string what;
    int times = 0;  // in a row with this text
    int total = 0;
  };

  // All of these run on the thread.
  void Run();
  absl::Status TakeTurn();
  absl::Status OpenDatabase();
  absl::Status RetryMissedLetters();
  absl::Status Pass(int64_t gone, const Event& next);
  absl::Status Rebuild(int64_t gone, const Event& next);
  absl::Status LoadPosition();
  absl::Status WriteDownIfDue();
  absl::Status ApplyPage(absl::Span<const Event> events);
  absl::Status Apply(absl::Span<const Event> events);
  absl::Status ApplyTogether(absl::Span<const Event> events);
  absl::Status Blame(const Event& event, absl::Status status);
  bool IsHopeless(const Event& event, const absl::Status& status);
  absl::Status PutAside(const Event& event);
  void Applied(absl::Span<const Event> events);
  void MoveTo(const Event& event);

  const ConsumerOptions options_;
  const Effect effect_;
  const int page_size_;

  // The thread's own.
  StreamReader reader_;
  MissedLetters missed_letters_;
  ConsumerMetrics metrics_;
  Backoff backoff_;
  std::unique_ptr<pg::Connection> database_;
  std::unique_ptr<ConsumerInbox> inbox_;
  ConsumerInbox::Position position_;
  ConsumerInbox::Position written_;  // as the row has it, if nobody else moved it
  base::SteadyTime next_note_ = base::SteadyTime::InfinitePast();
  bool active_ = false;
  Failure failure_;

  Waker waker_;
  std::thread thread_;
};

}  // namespace crm::event
