#pragma once

#include "common/rpc/validation.h"
#include "crm/lead/v1/prediction_service.pb.h"

// What is wrong with each request, all of it at once.
namespace crm::lead {

void Check(const v1::TrainModelRequest& request, rpc::Validation& v);
void Check(const v1::GetModelRequest& request, rpc::Validation& v);
void Check(const v1::ListModelsRequest& request, rpc::Validation& v);
void Check(const v1::PredictConversionRequest& request, rpc::Validation& v);
void Check(const v1::EvaluateModelRequest& request, rpc::Validation& v);

}  // namespace crm::lead
