#include "services/lead/rpc/lead_filters.h"

namespace crm::lead {
namespace {

using listing::FieldType;
using listing::Operator;
using listing::OrderKey;
using listing::OrderType;

constexpr auto kStates = listing::NamesIn(kLeadStateNames);
static_assert(kStates[0] == "UNSPECIFIED", "which no lead is");
constexpr auto kSources = listing::NamesIn(kLeadSourceNames);
constexpr auto kOutcomes = listing::NamesIn(kVerdictOutcomeNames);
static_assert(kOutcomes[0] == "UNSPECIFIED", "which no verdict is");

// What is not set has a value that stands for it: no score is less than any, nothing is due later
// than what has no date, and no activity took place before any. Where there is an index, as it has
// it: by CASE, since behind the tenants' policies none serves a COALESCE.
#define CRM_SCORE "coalesce(score, -1)"
#define CRM_DUE "(CASE WHEN next_step_due IS NULL THEN DATE '10000-01-01' ELSE next_step_due END)"
#define CRM_LAST_ACTIVITY "coalesce(last_activity_time, TIMESTAMPTZ '0001-01-01 00:00:00+00')"
constexpr int64_t kNoScore = -1;
constexpr absl::CivilDay kNoDay(10000, 1, 1);
const absl::Time kNever = absl::FromCivil(absl::CivilDay(1, 1, 1), absl::UTCTimeZone());

// Those that are worked on.
#define CRM_WORKED "state IN ('NEW', 'WORKING', 'QUALIFIED')"

constexpr Operator kOrderOrSet[] = {Operator::kLess, Operator::kLessOrEqual, Operator::kGreater,
                                    Operator::kGreaterOrEqual, Operator::kHas};

constexpr listing::Field kFields[] = {
    listing::EnumField("state", absl::MakeConstSpan(kStates).subspan(1)),
    listing::TextField("owner"),
    listing::NameField("contact", "contacts"),
    listing::NameField("organization", "contacts", listing::kExactOrSet),
    listing::EnumField("source", kSources),
    {.name = "interest", .column = "interests::jsonb @> jsonb_build_array(?)"},
    listing::TextField("external_id", listing::kExactOrSet),
    {.name = "verdict",
     .type = FieldType::kEnum,
     .column = "outcome",
     .operators = listing::kExact,
     .values = absl::MakeConstSpan(kOutcomes).subspan(1)},
    {.name = "score",
     .type = FieldType::kNumber,
     .column = "score",
     .operators = listing::kRangeOrSet},
    {.name = "stale_evidence",
     .type = FieldType::kBool,
     .column = CRM_WORKED " AND stale_time < now()"},
    {.name = "last_activity_time",
     .type = FieldType::kTime,
     .column = "last_activity_time",
     .operators = kOrderOrSet},
    {.name = "responded", .type = FieldType::kBool, .column = "first_response_time IS NOT NULL"},
    {.name = "response_hours",
     .type = FieldType::kNumber,
     // From when it came in, or from the response where that is earlier; NULL without one.
     .column = "floor(extract(epoch FROM first_response_time - least(first_response_time, "
               "coalesce(open_time, create_time))) / 3600)",
     .operators = listing::kRangeOrSet},
    {.name = "next_step.due_date",
     .type = FieldType::kDay,
     .column = CRM_DUE,
     .operators = listing::kRangeOrSet,
     .set_column = "next_step_due"},
    {.name = "overdue",
     .type = FieldType::kBool,
     .column = CRM_WORKED " AND " CRM_DUE " < (now() AT TIME ZONE 'UTC')::date"},
    {.name = "attributes",
     .type = FieldType::kMap,
     .column = "attributes",
     .operators = listing::kExact},
    listing::kCreateTimeField,
};

constexpr listing::OrderOf<Lead> kOrders[] = {
    {listing::kByCreateTime, [](const Lead& lead) -> OrderKey { return lead.create_time; }},
    {{.name = "score", .column = CRM_SCORE, .type = OrderType::kNumber},
     [](const Lead& lead) -> OrderKey {
       return lead.standing ? int64_t{lead.standing->score} : kNoScore;
     }},
    {{.name = "last_activity_time", .column = CRM_LAST_ACTIVITY, .follows_clock = true},
     [](const Lead& lead) -> OrderKey { return lead.activities.last.value_or(kNever); }},
    {{.name = "next_step.due_date", .column = CRM_DUE, .type = OrderType::kDay},
     [](const Lead& lead) -> OrderKey { return lead.next_step.due_date.value_or(kNoDay); }},
};

#undef CRM_SCORE
#undef CRM_DUE
#undef CRM_LAST_ACTIVITY
#undef CRM_WORKED

}  // namespace

absl::Span<const listing::Field> LeadFields() { return kFields; }

absl::Span<const listing::OrderOf<Lead>> LeadOrders() { return kOrders; }

}  // namespace crm::lead
