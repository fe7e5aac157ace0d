#include "services/lead/domain/outcome_model.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/error/error.h"

namespace crm::lead {
namespace {

// Naive Bayes takes facts for independent and so is too sure; nothing is certain.
constexpr double kLeastProbability = 0.000001;

int64_t LeadsWith(const ValueCount& count) { return count.converted + count.other; }

// The values that are learned of one factor.
std::vector<ValueCount> Kept(std::vector<ValueCount> values, const LearningLimits& limits) {
  std::erase_if(values, [&](const ValueCount& v) { return LeadsWith(v) < limits.fewest_leads; });
  if (values.size() > limits.most_values) {
    std::stable_sort(values.begin(), values.end(), [](const ValueCount& a, const ValueCount& b) {
      return LeadsWith(a) > LeadsWith(b);
    });
    values.resize(limits.most_values);
    std::sort(values.begin(), values.end(),
              [](const ValueCount& a, const ValueCount& b) { return a.value < b.value; });
  }
  return values;
}

const FactorCounts* CountsOf(const OutcomeModel& model, Factor factor) {
  for (const FactorCounts& counts : model.factors) {
    if (counts.factor == factor) return &counts;
  }
  return nullptr;
}

Contribution WeightOf(const FactorCounts* counts, const Fact& fact) {
  Contribution found{fact.factor, fact.value, FactUse::kNotLearned};
  if (counts == nullptr) return found;
  const auto at = std::lower_bound(
      counts->values.begin(), counts->values.end(), fact.value,
      [](const ValueCount& count, const std::string& value) { return count.value < value; });
  if (at == counts->values.end() || at->value != fact.value) return found;
  found.use = FactUse::kCounted;
  found.weight = Weights(*counts)[static_cast<size_t>(at - counts->values.begin())];
  found.converted = at->converted;
  found.other = at->other;
  return found;
}

// The contributions of one factor.
std::vector<Contribution> ContributionsOf(const OutcomeModel& model, Factor factor,
                                          const Facts& facts) {
  std::vector<Contribution> found;
  int counted = 0;
  for (const Fact& fact : facts) {
    if (fact.factor != factor) continue;
    found.push_back(WeightOf(CountsOf(model, factor), fact));
    counted += found.back().use == FactUse::kCounted ? 1 : 0;
  }
  for (Contribution& each : found) {
    if (each.use == FactUse::kCounted) each.log_odds = each.weight / counted;
  }
  if (found.empty()) found.push_back({factor, "", FactUse::kNotKnown});
  return found;
}

}  // namespace

OutcomeModel Learn(absl::Span<const Outcome> outcomes, const LearningLimits& limits) {
  OutcomeModel model;
  std::map<Factor, std::map<std::string, ValueCount>> seen;
  for (const Outcome& outcome : outcomes) {
    ++(outcome.converted ? model.converted : model.other);
    for (const Fact& fact : outcome.facts) {
      ValueCount& count = seen[fact.factor][fact.value];
      ++(outcome.converted ? count.converted : count.other);
    }
  }
  for (const auto& [factor, by_value] : seen) {
    std::vector<ValueCount> values;
    for (const auto& [value, count] : by_value) {
      values.push_back({value, count.converted, count.other});
    }
    values = Kept(std::move(values), limits);
    if (!values.empty()) model.factors.push_back({factor, std::move(values)});
  }
  return model;
}

absl::Status CheckEnough(int64_t converted, int64_t other) {
  if (converted >= kFewestConverted && other >= kFewestOther) return absl::OkStatus();
  return error::Error(absl::StatusCode::kFailedPrecondition, "OUTCOMES_TOO_FEW",
                      absl::StrCat("There is too little to learn from: ", converted,
                                   " leads were converted and ", other, " disqualified; ",
                                   kFewestConverted, " and ", kFewestOther, " are needed."))
      .With("converted", absl::StrCat(converted))
      .With("notConverted", absl::StrCat(other))
      .With("needed", absl::StrCat(kFewestConverted));
}

double PriorLogOdds(const OutcomeModel& model) {
  return std::log(static_cast<double>(model.converted + 1)) -
         std::log(static_cast<double>(model.other + 1));
}

std::vector<double> Weights(const FactorCounts& factor) {
  // One for each value.
  double converted = static_cast<double>(factor.values.size());
  double other = converted;
  for (const ValueCount& count : factor.values) {
    converted += static_cast<double>(count.converted);
    other += static_cast<double>(count.other);
  }
  std::vector<double> weights;
  for (const ValueCount& count : factor.values) {
    weights.push_back(std::log(static_cast<double>(count.converted + 1)) - std::log(converted) -
                      std::log(static_cast<double>(count.other + 1)) + std::log(other));
  }
  return weights;
}

Prediction Predict(const OutcomeModel& model, const Facts& facts) {
  Prediction prediction;
  prediction.prior_log_odds = prediction.log_odds = PriorLogOdds(model);
  for (const Factor factor : kFactors) {
    for (Contribution& each : ContributionsOf(model, factor, facts)) {
      prediction.log_odds += each.log_odds;
      prediction.contributions.push_back(std::move(each));
    }
  }
  prediction.probability = std::clamp(1 / (1 + std::exp(-prediction.log_odds)), kLeastProbability,
                                      1 - kLeastProbability);
  return prediction;
}

}  // namespace crm::lead
