#include "services/lead/rpc/lead_filters.h"

#include "services/lead/domain/lead.h"

namespace crm::lead {
namespace {

constexpr auto kStates = listing::NamesIn(kLeadStateNames);
static_assert(kStates[0] == "UNSPECIFIED", "which no lead is");
constexpr auto kSources = listing::NamesIn(kLeadSourceNames);

constexpr listing::Field kFilterFields[] = {
    listing::EnumField("state", absl::MakeConstSpan(kStates).subspan(1)),
    listing::TextField("owner"),
    listing::NameField("contact", "contacts"),
    listing::EnumField("source", kSources),
    listing::TextField("external_id", listing::kExactOrSet),
    listing::kCreateTimeField,
};

}  // namespace

absl::Span<const listing::Field> LeadFields() { return kFilterFields; }

}  // namespace crm::lead
