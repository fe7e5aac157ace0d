#pragma once

#include "common/rpc/validation.h"
#include "crm/contact/v1/erasure_service.pb.h"

namespace crm::contact {

void Check(const v1::EraseContactRequest& request, rpc::Validation& v);
void Check(const v1::GetErasureRequest& request, rpc::Validation& v);

}  // namespace crm::contact
