#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/opportunity/domain/gate_rules.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/domain/opportunity_state.h"
#include "services/opportunity/domain/pipeline.h"

// What every move must pass, and how it is refused.
namespace crm::opportunity {

// Whether `trigger` leads from stage `from`, where the opportunity stands, to `to`.
bool LeadsBy(Trigger trigger, const Stage& from, const Stage& to);

// FAILED_PRECONDITION STATE_INVALID: `trigger` does not lead from `from` to `to`; it says where it
// does, and which method leads there.
absl::Status IllegalMove(const Opportunity& opportunity, const Pipeline& pipeline, Trigger trigger,
                         const Stage& from, const Stage& to);

// INTERNAL: the opportunity's stage is none that its pipeline has or had.
absl::Status NotInPipeline(const Opportunity& opportunity, const Pipeline& pipeline);

// The keys of the OPEN stages, joined by commas.
std::string OpenStages(const Pipeline& pipeline);

// FAILED_PRECONDITION REFERENCE_NOT_FOUND.
absl::Status UnknownStage(const Pipeline& pipeline, absl::string_view key);

// FAILED_PRECONDITION STATE_INVALID if the pipeline is archived: it takes no opportunity that is
// not in it.
absl::Status CheckTakes(const Pipeline& pipeline);

// Why a move is made, in words; empty: not said.
struct Reasons {
  absl::string_view of_move;
  absl::string_view of_override;
};

// Notes in `change` the gates that were asked. FAILED_PRECONDITION GATES_UNMET, with one violation
// for each unmet gate, if some are not met and there is no reason to override them.
absl::Status PassGates(const Opportunity& next, const Stage& to,
                       const std::vector<GateCheck>& checks, Reasons reasons, StageChange& change);

}  // namespace crm::opportunity
