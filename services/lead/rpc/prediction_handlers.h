#pragma once

#include "absl/status/status.h"
#include "common/rpc/call.h"
#include "crm/lead/v1/prediction_service.pb.h"
#include "services/lead/rpc/lead_ports.h"

namespace crm::lead {

absl::Status GetModel(const PredictionPorts& ports, const rpc::CallContext& context,
                      const v1::GetModelRequest& request, v1::GetModelResponse& response);
absl::Status ListModels(const PredictionPorts& ports, const rpc::CallContext& context,
                        const v1::ListModelsRequest& request, v1::ListModelsResponse& response);

// These ask the contact service, too.
absl::Status PredictConversion(const PredictionPorts& ports, const rpc::CallContext& context,
                               const v1::PredictConversionRequest& request,
                               v1::PredictConversionResponse& response);
absl::Status EvaluateModel(const PredictionPorts& ports, const rpc::CallContext& context,
                           const v1::EvaluateModelRequest& request,
                           v1::EvaluateModelResponse& response);
void TrainModels(const PredictionPorts& ports,
                 rpc::Calls<v1::TrainModelRequest, v1::TrainModelResponse> calls);

}  // namespace crm::lead
