#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/pg/transaction.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::event {

// What a consumer does with events, in order, through `transaction` alone: whatever it writes there
// commits together with the consumer's position, so each event takes effect exactly once. It may
// run again with the same events after a failure. Event types that it does not know are to be
// ignored.
//   OK                                                             commit
//   UNAVAILABLE ABORTED DEADLINE_EXCEEDED CANCELLED RESOURCE_EXHAUSTED   tried again, for ever
//   anything else                                                  the event is at fault
using Effect = std::function<absl::Status(pg::Transaction& transaction,
                                          absl::Span<const crm::event::v1::StageEvent> events)>;

// Whether a failure is of the moment and says nothing about the event.
inline bool IsOfTheMoment(const absl::Status& status) {
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
