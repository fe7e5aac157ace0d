#include "services/opportunity/rpc/opportunity_filters.h"

#include "services/opportunity/domain/opportunity_state.h"

namespace crm::opportunity {
namespace {

using listing::FieldType;

constexpr auto kStageTypes = listing::NamesIn(kStageTypeNames);

constexpr listing::Field kFields[] = {
    {.name = "stage", .column = "stage"},
    {.name = "stage_type", .type = FieldType::kEnum, .column = "stage_type", .values = kStageTypes},
    {.name = "owner", .column = "owner"},
    {.name = "contact", .type = FieldType::kName, .column = "contact", .collection = "contacts"},
    {.name = "lead", .type = FieldType::kName, .column = "lead", .collection = "leads"},
    {.name = "pipeline",
     .type = FieldType::kSlugName,
     .column = "pipeline",
     .collection = "pipelines"},
    {.name = "external_id", .column = "external_id"},
    {.name = "create_time",
     .type = FieldType::kTime,
     .column = "create_time",
     .operators = listing::kFromTo},
};

}  // namespace

absl::Span<const listing::Field> OpportunityFields() { return kFields; }

}  // namespace crm::opportunity
