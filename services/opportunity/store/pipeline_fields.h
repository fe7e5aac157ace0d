#pragma once

#include "common/aggregate/fields.h"
#include "services/opportunity/domain/pipeline.h"

namespace crm::opportunity {

// Every field of a pipeline that is stored, by its name in crm.opportunity.v1.Pipeline (the slug is
// in its name); for its field history. Whoever adds a field adds its row.
aggregate::Fields<Pipeline> PipelineFieldTable();

}  // namespace crm::opportunity
