#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/opportunity/domain/occasion.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/domain/pipeline.h"

namespace crm::opportunity {

// What is wrong with the history, and what is right. When it happened is in the occasion.
struct CorrectionOrder {
  int64_t version = 0;  // of the change to correct
  std::string stage;    // that it led to; empty: that is right
  std::string reason;
};

// Appends a change that stands in place of an earlier one from now on: with another stage (OPEN for
// OPEN), another effective time, or both. Nothing is taken out of the history. Where the
// opportunity is, and since when, follows; a present stage that changes is entered by the rules of
// a move, but no gates are asked. `history` is all of it. All or nothing. Errors:
//   ABORTED             WRITE_CONFLICT         `history` is not that of this opportunity as it is:
//                                              read it again
//   FAILED_PRECONDITION REFERENCE_NOT_FOUND    no such version, or no such stage in the pipeline
//   FAILED_PRECONDITION STATE_INVALID          superseded already (metadata supersededBy); a stage
//                                              given for a change to or from WON or LOST, or one
//                                              in another pipeline; the opportunity is deleted
//   INVALID_ARGUMENT    FIELD_INVALID          it says what is known already
//   INVALID_ARGUMENT    EFFECTIVE_TIME_INVALID in the future, or not between the times of the moves
//                                              before and after (metadata earliest, latest)
absl::Status CorrectChange(Opportunity& opportunity, const Pipeline& pipeline,
                           absl::Span<const StageChange> history, const CorrectionOrder& order,
                           const Occasion& occasion);

}  // namespace crm::opportunity
