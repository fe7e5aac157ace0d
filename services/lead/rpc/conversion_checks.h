#pragma once

#include "common/rpc/validation.h"
#include "crm/lead/v1/conversion_service.pb.h"

// What is wrong with each request, all of it at once.
namespace crm::lead {

void Check(const v1::PreviewConversionRequest& request, rpc::Validation& v);
void Check(const v1::GetConversionRequest& request, rpc::Validation& v);
void Check(const v1::ListConversionsRequest& request, rpc::Validation& v);
void Check(const v1::RetryConversionRequest& request, rpc::Validation& v);
void Check(const v1::AbandonConversionRequest& request, rpc::Validation& v);

}  // namespace crm::lead
