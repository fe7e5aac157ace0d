#pragma once

#include "common/rpc/validation.h"
#include "crm/lead/v1/capture.pb.h"

namespace crm::lead {

void Check(const v1::CaptureLeadRequest& request, rpc::Validation& v);

}  // namespace crm::lead
