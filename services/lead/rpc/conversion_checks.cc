#include "services/lead/rpc/conversion_checks.h"

#include "common/rpc/request_checks.h"
#include "services/lead/domain/lead.h"
#include "services/lead/rpc/lead_checks.h"

namespace crm::lead {

void Check(const v1::PreviewConversionRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kLeads, v);
  CheckConversionPlan(request, v);
}

void Check(const v1::GetConversionRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kConversions, v);
}

void Check(const v1::ListConversionsRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kConversions, v);
  const bool open = request.state() == v1::CONVERSION_STATE_STARTED ||
                    request.state() == v1::CONVERSION_STATE_NEEDS_ATTENTION;
  if (request.state() != v1::CONVERSION_STATE_UNSPECIFIED && !open) {
    v.Custom("state", "must be CONVERSION_STATE_STARTED or CONVERSION_STATE_NEEDS_ATTENTION");
  }
}

void Check(const v1::RetryConversionRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kConversions, v);
}

void Check(const v1::AbandonConversionRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kConversions, v);
}

}  // namespace crm::lead
