#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/uuid.h"
#include "services/lead/domain/outcome_facts.h"

// A score learned from outcomes: naive Bayes over the facts of finished leads. Pure arithmetic.
namespace crm::lead {

// A finished lead, with what was known of it when it ended.
struct Outcome {
  base::Uuid lead;
  absl::Time close_time;  // effective time
  bool converted = false;
  Facts facts;
};

// A value of a factor, and how many finished leads had it.
struct ValueCount {
  std::string value;
  int64_t converted = 0;
  int64_t other = 0;

  friend bool operator==(const ValueCount&, const ValueCount&) = default;
};

// What was learned of one factor.
struct FactorCounts {
  Factor factor = Factor::kUnspecified;
  std::vector<ValueCount> values;  // by value

  friend bool operator==(const FactorCounts&, const FactorCounts&) = default;
};

// Nothing but counts: all weights follow from them.
struct OutcomeModel {
  int64_t converted = 0;  // leads
  int64_t other = 0;
  std::vector<FactorCounts> factors;  // in order of Factor; those with a value

  friend bool operator==(const OutcomeModel&, const OutcomeModel&) = default;
};

struct LearningLimits {
  // Values that fewer leads have are not learned: they would say little, and what only a few have
  // might tell who they are.
  int64_t fewest_leads = 5;
  // Of one factor no more values are learned: those that most leads have.
  size_t most_values = 200;
};

OutcomeModel Learn(absl::Span<const Outcome> outcomes, const LearningLimits& limits = {});

// What a tenant needs at least before there is anything to learn.
inline constexpr int64_t kFewestConverted = 50;
inline constexpr int64_t kFewestOther = 50;

// FAILED_PRECONDITION OUTCOMES_TOO_FEW, metadata converted, notConverted, needed, if there are too
// few of either.
absl::Status CheckEnough(int64_t converted, int64_t other);

// ln of the odds before any fact is known: (converted + 1) / (other + 1).
double PriorLogOdds(const OutcomeModel& model);

// ln P(value | converted) − ln P(value | not), each with one added to every count (Laplace). In the
// order of `factor.values`.
std::vector<double> Weights(const FactorCounts& factor);

enum class FactUse {
  kUnspecified,
  kCounted,
  kNotKnown,    // the lead has no value of the factor
  kNotLearned,  // the model does not know the value
};

// What one fact adds to a prediction.
struct Contribution {
  Factor factor = Factor::kUnspecified;
  std::string value;  // empty if not known
  FactUse use = FactUse::kUnspecified;
  double weight = 0;    // of the value in the model
  double log_odds = 0;  // added: the weight, divided by the number of the factor's values counted
  int64_t converted = 0;
  int64_t other = 0;
};

struct Prediction {
  double probability = 0;  // within [0.000001, 0.999999]
  double prior_log_odds = 0;
  double log_odds = 0;                      // the prior and all contributions together
  std::vector<Contribution> contributions;  // at least one of every factor, in their order
};

// What the model says of these facts. What is not known or not learned adds nothing.
Prediction Predict(const OutcomeModel& model, const Facts& facts);

}  // namespace crm::lead
