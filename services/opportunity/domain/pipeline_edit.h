#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "services/opportunity/domain/occasion.h"
#include "services/opportunity/domain/pipeline.h"
#include "services/opportunity/domain/pipeline_rules.h"

namespace crm::opportunity {

// New values for what an update names; absent: not named.
struct PipelineEdit {
  std::optional<std::string> display_name;
  std::optional<std::string> description;
  std::optional<std::vector<Stage>> stages;  // all of them, in their order
  std::vector<StageSuccessor> successors;
};

// The keys of OPEN stages of `before` that `edit` removes without saying where their opportunities
// go.
std::vector<std::string> Abandoned(const Pipeline& before, const PipelineEdit& edit);

// Sets what `edit` names. A removed stage is retired: with its successor, or, if it is among
// `unused`, with the nearest OPEN stage before it (else the first). A stage that was retired and is
// named again is one of the stages again. Positions follow from the order. All or nothing. Errors:
//   INVALID_ARGUMENT    FIELD_INVALID  with all violations of CheckStages and CheckChange
//   FAILED_PRECONDITION STAGE_IN_USE   a removed stage has neither a successor nor is `unused`
absl::Status Edit(Pipeline& pipeline, const PipelineEdit& edit, const Occasion& occasion,
                  const absl::flat_hash_set<std::string>& unused = {});

// No new opportunities from now on. FAILED_PRECONDITION STATE_INVALID if it is archived or the
// default one.
absl::Status Archive(Pipeline& pipeline, const Occasion& occasion);
// The reverse. FAILED_PRECONDITION STATE_INVALID if it is active.
absl::Status Unarchive(Pipeline& pipeline);

// Puts the stages of a new pipeline in their places. INVALID_ARGUMENT FIELD_INVALID with all
// violations of CheckStages.
absl::Status Define(Pipeline& pipeline, std::vector<Stage> stages);

}  // namespace crm::opportunity
