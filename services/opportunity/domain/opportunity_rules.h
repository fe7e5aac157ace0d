#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/opportunity/domain/gate_rules.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

// The amount of an opportunity with these line items, of which there is at least one: their sum.
// INVALID_ARGUMENT FIELD_INVALID if they have none (TotalOf), or if the `amount` set by hand is
// another one.
absl::StatusOr<base::Money> AmountBeside(const std::vector<LineItem>& line_items,
                                         const std::optional<base::Money>& amount);

// Sets the amount of a new opportunity that has line items. Errors: those of AmountBeside.
absl::Status CountLineItems(Opportunity& opportunity);

// FAILED_PRECONDITION STATE_INVALID if the opportunity is deleted.
absl::Status CheckLive(const Opportunity& opportunity);

// Whether a loss for this reason must be explained in words.
bool NeedsNote(LossReason reason);

}  // namespace crm::opportunity
