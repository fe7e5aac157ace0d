#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/base/clock.h"
#include "common/event/effect.h"
#include "common/serving/subscription.h"

namespace crm::serving {

// A consumer of a program, by its name in SubscriptionPlan.
struct LetterReader {
  std::string consumer;
  event::Effect effect;
};

// The operator's command "dead-letters" of the program's consumers: without arguments prints the
// events that were given up on, one a line (stream, sequence, event id, attempts, reason, parted by
// tabs); "replay STREAM SEQUENCE" gives one of them to the effect of its consumer again.
// INVALID_ARGUMENT for other arguments, else what event::ListDeadLetters and
// event::ReplayDeadLetter say. Blocks.
absl::Status RunDeadLetters(pg::Pool& pool, const base::Clock& clock,
                            absl::Span<const LetterReader> readers,
                            const std::vector<std::string>& arguments);

// The same as a command of a program that follows `plans`.
Command DeadLetterCommand(std::function<std::vector<SubscriptionPlan>(const Process&)> plans);

}  // namespace crm::serving
