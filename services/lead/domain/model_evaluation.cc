#include "services/lead/domain/model_evaluation.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace crm::lead {
namespace {

int64_t CountConverted(absl::Span<const Outcome> outcomes) {
  return std::count_if(outcomes.begin(), outcomes.end(),
                       [](const Outcome& each) { return each.converted; });
}

Quality QualityOf(absl::Span<const Outcome> older, absl::Span<const Outcome> newest,
                  const LearningLimits& limits) {
  const OutcomeModel model = Learn(older, limits);
  std::vector<Tested> tested;
  for (const Outcome& each : newest) {
    tested.push_back({Predict(model, each.facts).probability, each.converted});
  }
  return {Auc(tested), BrierScore(tested), Reliability(tested)};
}

}  // namespace

std::optional<double> Auc(absl::Span<const Tested> tested) {
  std::vector<Tested> sorted(tested.begin(), tested.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const Tested& a, const Tested& b) { return a.probability < b.probability; });
  double won = 0;  // pairs in which the converted one is ahead
  double below = 0;
  double positives = 0;
  for (auto group = sorted.begin(); group != sorted.end();) {
    const auto end = std::find_if(group, sorted.end(), [&](const Tested& each) {
      return each.probability > group->probability;
    });
    const auto converted = static_cast<double>(
        std::count_if(group, end, [](const Tested& each) { return each.converted; }));
    const double others = static_cast<double>(end - group) - converted;
    won += converted * (below + others / 2);
    below += others;
    positives += converted;
    group = end;
  }
  if (positives == 0 || below == 0) return std::nullopt;
  return won / (positives * below);
}

double BrierScore(absl::Span<const Tested> tested) {
  double sum = 0;
  for (const Tested& each : tested) {
    const double miss = each.probability - (each.converted ? 1 : 0);
    sum += miss * miss;
  }
  return tested.empty() ? 0 : sum / static_cast<double>(tested.size());
}

std::vector<ReliabilityBin> Reliability(absl::Span<const Tested> tested) {
  std::vector<ReliabilityBin> bins(kReliabilityBins);
  for (int i = 0; i < kReliabilityBins; ++i) {
    bins[i].lower = static_cast<double>(i) / kReliabilityBins;
    bins[i].upper = static_cast<double>(i + 1) / kReliabilityBins;
  }
  for (const Tested& each : tested) {
    const int at =
        std::clamp(static_cast<int>(each.probability * kReliabilityBins), 0, kReliabilityBins - 1);
    ++bins[at].leads;
    bins[at].converted += each.converted ? 1 : 0;
    bins[at].mean_predicted += each.probability;
  }
  for (ReliabilityBin& bin : bins) {
    if (bin.leads == 0) continue;
    bin.mean_predicted /= static_cast<double>(bin.leads);
    bin.share_converted = static_cast<double>(bin.converted) / static_cast<double>(bin.leads);
  }
  return bins;
}

Evaluation Evaluate(std::vector<Outcome> outcomes, const LearningLimits& limits) {
  std::sort(outcomes.begin(), outcomes.end(), [](const Outcome& a, const Outcome& b) {
    return std::tie(a.close_time, a.lead) < std::tie(b.close_time, b.lead);
  });
  const size_t split = outcomes.size() * 4 / 5;
  const auto older = absl::MakeConstSpan(outcomes).first(split);
  const auto newest = absl::MakeConstSpan(outcomes).subspan(split);
  Evaluation evaluation;
  evaluation.learned_converted = CountConverted(older);
  evaluation.learned_other = static_cast<int64_t>(older.size()) - evaluation.learned_converted;
  evaluation.tested_converted = CountConverted(newest);
  evaluation.tested_other = static_cast<int64_t>(newest.size()) - evaluation.tested_converted;
  evaluation.all_factors = QualityOf(older, newest, limits);
  const double share = Predict(Learn(older, limits), {}).probability;
  std::vector<Tested> reference;
  for (const Outcome& each : newest) reference.push_back({share, each.converted});
  evaluation.reference_brier_score = BrierScore(reference);
  for (Outcome& each : outcomes) {
    std::erase_if(each.facts, [](const Fact& fact) { return IsFinding(fact.factor); });
  }
  evaluation.without_findings = QualityOf(older, newest, limits);
  return evaluation;
}

}  // namespace crm::lead
