#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/event/event.h"
#include "common/pg/transaction.h"

namespace crm::event {

// What a consumer does with events, in order, through `transaction` alone: whatever it writes there
// commits together with the consumer's position, so each event takes effect exactly once. It may
// run again with the same events after a failure. Events of a kind that it does not know are to be
// ignored.
//   OK                          commit
//   a transient error (below)   tried again, forever
//   anything else               the event is at fault
using Effect =
    std::function<absl::Status(pg::Transaction& transaction, absl::Span<const Event> events)>;

// UNAVAILABLE, ABORTED, DEADLINE_EXCEEDED, CANCELLED and RESOURCE_EXHAUSTED say nothing about the
// event.
inline bool IsTransient(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kResourceExhausted:
      return true;
    default:
      return false;
  }
}

}  // namespace crm::event
