#pragma once

#include "crm/lead/v1/prediction.pb.h"
#include "services/lead/domain/model_evaluation.h"
#include "services/lead/prediction/predictions.h"
#include "services/lead/store/model_store.h"

namespace crm::lead {

// Without what was learned of the factors.
void ToProto(const ModelRevision& revision, v1::PredictionModel& message);
// That.
void FactorsToProto(const OutcomeModel& model, v1::PredictionModel& message);
void ToProto(const ModelPrediction& prediction, v1::Prediction& message);
void ToProto(const Evaluation& evaluation, v1::PredictionEvaluation& message);

}  // namespace crm::lead
