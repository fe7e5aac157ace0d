#pragma once

#include "common/rpc/validation.h"
#include "crm/lead/v1/report_service.pb.h"

// What is wrong with each request, all of it at once: the shapes.
namespace crm::lead {

void Check(const v1::QueryLeadFunnelRequest& request, rpc::Validation& v);
void Check(const v1::QueryResponseTimeRequest& request, rpc::Validation& v);
void Check(const v1::QueryQualificationRequest& request, rpc::Validation& v);
void Check(const v1::QueryConversionRequest& request, rpc::Validation& v);

}  // namespace crm::lead
