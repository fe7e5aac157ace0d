#pragma once

#include "common/stage/stage_record.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

// A stage change of `lead` as history and event hold it.
stage::StageRecord StageRecordOf(const Lead& lead, const StageChange& change);

}  // namespace crm::lead
