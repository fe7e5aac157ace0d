#include "services/opportunity/domain/names.h"

#include <iterator>

namespace crm::opportunity {
namespace {

// The n-th word belongs to the value n + 1.
constexpr absl::string_view kStageTypes[] = {"OPEN", "WON", "LOST"};
constexpr absl::string_view kForecastCategories[] = {"PIPELINE", "BEST_CASE", "COMMIT", "CLOSED",
                                                     "OMITTED"};
constexpr absl::string_view kLossReasons[] = {
    "COMPETITION", "PRICE",           "BUDGET",       "NO_DECISION", "NO_DECISION_MAKER",
    "TIMING",      "MISSING_FEATURE", "UNRESPONSIVE", "POOR_FIT",    "OTHER"};

template <class E, size_t n>
absl::string_view WordOf(const absl::string_view (&words)[n], E value) {
  return words[static_cast<size_t>(value) - 1];
}

template <class E, size_t n>
std::optional<E> ValueOf(const absl::string_view (&words)[n], absl::string_view word) {
  for (size_t i = 0; i < n; ++i) {
    if (words[i] == word) return static_cast<E>(i + 1);
  }
  return std::nullopt;
}

}  // namespace

absl::string_view NameOf(StageType type) { return WordOf(kStageTypes, type); }
absl::string_view NameOf(ForecastCategory category) {
  return WordOf(kForecastCategories, category);
}
absl::string_view NameOf(LossReason reason) { return WordOf(kLossReasons, reason); }

std::optional<StageType> StageTypeOf(absl::string_view name) {
  return ValueOf<StageType>(kStageTypes, name);
}
std::optional<ForecastCategory> ForecastCategoryOf(absl::string_view name) {
  return ValueOf<ForecastCategory>(kForecastCategories, name);
}
std::optional<LossReason> LossReasonOf(absl::string_view name) {
  return ValueOf<LossReason>(kLossReasons, name);
}

}  // namespace crm::opportunity
