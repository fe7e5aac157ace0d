#include "services/lead/rpc/prediction_checks.h"

#include <limits>

#include "common/rpc/request_checks.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {
namespace {

constexpr int64_t kMostRevision = std::numeric_limits<int64_t>::max();

}  // namespace

void Check(const v1::TrainModelRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, "", v);
}

void Check(const v1::GetModelRequest& request, rpc::Validation& v) {
  v.Number("revision", request.revision(), 0, kMostRevision);
}

void Check(const v1::ListModelsRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, "", v);
}

void Check(const v1::PredictConversionRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kLeads, v);
  v.Number("model_revision", request.model_revision(), 0, kMostRevision);
}

void Check(const v1::EvaluateModelRequest&, rpc::Validation&) {}

}  // namespace crm::lead
