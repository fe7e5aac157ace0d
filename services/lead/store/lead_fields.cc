#include "services/lead/store/lead_fields.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "services/lead/store/lead_json.h"

namespace crm::lead {
namespace {

using aggregate::Json;

template <auto kAccess, const auto&... kNames>
constexpr aggregate::Field<Lead> Row(const char* name) {
  return aggregate::FieldOf<Lead, kAccess, kNames...>(name);
}

constexpr auto kActivityCount = [](auto& lead) -> auto& { return lead.activities.count; };
constexpr auto kTwoWay = [](auto& lead) -> auto& { return lead.activities.two_way; };
constexpr auto kFirstResponse = [](auto& lead) -> auto& { return lead.activities.first_response; };
constexpr auto kLastActivity = [](auto& lead) -> auto& { return lead.activities.last; };

const Assessment* CurrentOf(const Lead& lead, Criterion criterion) {
  for (const Assessment& assessment : lead.assessments) {
    if (assessment.criterion == criterion) return &assessment;
  }
  return nullptr;
}

// The current assessment of one criterion: of the five, a revision holds only what it changed.
template <Criterion kCriterion>
constexpr aggregate::Field<Lead> AssessmentRow(const char* name) {
  return {name,
          [](const Lead& a, const Lead& b) {
            const Assessment* const x = CurrentOf(a, kCriterion);
            const Assessment* const y = CurrentOf(b, kCriterion);
            return x == nullptr || y == nullptr ? x == y : *x == *y;
          },
          [](const Lead& lead, std::string& json) {
            const Assessment* const current = CurrentOf(lead, kCriterion);
            json += current == nullptr ? "null" : aggregate::JsonText(ToJson(*current));
          },
          [](const Json& json, Lead& lead) {
            std::erase_if(lead.assessments,
                          [](const Assessment& a) { return a.criterion == kCriterion; });
            if (json.is_null()) return;
            Assessment assessment;
            FromJson(json, assessment);
            Supersede(lead.assessments, assessment);
          }};
}

ConversionState StateOf(const Lead& lead) {
  return lead.conversion ? lead.conversion->state : ConversionState::kUnspecified;
}

std::string RefusalOf(const Lead& lead) { return lead.conversion ? lead.conversion->refusal : ""; }

// The conversion but for its state and refusal, which go on changing and have rows of their own.
bool SameConversion(const Lead& a, const Lead& b) {
  if (OpportunityOf(a) != OpportunityOf(b)) return false;
  if (a.conversion == b.conversion) return true;
  std::optional<Conversion> x = a.conversion;
  std::optional<Conversion> y = b.conversion;
  for (std::optional<Conversion>* each : {&x, &y}) {
    if (!each->has_value()) continue;
    (*each)->state = ConversionState::kUnspecified;
    (*each)->refusal.clear();
  }
  return x == y;
}

void TakeConversion(const Json& json, Lead& lead) {
  const ConversionState state = StateOf(lead);
  std::string refusal = RefusalOf(lead);
  lead.conversion.reset();
  if (json.is_null()) return;
  lead.conversion = ConversionFromJson(aggregate::JsonText(json), lead.tenant).value();
  lead.conversion->state = state;
  lead.conversion->refusal = std::move(refusal);
}

constexpr aggregate::Field<Lead> kFields[] = {
    Row<&Lead::contact>("contact"),
    Row<&Lead::state, kLeadStateNames>("state"),
    Row<&Lead::stage_version>("stage_version"),
    Row<&Lead::owner>("owner"),
    Row<&Lead::source, kLeadSourceNames>("source"),
    Row<&Lead::source_detail>("source_detail"),
    Row<&Lead::interests>("interests"),
    Row<&Lead::buying_role, kBuyingRoleNames>("buying_role"),
    AssessmentRow<Criterion::kNeed>("current_assessments.NEED"),
    AssessmentRow<Criterion::kAbility>("current_assessments.ABILITY"),
    AssessmentRow<Criterion::kMarketPresence>("current_assessments.MARKET_PRESENCE"),
    AssessmentRow<Criterion::kTimeframe>("current_assessments.TIMEFRAME"),
    AssessmentRow<Criterion::kAuthority>("current_assessments.AUTHORITY"),
    {"verdict", [](const Lead& a, const Lead& b) { return a.verdict == b.verdict; },
     [](const Lead& lead, std::string& json) {
       json += VerdictToJson(lead.verdict).value_or("null");
     },
     [](const Json& json, Lead& lead) {
       lead.verdict.reset();
       if (!json.is_null()) lead.verdict = VerdictFromJson(aggregate::JsonText(json)).value();
     }},
    Row<&Lead::disqualify_reason, kDisqualifyReasonNames>("disqualify_reason"),
    Row<&Lead::disqualify_note>("disqualify_note"),
    Row<&Lead::qualification_overridden>("qualification_overridden"),
    Row<&Lead::override_reason>("override_reason"),
    {"opportunity", SameConversion,
     [](const Lead& lead, std::string& json) {
       json += ConversionToJson(lead.conversion).value_or("null");
     },
     TakeConversion},
    // After the conversion that they are of.
    {"conversion_state", [](const Lead& a, const Lead& b) { return StateOf(a) == StateOf(b); },
     [](const Lead& lead, std::string& json) {
       aggregate::AppendJson(json, StateOf(lead), kConversionStateNames);
     },
     [](const Json& json, Lead& lead) {
       ConversionState state = ConversionState::kUnspecified;
       if (!json.is_null()) aggregate::TakeJson(json, state, kConversionStateNames);
       if (lead.conversion) lead.conversion->state = state;
     }},
    {"conversion_refusal",
     [](const Lead& a, const Lead& b) { return RefusalOf(a) == RefusalOf(b); },
     [](const Lead& lead, std::string& json) { aggregate::AppendJson(json, RefusalOf(lead)); },
     [](const Json& json, Lead& lead) {
       std::string refusal;
       if (!json.is_null()) aggregate::TakeJson(json, refusal);
       if (lead.conversion) lead.conversion->refusal = std::move(refusal);
     }},
    Row<kActivityCount>("activity_count"),
    Row<kTwoWay>("two_way_contact"),
    Row<kFirstResponse>("first_response_time"),
    Row<kLastActivity>("last_activity_time"),
    Row<&Lead::external_id>("external_id"),
    Row<&Lead::state_enter_time>("state_enter_time"),
    Row<&Lead::open_time>("open_time"),
    Row<&Lead::organization>("organization"),
    Row<&Lead::next_step>("next_step"),
    Row<&Lead::attributes>("attributes"),
    Row<&Lead::delete_time>("delete_time"),
    Row<&Lead::standing>("standing"),
    Row<&Lead::assignment>("assignment"),
};

}  // namespace

aggregate::Fields<Lead> LeadFieldTable() { return kFields; }

}  // namespace crm::lead
