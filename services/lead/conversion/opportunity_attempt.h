#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/base/steady_clock.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/ports.h"

namespace crm::lead {

// The cause of a refusal by an operator.
inline constexpr char kGivenUp[] = "GIVEN_UP";

// One attempt to have the opportunity of a lead that is CONVERTING.
struct OpportunityAttempt {
  const Lead* lead;
  std::string given_up;  // why nothing is to be opened any more; empty: it is
  OpeningReply reply;
};

// What a request gets instead of an attempt; nothing if there is to be one.
std::optional<absl::Status> AnswerWithoutAttempt(const KnownConversion& known);

// Orders the opportunities, all at once, and looks for those that are refused or given up: they may
// be there all the same, by an earlier attempt. So kRefused, with the cause of the order's refusal,
// means that it is not there. Ends at `deadline`, or two seconds after the orders if that is later.
// Of opportunities that are there, the contacts of the leads then get their employers, one after
// the other; `employers` may be null, for none. What cannot be is left, and told to the log: the
// opportunity is there. Blocks.
void AttemptAll(OpportunityOpener& opener, EmployerLinker* employers,
                absl::Span<OpportunityAttempt> attempts, base::Deadline deadline);

}  // namespace crm::lead
