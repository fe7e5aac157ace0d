#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/event/effect.h"
#include "common/pg/connection.h"
#include "common/redis/stream.h"

namespace crm::event {

// How far one consumer has come with one stream, kept in the consumer's own database and moved in
// the transaction of each effect. One thread at a time.
class ConsumerInbox {
 public:
  struct Position {
    int64_t sequence = 0;
    redis::StreamId entry;
  };

  // `connection` must outlive the inbox.
  ConsumerInbox(pg::Connection* connection, std::string consumer, std::string stream);

  // Whether this session is the consumer's active reader (an advisory lock, held until the
  // connection closes). Saves work only: Apply is correct with any number of readers.
  absl::StatusOr<bool> TryBecomeActive();

  // Creates the row at the stream's beginning if it is missing.
  absl::StatusOr<Position> Load();

  // In one transaction: locks the row, leaves out events that are not beyond it, runs the effect on
  // the others and moves the row. What lies between `from` and the events need not be applied.
  // ABORTED, with nothing done, if the row is not as far as `from`: somebody moved it back.
  absl::Status Apply(absl::Span<const Event> events, const Effect& effect, int64_t from);

  // How many dead letters of the consumer and stream wait to be replayed, counted up to 10,000.
  absl::StatusOr<int64_t> CountDeadLetters();

  // In one transaction: writes the event to dead_letter with the reason and moves the row past it.
  absl::Status MoveToDeadLetters(const Event& event, const std::string& reason, int attempts);

  // In one transaction: writes it there without moving the row, unless it is there. ABORTED if the
  // row is not at `expected`.
  absl::Status AddDeadLetter(int64_t expected, const Event& event, const std::string& reason,
                             int attempts);

  // In one transaction: locks the row, runs `work`, and moves the row to `to` if that is beyond it.
  // ABORTED, with nothing done, if the row is not at `expected`.
  absl::Status Rewrite(int64_t expected, const Position& to,
                       const std::function<absl::Status(pg::Transaction&)>& work);

 private:
  absl::StatusOr<int64_t> Lock(pg::Transaction& transaction);
  absl::Status Advance(pg::Transaction& transaction, const Position& to);
  absl::Status WriteLetter(pg::Transaction& transaction, const Event& event,
                           const std::string& reason, int attempts);

  pg::Connection* const connection_;
  const std::string consumer_;
  const std::string stream_;
};

}  // namespace crm::event
