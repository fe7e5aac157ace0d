#pragma once

#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/serving/service.h"
#include "common/serving/subscription.h"

namespace crm::serving {

// The operator's command "consumers" of a program. Without arguments it prints how far each
// consumer is with each partition of the log that it follows, one a line, parted by tabs: position,
// the log's last sequence, how many events it is behind, how old the first of these is, how many
// are gone from the log, how many dead letters wait. While a neighbour does not answer, what it
// would say is
// "-", and the command fails in the end.
//
// "rebuild NEIGHBOUR" gives all moves of that neighbour's history to the consumer, beside one that
// runs, and moves it behind events that are gone. INVALID_ARGUMENT for other arguments. Blocks.
Command ConsumerCommand(
    std::function<absl::StatusOr<std::vector<Followed>>(const Process&)> followed);

}  // namespace crm::serving
