#pragma once

#include "absl/types/span.h"
#include "common/listing/field.h"

namespace crm::opportunity {

// What opportunities can be listed by. By contact, lead, owner and external id an index leads the
// way; the others filter the walk by create_time, since an index on the stage would make every move
// more costly.
absl::Span<const listing::Field> OpportunityFields();

}  // namespace crm::opportunity
