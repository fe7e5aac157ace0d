#include "services/lead/rpc/lead_filters.h"

#include "services/lead/domain/lead.h"

namespace crm::lead {
namespace {

using listing::FieldType;

constexpr auto kStates = listing::NamesIn(kLeadStateNames);
static_assert(kStates[0] == "UNSPECIFIED", "which no lead is");
constexpr auto kSources = listing::NamesIn(kLeadSourceNames);

constexpr listing::Field kFields[] = {
    {.name = "state",
     .type = FieldType::kEnum,
     .column = "state",
     .values = absl::MakeConstSpan(kStates).subspan(1)},
    {.name = "owner", .column = "owner"},
    {.name = "contact", .type = FieldType::kName, .column = "contact", .collection = "contacts"},
    {.name = "source", .type = FieldType::kEnum, .column = "source", .values = kSources},
    {.name = "external_id", .column = "external_id"},
    {.name = "create_time",
     .type = FieldType::kTime,
     .column = "create_time",
     .operators = listing::kFromTo},
};

}  // namespace

absl::Span<const listing::Field> LeadFields() { return kFields; }

}  // namespace crm::lead
