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
  marked_.push_back(absl::ToInt64Microseconds(duration) * 2 + (left ? 1 : 0));
  if (left) ++left_;
  computed_ = false;
}

const std::vector<SurvivalCurve::Step>& SurvivalCurve::Steps() const {
  if (computed_) return steps_;
  computed_ = true;
  steps_.clear();
  std::vector<int64_t> sorted = marked_;
  absl::c_sort(sorted);
  double share = 1;
  for (size_t i = 0; i < sorted.size();) {
    const auto there = static_cast<double>(sorted.size() - i);
    const int64_t micros = sorted[i] >> 1;
    size_t left = 0;
    for (; i < sorted.size() && sorted[i] >> 1 == micros; ++i)
      left += static_cast<size_t>(sorted[i] & 1);
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
  if (marked_.empty()) return std::nullopt;
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
  std::vector<int64_t> sorted = marked_;
  absl::c_sort(sorted);
  const auto micros_of = [](int64_t marked) { return marked >> kOutcomeBits; };
  const auto is = [](int64_t marked, Outcome outcome) {
    return (marked & ((1 << kOutcomeBits) - 1)) == static_cast<int64_t>(outcome);
  };
  std::vector<Shares> result;
  Shares now;
  size_t i = 0;
  for (const int day : days) {
    const auto until = static_cast<int64_t>(day * kMicrosPerDay);
    while (i < sorted.size() && micros_of(sorted[i]) <= until) {
      const auto there = static_cast<double>(sorted.size() - i);
      const int64_t micros = micros_of(sorted[i]);
      double won = 0;
      double lost = 0;
      for (; i < sorted.size() && micros_of(sorted[i]) == micros; ++i) {
        won += is(sorted[i], Outcome::kWon) ? 1 : 0;
        lost += is(sorted[i], Outcome::kLost) ? 1 : 0;
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
