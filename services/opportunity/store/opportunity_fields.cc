#include "services/opportunity/store/opportunity_fields.h"

#include "services/opportunity/store/opportunity_json.h"

namespace crm::opportunity {
namespace {

template <auto kMember, const auto&... kNames>
constexpr aggregate::Field<Opportunity> Row(const char* name) {
  return aggregate::FieldOf<Opportunity, kMember, kNames...>(name);
}

constexpr aggregate::Field<Opportunity> kFields[] = {
    Row<&Opportunity::display_name>("display_name"),
    Row<&Opportunity::contact>("contact"),
    Row<&Opportunity::lead>("lead"),
    Row<&Opportunity::pipeline>("pipeline"),
    Row<&Opportunity::stage>("stage"),
    Row<&Opportunity::stage_type, kStageTypeNames>("stage_type"),
    Row<&Opportunity::stage_version>("stage_version"),
    Row<&Opportunity::owner>("owner"),
    Row<&Opportunity::amount>("amount"),
    Row<&Opportunity::expected_close_date>("expected_close_date"),
    Row<&Opportunity::probability>("probability"),
    Row<&Opportunity::probability_manual>("probability_manual"),
    Row<&Opportunity::category, kForecastCategoryNames>("forecast_category"),
    Row<&Opportunity::category_manual>("forecast_category_manual"),
    Row<&Opportunity::needs>("needs"),
    Row<&Opportunity::present_supplier>("present_supplier"),
    Row<&Opportunity::payment_terms>("payment_terms"),
    Row<&Opportunity::contract>("contract"),
    Row<&Opportunity::contact_roles>("contact_roles"),
    Row<&Opportunity::interests>("interests"),
    Row<&Opportunity::loss_reason, kLossReasonNames>("loss_reason"),
    Row<&Opportunity::loss_note>("loss_note"),
    Row<&Opportunity::open_time>("open_time"),
    Row<&Opportunity::close_time>("close_time"),
    Row<&Opportunity::stage_enter_time>("stage_enter_time"),
    Row<&Opportunity::external_id>("external_id"),
    Row<&Opportunity::line_items>("line_items"),
    Row<&Opportunity::competitors>("competitors"),
    Row<&Opportunity::next_step>("next_step"),
    Row<&Opportunity::team>("team"),
    Row<&Opportunity::attributes>("attributes"),
    Row<&Opportunity::delete_time>("delete_time"),
    Row<&Opportunity::cloned_from>("cloned_from"),
    Row<&Opportunity::lead_source, kLeadSourceNames>("lead_source"),
};

}  // namespace

aggregate::Fields<Opportunity> OpportunityFieldTable() { return kFields; }

}  // namespace crm::opportunity
