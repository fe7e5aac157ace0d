#include "services/lead/domain/personal_data.h"

namespace crm::lead {
namespace {

using base::Emptied;

constexpr base::PersonalTable kTables[] = {
    {"lead", "id", true}, {"activity", "lead", false}, {"assessment", "lead", false}};

// Of the JSON in lead_json.cc.
constexpr const char* kObservation[] = {"observation"};
constexpr const char* kPlanTexts[] = {"name", "override"};
constexpr const char* kText[] = {"text"};
constexpr const char* kReason[] = {"reason"};

constexpr base::PersonalColumn kColumns[] = {
    {"lead", "source_detail", Emptied::kText},
    {"lead", "external_id", Emptied::kNull},
    {"lead", "assessments", Emptied::kPartOfJson, kObservation},
    {"lead", "disqualify_note", Emptied::kText},
    {"lead", "override_reason", Emptied::kText},
    {"lead", "conversion", Emptied::kPartOfJson, kPlanTexts},
    {"lead", "next_step", Emptied::kText},
    {"lead", "attributes", Emptied::kMap},
    {"lead", "assignment", Emptied::kPartOfJson, kReason},
    {"activity", "summary", Emptied::kText},
    {"assessment", "observation", Emptied::kText},
};

constexpr base::PersonalField kFields[] = {
    {"source_detail"},
    {"external_id"},
    {"current_assessments.NEED", kObservation},
    {"current_assessments.ABILITY", kObservation},
    {"current_assessments.MARKET_PRESENCE", kObservation},
    {"current_assessments.TIMEFRAME", kObservation},
    {"current_assessments.AUTHORITY", kObservation},
    {"disqualify_note"},
    {"override_reason"},
    {"opportunity", kPlanTexts},
    {"next_step", kText},
    {"attributes"},
    {"assignment", kReason},
};

constexpr base::PersonalData kData = {kTables, kColumns, kFields};

// Codes, actors, and what a tenant's settings are. A lead's interests are names of products, by
// which reports and predictions count.
constexpr const char* kImpersonal[] = {
    "activity.actor",
    "activity.direction",
    "activity.type",
    "assessment.assessor",
    "assessment.budget_currency",
    "assessment.budget_status",
    "assessment.criterion",
    "assessment.finding",
    "assessment.source",
    "assignment_rules.actor",
    "assignment_rules.definition",
    "assignment_turn.turns",
    "conversion.last_error",
    "conversion.request_hash",
    "conversion.state",
    "lead.buying_role",
    "lead.conversion_refusal",
    "lead.conversion_state",
    "lead.disqualify_reason",
    "lead.interests",
    "lead.moves",
    "lead.outcome",
    "lead.owner",
    "lead.source",
    "lead.state",
    "lead.verdict",
    "prediction_model.actor",
    "prediction_model.factors",
    "qualification_policy.actor",
    "qualification_policy.definition",
    "sale_change.state",
    "training_turn.after_tenant",
};

}  // namespace

const base::PersonalData& PersonalDataOfLeads() { return kData; }
base::ImpersonalColumns ImpersonalColumnsOfLeads() { return kImpersonal; }

}  // namespace crm::lead
