#include <optional>

#include "common/base/status.h"
#include "common/serving/requests.h"
#include "common/serving/revisions.h"
#include "services/lead/rpc/prediction_handlers.h"
#include "services/lead/rpc/prediction_proto.h"

namespace crm::lead {

absl::Status GetModel(const PredictionPorts& ports, const rpc::CallContext& context,
                      const v1::GetModelRequest& request, v1::GetModelResponse& response) {
  CRM_ASSIGN_OR_RETURN(const ModelRevision found,
                       ports.models.Find(context.tenant, request.revision(), context.deadline));
  ToProto(found, *response.mutable_model());
  FactorsToProto(found.model, *response.mutable_model());
  return absl::OkStatus();
}

absl::Status ListModels(const PredictionPorts& ports, const rpc::CallContext& context,
                        const v1::ListModelsRequest& request, v1::ListModelsResponse& response) {
  return serving::AnswerNewestFirst(
      context, request, response,
      [&](const std::optional<int64_t>& before, int limit) {
        return ports.models.List(context.tenant, before, limit, context.deadline);
      },
      [](v1::ListModelsResponse& to, const ModelRevision& revision) {
        ToProto(revision, *to.add_models());
        return revision.revision;
      });
}

absl::Status PredictConversion(const PredictionPorts& ports, const rpc::CallContext& context,
                               const v1::PredictConversionRequest& request,
                               v1::PredictConversionResponse& response) {
  CRM_ASSIGN_OR_RETURN(const ModelPrediction prediction,
                       ports.predictions.Predict(serving::KeyOf(context, request.name(), kLeads),
                                                 request.model_revision(), context.deadline));
  response.mutable_prediction()->set_lead(request.name());
  ToProto(prediction, *response.mutable_prediction());
  return absl::OkStatus();
}

absl::Status EvaluateModel(const PredictionPorts& ports, const rpc::CallContext& context,
                           const v1::EvaluateModelRequest&, v1::EvaluateModelResponse& response) {
  CRM_ASSIGN_OR_RETURN(const Evaluation evaluation,
                       ports.predictions.Evaluate(context.tenant, context.deadline));
  ToProto(evaluation, *response.mutable_evaluation());
  return absl::OkStatus();
}

}  // namespace crm::lead
