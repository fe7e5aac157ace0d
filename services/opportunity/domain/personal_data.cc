#include "services/opportunity/domain/personal_data.h"

namespace crm::opportunity {
namespace {

using base::Emptied;

constexpr base::PersonalTable kTables[] = {{"opportunity", "id", true}};

// Of the JSON in opportunity_json.cc: texts of needs and payment terms, the present supplier's
// name; competitors' names and the notes on them.
constexpr const char* kDetails[] = {"text", "displayName"};
constexpr const char* kWork[] = {"displayName", "note"};
constexpr const char* kText[] = {"text"};
constexpr const char* kDisplayName[] = {"displayName"};

constexpr base::PersonalColumn kColumns[] = {
    {"opportunity", "display_name", Emptied::kName},
    {"opportunity", "external_id", Emptied::kNull},
    {"opportunity", "loss_note", Emptied::kText},
    {"opportunity", "next_step", Emptied::kText},
    {"opportunity", "attributes", Emptied::kMap},
    {"opportunity", "details", Emptied::kPartOfJsonb, kDetails},
    {"opportunity", "work", Emptied::kPartOfJsonb, kWork},
};

constexpr base::PersonalField kFields[] = {
    {"display_name"},
    {"external_id"},
    {"loss_note"},
    {"next_step", kText},
    {"attributes"},
    {"needs", kText},
    {"present_supplier", kDisplayName},
    {"payment_terms", kText},
    {"competitors", kWork},
};

constexpr base::PersonalData kData = {kTables, kColumns, kFields};

// Codes, actors, and what a tenant's pipelines are.
constexpr const char* kImpersonal[] = {
    "opportunity.amount_currency",
    "opportunity.forecast_category",
    "opportunity.lead_source",
    "opportunity.loss_reason",
    "opportunity.owner",
    "opportunity.pipeline",
    "opportunity.stage",
    "opportunity.stage_type",
    "pipeline.definition",
    "pipeline.slug",
    "pipeline_revision.definition",
    "pipeline_revision.slug",
    "stage_retirement.actor",
    "stage_retirement.pipeline",
    "stage_retirement.stage",
};

}  // namespace

const base::PersonalData& PersonalDataOfOpportunities() { return kData; }
base::ImpersonalColumns ImpersonalColumnsOfOpportunities() { return kImpersonal; }

}  // namespace crm::opportunity
