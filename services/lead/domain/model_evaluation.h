#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "services/lead/domain/outcome_model.h"

// How well predictions came true. Pure arithmetic.
namespace crm::lead {

// A prediction beside what happened.
struct Tested {
  double probability = 0;
  bool converted = false;
};

// The probability that of a converted lead and another one, drawn by chance, the converted one has
// the higher prediction; equal ones count half. 0.5 is guessing. Nothing unless there are both.
std::optional<double> Auc(absl::Span<const Tested> tested);

// The mean of (probability − outcome)²: 0 is perfect, 0.25 is always saying one half. 0 of nothing.
double BrierScore(absl::Span<const Tested> tested);

// The leads whose prediction lies within [lower, upper), the last one with its upper end.
struct ReliabilityBin {
  double lower = 0;
  double upper = 0;
  int64_t leads = 0;
  int64_t converted = 0;
  double mean_predicted = 0;  // 0 without leads; so is the next
  double share_converted = 0;
};
inline constexpr int kReliabilityBins = 10;
std::vector<ReliabilityBin> Reliability(absl::Span<const Tested> tested);

struct Quality {
  std::optional<double> auc;
  double brier_score = 0;
  std::vector<ReliabilityBin> reliability;
};

struct Evaluation {
  int64_t learned_converted = 0;
  int64_t learned_other = 0;
  int64_t tested_converted = 0;
  int64_t tested_other = 0;
  // The Brier score of always saying the share of those learned from: what a model must beat.
  double reference_brier_score = 0;
  Quality all_factors;
  // By a model that learned no findings: they say most about the end, and are the last to be known.
  Quality without_findings;
};

// Learns from the older 80 % by close time (then by id) and tests on the newest 20 %.
Evaluation Evaluate(std::vector<Outcome> outcomes, const LearningLimits& limits = {});

}  // namespace crm::lead
