#pragma once

#include "absl/types/span.h"
#include "common/listing/field.h"

namespace crm::lead {

// What leads can be listed by.
absl::Span<const listing::Field> LeadFields();

}  // namespace crm::lead
