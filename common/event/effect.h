#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/event/event.h"
#include "common/pg/transaction.h"

namespace crm::event {

// What a consumer does with events, in order, through `transaction` alone: whatever it writes there
// commits together with the consumer's position, so each event takes effect exactly once. It may
// run again with the same events after a failure, and with a part of them. Events of a kind that it
// does not know are to be ignored. What an error means: see FaultOf.
using Effect =
    std::function<absl::Status(pg::Transaction& transaction, absl::Span<const Event> events)>;

// What is to blame for an effect's failure, and so what a consumer does about it.
enum class Fault {
  kCircumstances,  // a neighbour, the database, an operator: stop there, try again for ever
  kEvent,          // a rule refused it, which it will do again: put the event aside
  kUnclear,        // put the event aside if it fails again and again in the same way
};

//   UNAVAILABLE, ABORTED, DEADLINE_EXCEEDED, CANCELLED, RESOURCE_EXHAUSTED  circumstances
//   from PostgreSQL: bad data (SQLSTATE 22...)                              the event
//                    a constraint (23...), which may be a race              unclear
//                    else (no disk, no grant, a standby...)                 circumstances
//   INTERNAL and UNKNOWN otherwise                                          unclear
//   any other code                                                          the event
Fault FaultOf(const absl::Status& status);

// What it says, also what is for the log alone; begins with the code: "NOT_FOUND: …".
std::string FaultText(const absl::Status& status);

}  // namespace crm::event
