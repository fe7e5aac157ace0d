#pragma once

#include "common/stage/stage_record.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

// A stage change of `opportunity` as history and event hold it. The free-text reason is its note,
// which is never published.
stage::StageRecord StageRecordOf(const Opportunity& opportunity, const StageChange& change);

}  // namespace crm::opportunity
