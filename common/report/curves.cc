#include "common/report/curves.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/numeric/int128.h"

namespace crm::report {
namespace {

constexpr double kMicrosPerDay = 86'400e6;
constexpr double kTiny = 1e-9;  // products of fractions miss a round share by less

}  // namespace

double DaysOf(absl::Duration duration) {
  return static_cast<double>(absl::ToInt64Microseconds(duration)) / kMicrosPerDay;
}

std::optional<double> Durations::MeanDays() const {
  if (micros_.empty()) return std::nullopt;
  absl::int128 sum = 0;
  for (const int64_t each : micros_) sum += each;
  return static_cast<double>(sum) / static_cast<double>(micros_.size()) / kMicrosPerDay;
}

std::optional<double> Durations::PercentileDays(int percent) const {
  if (micros_.empty()) return std::nullopt;
  std::vector<int64_t> sorted = micros_;
  const size_t rank = (sorted.size() * static_cast<size_t>(percent) + 99) / 100;
  const auto at = sorted.begin() + static_cast<ptrdiff_t>(std::max<size_t>(rank, 1) - 1);
  std::nth_element(sorted.begin(), at, sorted.end());
  return static_cast<double>(*at) / kMicrosPerDay;
}

void SurvivalCurve::Add(absl::Duration duration, bool left) {
  times_.emplace_back(absl::ToInt64Microseconds(duration), left);
  if (left) ++left_;
  computed_ = false;
}

const std::vector<SurvivalCurve::Step>& SurvivalCurve::Steps() const {
  if (computed_) return steps_;
  computed_ = true;
  steps_.clear();
  std::vector<std::pair<int64_t, bool>> sorted = times_;
  absl::c_sort(sorted);
  double share = 1;
  for (size_t i = 0; i < sorted.size();) {
    const auto there = static_cast<double>(sorted.size() - i);
    const int64_t micros = sorted[i].first;
    size_t left = 0;
    for (; i < sorted.size() && sorted[i].first == micros; ++i) left += sorted[i].second ? 1 : 0;
    share *= 1 - static_cast<double>(left) / there;
    steps_.push_back({micros, share});
  }
  return steps_;
}

double SurvivalCurve::ShareAfter(absl::Duration time) const {
  const int64_t micros = absl::ToInt64Microseconds(time);
  double share = 1;
  for (const Step& step : Steps()) {
    if (step.micros > micros) break;
    share = step.share;
  }
  return share;
}

std::optional<absl::Duration> SurvivalCurve::Percentile(int percent) const {
  const double remaining = (100 - percent) / 100.0 + kTiny;
  for (const Step& step : Steps()) {
    if (step.share <= remaining) return absl::Microseconds(step.micros);
  }
  return std::nullopt;
}

std::optional<double> SurvivalCurve::PercentileDays(int percent) const {
  const std::optional<absl::Duration> time = Percentile(percent);
  return time ? std::optional(DaysOf(*time)) : std::nullopt;
}

std::optional<double> SurvivalCurve::RestrictedMeanDays() const {
  if (times_.empty()) return std::nullopt;
  double area = 0;
  double share = 1;
  int64_t from = 0;
  for (const Step& step : Steps()) {
    area += share * static_cast<double>(step.micros - from);
    from = step.micros;
    share = step.share;
  }
  return area / kMicrosPerDay;
}

std::vector<OutcomeCurve::Shares> OutcomeCurve::After(absl::Span<const int> days) const {
  std::vector<std::pair<int64_t, Outcome>> sorted = times_;
  absl::c_sort(sorted);
  std::vector<Shares> result;
  Shares now;
  size_t i = 0;
  for (const int day : days) {
    const auto until = static_cast<int64_t>(day * kMicrosPerDay);
    while (i < sorted.size() && sorted[i].first <= until) {
      const auto there = static_cast<double>(sorted.size() - i);
      const int64_t micros = sorted[i].first;
      double won = 0;
      double lost = 0;
      for (; i < sorted.size() && sorted[i].first == micros; ++i) {
        won += sorted[i].second == Outcome::kWon ? 1 : 0;
        lost += sorted[i].second == Outcome::kLost ? 1 : 0;
      }
      now.won += now.open * won / there;
      now.lost += now.open * lost / there;
      now.open *= 1 - (won + lost) / there;
    }
    result.push_back(now);
  }
  return result;
}

}  // namespace crm::report
