#pragma once

#include "common/rpc/validation.h"
#include "crm/opportunity/v1/report_service.pb.h"

// What is wrong with each request, all of it at once: the shapes.
namespace crm::opportunity {

void Check(const v1::SummarizePipelineRequest& request, rpc::Validation& v);
void Check(const v1::QueryFunnelRequest& request, rpc::Validation& v);
void Check(const v1::QueryTimeInStageRequest& request, rpc::Validation& v);
void Check(const v1::QueryWinRateRequest& request, rpc::Validation& v);
void Check(const v1::QueryFlowRequest& request, rpc::Validation& v);
void Check(const v1::QuerySalesVelocityRequest& request, rpc::Validation& v);
void Check(const v1::QueryForecastRequest& request, rpc::Validation& v);
void Check(const v1::CompareForecastsRequest& request, rpc::Validation& v);
void Check(const v1::ListAtRiskRequest& request, rpc::Validation& v);
void Check(const v1::GetTimelineRequest& request, rpc::Validation& v);

}  // namespace crm::opportunity
