#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/event/consumer_inbox.h"
#include "common/event/event_source.h"
#include "services/contact/lifecycle/lifecycle_effect.h"

namespace crm::contact {

// After a neighbour's database was restored to an earlier point and its stream reconciled, its log
// still holds events whose moves never happened as far as the neighbour knows; markers behind them
// name them. For each such range: applies what comes before it, takes back what its events did if
// they were applied already, goes past them, and applies again what came behind them for the same
// things. Prints what it went past. Run again, it changes nothing.
//
// `inbox` is this service's place in a stream of the neighbour's, `source` that partition of its
// log, which is read as a whole; `stream` is printed. ABORTED if a consumer moved at the same time:
// try again. Errors of source, database and effect. Blocks.
absl::Status ForgetOrphans(event::ConsumerInbox& inbox, event::EventSource& source,
                           const LifecycleEffect& effect, const std::string& stream);

}  // namespace crm::contact
