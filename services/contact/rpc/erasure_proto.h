#pragma once

#include "crm/contact/v1/erasure.pb.h"
#include "services/contact/domain/erasure.h"

namespace crm::contact {

void ToProto(const Erasure& erasure, v1::Erasure& message);

}  // namespace crm::contact
