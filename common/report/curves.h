#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"

// Figures about durations, and estimates that take into account what is not over yet.
namespace crm::report {

// In days, 24 hours each.
double DaysOf(absl::Duration duration);

// Durations of things that are over.
class Durations {
 public:
  void Add(absl::Duration duration) { micros_.push_back(absl::ToInt64Microseconds(duration)); }

  size_t count() const { return micros_.size(); }
  // Of an exact sum; nothing of none.
  std::optional<double> MeanDays() const;
  // The smallest of them that at least percent × count of them do not exceed; so the median of an
  // even number is the lower of the two in the middle. Nothing of none.
  std::optional<double> PercentileDays(int percent) const;

 private:
  std::vector<int64_t> micros_;
};

// Kaplan–Meier: the share of things that have not left after a time, where some had not left when
// they were last looked at (censored) and count as there until then.
class SurvivalCurve {
 public:
  void AddLeft(absl::Duration after) { Add(after, true); }
  void AddRunning(absl::Duration so_far) { Add(so_far, false); }

  size_t left() const { return left_; }
  size_t running() const { return marked_.size() - left_; }

  // The share that is still there after `time`.
  double ShareAfter(absl::Duration time) const;
  // The time after which at most 100 - percent in a hundred are still there; nothing if the curve
  // does not come down so far. Without censored ones: as Durations says.
  std::optional<absl::Duration> Percentile(int percent) const;
  std::optional<double> PercentileDays(int percent) const;
  // The mean time, counting no more than the longest time observed (restricted mean): the area
  // under the curve. Nothing of none.
  std::optional<double> RestrictedMeanDays() const;

 private:
  struct Step {
    int64_t micros;
    double share;  // from here on
  };
  void Add(absl::Duration duration, bool left);
  const std::vector<Step>& Steps() const;

  // Microseconds, and whether it left then as the last bit: half of what pairs need, to keep and to
  // sort.
  std::vector<int64_t> marked_;
  size_t left_ = 0;
  mutable std::vector<Step> steps_;  // computed once
  mutable bool computed_ = false;
};

// Aalen–Johansen: what has become of things after a time, where won and lost exclude each other
// and some are open still (censored). won + lost + open is 1 on every day.
class OutcomeCurve {
 public:
  enum class Outcome { kOpen, kWon, kLost };
  struct Shares {
    double won = 0;
    double lost = 0;
    double open = 1;
  };

  void Add(absl::Duration after, Outcome outcome) {
    marked_.push_back(absl::ToInt64Microseconds(after) * (1 << kOutcomeBits) +
                      static_cast<int64_t>(outcome));
  }
  size_t size() const { return marked_.size(); }

  // After each of these numbers of days, which ascend.
  std::vector<Shares> After(absl::Span<const int> days) const;

 private:
  static constexpr int kOutcomeBits = 2;

  std::vector<int64_t> marked_;  // microseconds, and the outcome as the last bits
};

}  // namespace crm::report
