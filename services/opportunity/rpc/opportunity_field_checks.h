#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/rpc/validation.h"
#include "crm/opportunity/v1/opportunity.pb.h"

namespace crm::opportunity {

// Checks one settable field of an opportunity; an unknown name passes.
void CheckField(absl::string_view field, const v1::Opportunity& message, absl::Time now,
                rpc::Validation& v);

// All settable fields.
void CheckFields(const v1::Opportunity& message, absl::Time now, rpc::Validation& v);

}  // namespace crm::opportunity
