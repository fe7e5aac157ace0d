#include "services/opportunity/store/opportunity_stages.h"

#include "absl/strings/str_cat.h"
#include "common/stage/move_record.h"

namespace crm::opportunity {

stage::StageRecord StageRecordOf(const Opportunity& opportunity, const StageChange& change) {
  stage::StageRecord record =
      stage::MoveRecord("opportunity", {opportunity.tenant, opportunity.id}, change);
  if (change.before) {
    record.from_stage = change.before->stage;
    record.from_type = std::string(base::NameOf(kStageTypeNames, change.before->type));
    record.amount_before = change.before->amount;
    record.probability_before = change.before->probability;
    record.category_before =
        std::string(base::NameOf(kForecastCategoryNames, change.before->category));
  }
  record.to_stage = change.after.stage;
  record.to_type = std::string(base::NameOf(kStageTypeNames, change.after.type));
  record.amount_after = change.after.amount;
  record.probability_after = change.after.probability;
  record.category_after = std::string(base::NameOf(kForecastCategoryNames, change.after.category));
  record.time_in_previous = change.time_in_previous_stage;
  if (change.loss_reason)
    record.reason = std::string(base::NameOf(kLossReasonNames, *change.loss_reason));
  record.note = change.reason;
  record.overridden = !change.overridden_gates.empty();
  record.gates = change.overridden_gates;
  record.contact = absl::StrCat("contacts/", opportunity.contact.ToString());
  if (opportunity.lead) record.lead = absl::StrCat("leads/", opportunity.lead->ToString());
  record.opportunity = NameOf(opportunity);
  record.correlation_id = opportunity.lead.value_or(opportunity.id).ToString();
  return record;
}

}  // namespace crm::opportunity
