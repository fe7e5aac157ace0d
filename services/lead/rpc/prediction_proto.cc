#include "services/lead/rpc/prediction_proto.h"

#include <vector>

#include "common/rpc/proto_values.h"

namespace crm::lead {
namespace {

// The numbers of both enums are the same.
v1::PredictionFactor ToProto(Factor factor) {
  return static_cast<v1::PredictionFactor>(static_cast<int>(factor));
}
static_assert(static_cast<int>(Factor::kAuthority) == v1::PREDICTION_FACTOR_AUTHORITY);
static_assert(static_cast<int>(FactUse::kNotLearned) == v1::FACT_USE_NOT_LEARNED);

void ToProto(const Quality& quality, v1::PredictionQuality& message) {
  if (quality.auc.has_value()) message.set_auc(*quality.auc);
  message.set_brier_score(quality.brier_score);
  for (const ReliabilityBin& bin : quality.reliability) {
    v1::ReliabilityRow& row = *message.add_reliability();
    row.set_lower(bin.lower);
    row.set_upper(bin.upper);
    row.set_leads(bin.leads);
    row.set_converted(bin.converted);
    row.set_mean_predicted(bin.mean_predicted);
    row.set_share_converted(bin.share_converted);
  }
}

}  // namespace

void ToProto(const ModelRevision& revision, v1::PredictionModel& message) {
  message.set_revision(revision.revision);
  rpc::SetTime(revision.record_time, message.mutable_train_time());
  message.set_actor(revision.actor);
  message.set_converted(revision.model.converted);
  message.set_not_converted(revision.model.other);
  message.set_prior_log_odds(PriorLogOdds(revision.model));
}

void FactorsToProto(const OutcomeModel& model, v1::PredictionModel& message) {
  for (const FactorCounts& factor : model.factors) {
    v1::FactorWeights& learned = *message.add_factors();
    learned.set_factor(ToProto(factor.factor));
    const std::vector<double> weights = Weights(factor);
    for (size_t i = 0; i < weights.size(); ++i) {
      v1::ValueWeight& value = *learned.add_values();
      value.set_value(factor.values[i].value);
      value.set_converted(factor.values[i].converted);
      value.set_not_converted(factor.values[i].other);
      value.set_weight(weights[i]);
    }
  }
}

void ToProto(const ModelPrediction& prediction, v1::Prediction& message) {
  message.set_probability(prediction.prediction.probability);
  message.set_log_odds(prediction.prediction.log_odds);
  message.set_prior_log_odds(prediction.prediction.prior_log_odds);
  message.set_model_revision(prediction.model_revision);
  for (const Contribution& each : prediction.prediction.contributions) {
    v1::FactorContribution& row = *message.add_contributions();
    row.set_factor(ToProto(each.factor));
    row.set_value(each.value);
    row.set_use(static_cast<v1::FactUse>(static_cast<int>(each.use)));
    row.set_weight(each.weight);
    row.set_log_odds(each.log_odds);
    row.set_converted(each.converted);
    row.set_not_converted(each.other);
  }
}

void ToProto(const Evaluation& evaluation, v1::PredictionEvaluation& message) {
  message.set_learned_converted(evaluation.learned_converted);
  message.set_learned_not_converted(evaluation.learned_other);
  message.set_tested_converted(evaluation.tested_converted);
  message.set_tested_not_converted(evaluation.tested_other);
  message.set_reference_brier_score(evaluation.reference_brier_score);
  ToProto(evaluation.all_factors, *message.mutable_all_factors());
  ToProto(evaluation.without_findings, *message.mutable_without_findings());
}

}  // namespace crm::lead
