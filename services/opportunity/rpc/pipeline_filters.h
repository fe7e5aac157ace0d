#pragma once

#include "absl/types/span.h"
#include "common/listing/field.h"

namespace crm::opportunity {

// What pipelines can be listed by. A tenant has few.
absl::Span<const listing::Field> PipelineFields();

}  // namespace crm::opportunity
