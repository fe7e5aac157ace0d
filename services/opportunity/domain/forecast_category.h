#pragma once

#include "common/base/enum_names.h"

namespace crm::opportunity {

enum class ForecastCategory {
  kPipeline = 1,
  kBestCase = 2,
  kCommit = 3,
  kClosed = 4,
  kOmitted = 5
};

inline constexpr base::EnumName<ForecastCategory> kForecastCategoryNames[] = {
    {ForecastCategory::kPipeline, "PIPELINE"},
    {ForecastCategory::kBestCase, "BEST_CASE"},
    {ForecastCategory::kCommit, "COMMIT"},
    {ForecastCategory::kClosed, "CLOSED"},
    {ForecastCategory::kOmitted, "OMITTED"}};

// Whether a person may choose this category; CLOSED belongs to WON alone.
constexpr bool SettableByHand(ForecastCategory category) {
  return category != ForecastCategory::kClosed;
}

}  // namespace crm::opportunity
