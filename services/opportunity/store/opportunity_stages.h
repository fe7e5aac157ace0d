#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/uuid.h"
#include "common/stage/history.h"
#include "common/stage/stage_record.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

// A stage change of `opportunity` as history and event hold it. The free-text reason is its note,
// which is never published.
stage::StageRecord StageRecordOf(const Opportunity& opportunity, const StageChange& change);

// The reverse, from a row of the history whose previous change took effect at `previous` (nothing:
// it is the first). Rows of before the pipelines are of the default one; what such a row does not
// hold is empty. DATA_LOSS DATA_DAMAGED for a word that StageRecordOf never writes.
absl::StatusOr<StageChange> ChangeOf(const base::Uuid& opportunity, stage::HistoryEntry entry,
                                     std::optional<absl::Time> previous);

}  // namespace crm::opportunity
