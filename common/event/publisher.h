#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/event/entry_format.h"
#include "common/event/event_log.h"
#include "common/event/sequencer.h"
#include "common/redis/connection.h"
#include "common/redis/script.h"
#include "common/trace/causes.h"

namespace crm::event {

// Appends log rows to the Redis stream, each exactly once under its own id. The stream's
// last-generated-id is the only cursor: every append first compares it with the tip this publisher
// believes in and changes nothing if they differ.
//
// An append is a transaction of Redis that watches the stream: WATCH, the tip, MULTI, the entries
// are sent together, and EXEC once the tip was found to be the right one. EXEC does nothing if
// anybody has touched the stream since WATCH, and all or nothing if there is no memory, or the
// server may not write. The entries of the next append are sent with it, so that Redis need not
// wait for them. Any number of publishers, of any processes, may work on one stream. One thread at
// a time.
class Publisher {
 public:
  enum class State {
    kAway,      // not connected, or not verified since
    kReady,     // verified: the stream is a prefix of the log
    kDiverged,  // the stream holds what the log does not: nothing is published
  };

  // One call's work fits the processor's cache: with 500 rows Redis takes a tenth more per entry.
  static constexpr size_t kMaxBatchRows = 200;
  static constexpr size_t kMaxBatchBytes = size_t{1024} * 1024;

  Publisher(redis::ConnectionOptions redis, std::string key,
            std::unique_ptr<EntryRenderer> renderer);

  State state() const { return state_; }

  // Connects if necessary, reads the tip and compares the last entry with the log. Republishing
  // begins at the floor if the stream is gone, and after its tip if Redis lost the end.
  //   OK                    state is kReady
  //   FAILED_PRECONDITION   state is kDiverged; the message says where they differ
  //   else                  state is kAway: Redis or the database cannot be asked
  absl::Status Verify(Sequencer& log);

  // The last sequence handed to Redis, acknowledged or not: rows beyond it are to be sent next.
  int64_t sent_sequence() const { return sent_.seq; }
  // The last entry that is known to be on the stream.
  redis::StreamId tip() const { return tip_; }
  int in_flight() const { return static_cast<int>(in_flight_.size()); }
  // How often the stream was found behind what it had been known to hold.
  int64_t rewinds() const { return rewinds_; }

  // Sends an append of the first rows of `rows` (at most kMaxBatchRows or kMaxBatchBytes, at least
  // one), which must continue sent_sequence() without a hole, and returns how many those are. Ends
  // before a row that is damaged; DATA_LOSS if that is the first. Waits for the answers to all
  // appends but the one before. On an error the state is kAway.
  absl::StatusOr<int> Send(absl::Span<const LogRow> rows);

  // Lets the append that was sent last be carried out, which the next Send or Receive would do: for
  // who has something else to do before. Waits for the answers to those before. Errors as Receive.
  absl::Status Decide();

  // Waits for the oldest answer. ABORTED if the tip was not the expected one: Verify finds
  // out why. On any error nothing is in flight any more and the state is kAway.
  absl::Status Receive();

  // The connection, for trimming and reports; null unless kReady with nothing in flight.
  redis::Connection* connection();

  void Disconnect();

 private:
  struct InFlight {
    redis::StreamId believed;  // what the tip is to be before
    redis::StreamId last;
    int entries = 0;
    bool decided = false;  // EXEC was sent
    trace::Span span;
  };

  absl::Status Connect();
  absl::Status CompareWithLog(Sequencer& log, const redis::StreamInfo& stream);
  absl::Status CompareLastEntry(const LogRow& row, const redis::StreamInfo& stream);
  absl::Status Diverged(absl::string_view why);
  absl::StatusOr<int> Encode(absl::Span<const LogRow> rows);
  void AppendEntry();
  static absl::Status Appended(const redis::Reply& done, int entries);

  const redis::ConnectionOptions options_;
  const std::string key_;
  const std::unique_ptr<EntryRenderer> renderer_;
  const std::vector<std::string> before_values_;
  const redis::Script read_tip_;
  std::unique_ptr<redis::Connection> redis_;
  State state_ = State::kAway;
  redis::StreamId tip_;
  redis::StreamId sent_;
  redis::StreamId believed_;  // what the stream's last-generated-id is after all that was sent
  bool was_ready_ = false;
  int64_t rewinds_ = 0;
  std::deque<InFlight> in_flight_;
  trace::Causes causes_;  // of the rows encoded last
  EntryValues values_;    // kept for their memory
  std::string words_;
};

}  // namespace crm::event
