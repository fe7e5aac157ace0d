#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "common/event/dead_letters.h"
#include "common/event/effect.h"

namespace crm::serving {

// The operator's command "dead-letters" of the program's one consumer (its name in
// SubscriptionPlan): without arguments prints the events that were given up on, one a line (stream,
// sequence, event id, attempts, reason, parted by tabs); "replay STREAM SEQUENCE" gives one of them
// to the effect again. INVALID_ARGUMENT for other arguments, else what event::ListDeadLetters and
// event::ReplayDeadLetter say. Blocks.
absl::Status RunDeadLetters(pg::Pool& pool, const base::Clock& clock, const std::string& consumer,
                            const event::Effect& effect, const std::vector<std::string>& arguments);

}  // namespace crm::serving
