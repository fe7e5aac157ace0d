#pragma once

#include "absl/time/time.h"
#include "services/opportunity/domain/occasion.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/domain/pipeline.h"
#include "services/opportunity/domain/stage_change.h"

// What all verbs that change the stage have in common. They have checked everything.
namespace crm::opportunity {

// The present facts of an opportunity in `pipeline`.
StageFacts FactsOf(const Opportunity& opportunity, const Pipeline& pipeline);

// Sets the stage and what follows from it: the defaults of probability and category, when it was
// closed, why it was lost.
void SetStage(Opportunity& opportunity, const Stage& to, absl::Time enter_time);

// Appends `change` as the next one, with the present facts after it; kind, facts before it and
// what is special about it are given.
void AppendChange(Opportunity& opportunity, const Pipeline& pipeline, absl::Time effective_time,
                  const Occasion& occasion, StageChange change);

}  // namespace crm::opportunity
