#include "services/opportunity/rpc/pipeline_filters.h"

namespace crm::opportunity {
namespace {

constexpr absl::string_view kStates[] = {"ACTIVE", "ARCHIVED"};

constexpr listing::Field kFilterFields[] = {
    {.name = "state",
     .type = listing::FieldType::kEnum,
     .column = "(CASE WHEN archive_time IS NULL THEN 'ACTIVE' ELSE 'ARCHIVED' END) = ?",
     .values = kStates},
    listing::kCreateTimeField,
};

}  // namespace

absl::Span<const listing::Field> PipelineFields() { return kFilterFields; }

}  // namespace crm::opportunity
