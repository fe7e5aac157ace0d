#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "services/opportunity/domain/milestone.h"
#include "services/opportunity/domain/pipeline.h"

namespace crm::opportunity {

// The words for these values in rows, events and filters, e.g. "OPEN", "BEST_CASE", "PRICE".
absl::string_view NameOf(StageType type);
absl::string_view NameOf(ForecastCategory category);
absl::string_view NameOf(LossReason reason);

// The value of a word, nothing for an unknown one.
std::optional<StageType> StageTypeOf(absl::string_view name);
std::optional<ForecastCategory> ForecastCategoryOf(absl::string_view name);
std::optional<LossReason> LossReasonOf(absl::string_view name);

}  // namespace crm::opportunity
