#include "services/opportunity/rpc/opportunity_filters.h"

#include "services/opportunity/domain/opportunity_state.h"

namespace crm::opportunity {
namespace {

constexpr auto kStageTypes = listing::NamesIn(kStageTypeNames);

constexpr listing::Field kFields[] = {
    listing::TextField("stage"),
    listing::EnumField("stage_type", kStageTypes),
    listing::TextField("owner"),
    listing::NameField("contact", "contacts"),
    listing::NameField("lead", "leads"),
    {.name = "pipeline",
     .type = listing::FieldType::kSlugName,
     .column = "pipeline",
     .collection = "pipelines"},
    listing::TextField("external_id"),
    listing::kCreateTimeField,
};

}  // namespace

absl::Span<const listing::Field> OpportunityFields() { return kFields; }

}  // namespace crm::opportunity
