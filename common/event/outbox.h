#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/base/uuid.h"
#include "common/pg/transaction.h"

namespace crm::event {

// An event as the outbox takes it.
struct EventRecord {
  base::Uuid event_id;  // version 7
  std::string tenant;
  base::Uuid aggregate;  // the thing that it is about
  int64_t version = 0;   // counts the moves of that thing: 1, 2, 3… without holes; 0: no move
  std::string payload;   // at most kMaxPayloadBytes
};

inline constexpr size_t kMaxPayloadBytes = size_t{48} * 1024;

// Defers the writing of outbox rows to the next round trip of `transaction`: one statement however
// many records there are. The rows of the things concerned must already be locked or inserted in
// this transaction (the order of events rests on it), and records of one thing must stand in the
// order in which they were made. After the commit, poke the relay. INTERNAL if a payload is too
// large.
absl::Status AddToOutbox(pg::Transaction& transaction, absl::Span<const EventRecord> records);

}  // namespace crm::event
