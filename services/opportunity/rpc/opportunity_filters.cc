#include "services/opportunity/rpc/opportunity_filters.h"

#include "services/opportunity/domain/opportunity_state.h"
#include "services/opportunity/domain/pipeline.h"

namespace crm::opportunity {
namespace {

using listing::FieldType;
using listing::OrderKey;
using listing::OrderType;

constexpr auto kStageTypes = listing::NamesIn(kStageTypeNames);
constexpr auto kLeadSources = listing::NamesIn(kLeadSourceNames);
constexpr auto kCategories = listing::NamesIn(kForecastCategoryNames);
// Open ones have no close time: table open_opportunity goes by that.
constexpr absl::string_view kStageTypeConditions[] = {
    "close_time IS NULL", "close_time IS NOT NULL AND stage_type = 'WON'",
    "close_time IS NOT NULL AND stage_type = 'LOST'"};
static_assert(kStageTypes[0] == "OPEN" && kStageTypes[1] == "WON" && kStageTypes[2] == "LOST");

// As the indexes have them; what is not set has a value that stands for it: nothing is worth less
// than no amount, and nothing is expected later than what has no date. By CASE, since behind the
// tenants' policies no index serves a COALESCE.
#define CRM_AMOUNT "(CASE WHEN amount_minor IS NULL THEN -1 ELSE amount_minor END)"
#define CRM_CLOSE_DATE \
  "(CASE WHEN expected_close_date IS NULL THEN DATE '10000-01-01' ELSE expected_close_date END)"
constexpr int64_t kNoAmount = -1;
constexpr absl::CivilDay kNoDay(10000, 1, 1);

constexpr listing::Operator kAmountOperators[] = {
    listing::Operator::kEqual,          listing::Operator::kLess,
    listing::Operator::kLessOrEqual,    listing::Operator::kGreater,
    listing::Operator::kGreaterOrEqual, listing::Operator::kHas};

constexpr listing::Field kFilterFields[] = {
    listing::TextField("stage"),
    {.name = "stage_type",
     .type = FieldType::kEnum,
     .column = "stage_type",
     .operators = listing::kExact,
     .values = kStageTypes,
     .conditions = kStageTypeConditions},
    listing::TextField("owner"),
    listing::NameField("contact", "contacts"),
    listing::NameField("lead", "leads", listing::kExactOrSet),
    {.name = "lead_source",
     .type = FieldType::kEnum,
     .column = "(CASE WHEN lead_source IS NULL THEN 'UNSPECIFIED' ELSE lead_source END)",
     .operators = listing::kExact,
     .values = kLeadSources},
    {.name = "pipeline",
     .type = FieldType::kSlugName,
     .column = "pipeline",
     .operators = listing::kExact,
     .collection = "pipelines"},
    listing::TextField("external_id", listing::kExactOrSet),
    listing::NameField("cloned_from", "opportunities", listing::kExactOrSet),
    {.name = "amount",
     .type = FieldType::kMoney,
     .column = CRM_AMOUNT,
     .operators = kAmountOperators,
     .set_column = "amount_minor",
     .currency_column = "amount_currency"},
    {.name = "expected_close_date",
     .type = FieldType::kDay,
     .column = CRM_CLOSE_DATE,
     .operators = listing::kRangeOrSet,
     .set_column = "expected_close_date"},
    listing::EnumField("forecast_category", kCategories),
    {.name = "overdue",
     .type = FieldType::kBool,
     .column = "close_time IS NULL AND " CRM_CLOSE_DATE " < (now() AT TIME ZONE 'UTC')::date"},
    {.name = "days_in_stage",
     .type = FieldType::kDays,
     .column = "now() - stage_enter_time",
     .operators = listing::kOrder},
    {.name = "days_since_update",
     .type = FieldType::kDays,
     .column = "now() - update_time",
     .operators = listing::kOrder},
    {.name = "next_step.due_date",
     .type = FieldType::kDay,
     .column = "next_step_due",
     .operators = listing::kRangeOrSet},
    {.name = "attributes",
     .type = FieldType::kMap,
     .column = "attributes",
     .operators = listing::kExact},
    listing::TimeField("stage_enter_time"),
    listing::TimeField("update_time"),
    listing::kCreateTimeField,
};

constexpr listing::OrderOf<Opportunity> kOrders[] = {
    {listing::kByCreateTime, [](const Opportunity& it) -> OrderKey { return it.create_time; }},
    {{.name = "update_time", .column = "update_time", .follows_clock = true},
     [](const Opportunity& it) -> OrderKey { return it.update_time; }},
    {{.name = "stage_enter_time", .column = "stage_enter_time", .follows_clock = true},
     [](const Opportunity& it) -> OrderKey { return it.stage_enter_time; }},
    {{.name = "amount", .column = CRM_AMOUNT, .type = OrderType::kNumber},
     [](const Opportunity& it) -> OrderKey { return it.amount ? it.amount->minor : kNoAmount; }},
    {{.name = "expected_close_date", .column = CRM_CLOSE_DATE, .type = OrderType::kDay},
     [](const Opportunity& it) -> OrderKey { return it.expected_close_date.value_or(kNoDay); }},
};

#undef CRM_AMOUNT
#undef CRM_CLOSE_DATE

}  // namespace

absl::Span<const listing::Field> OpportunityFields() { return kFilterFields; }

absl::Span<const listing::OrderOf<Opportunity>> OpportunityOrders() { return kOrders; }

}  // namespace crm::opportunity
