#include "services/opportunity/domain/opportunity_edit.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "services/opportunity/domain/opportunity_rules.h"

namespace crm::opportunity {
namespace {

template <class T>
void Set(const std::optional<T>& value, T& field) {
  if (value) field = *value;
}

// A default of the stage that may be set by hand.
template <class T>
void SetDefaulted(const std::optional<std::optional<T>>& value, T standard, T& field,
                  bool& manual) {
  if (!value) return;
  if (!value->has_value() && manual) {
    field = standard;
    manual = false;
  } else if (value->has_value() && **value != field) {
    field = **value;
    manual = true;
  }
}

template <class T>
bool Alters(const std::optional<std::optional<T>>& value, T current) {
  return value && value->has_value() && **value != current;
}

absl::Status CheckDefaulted(const Opportunity& opportunity, const OpportunityEdit& edit) {
  const bool probability = Alters(edit.probability, opportunity.probability);
  const bool category = Alters(edit.category, opportunity.category);
  if (opportunity.stage_type != StageType::kOpen && (probability || category)) {
    return error::StateInvalid(
               NameOf(opportunity), opportunity.stage,
               "A closed opportunity keeps the probability and forecast category of its stage.")
        .With("requested", probability ? "probability" : "forecast_category")
        .With("useMethod", base::NameOf(kTriggerMethods, Trigger::kReopen));
  }
  if (category && !SettableByHand(**edit.category)) {
    return error::FieldInvalid("forecast_category",
                               "must be PIPELINE, BEST_CASE, COMMIT or OMITTED");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Edit(Opportunity& opportunity, const OpportunityEdit& edit, const Pipeline& pipeline) {
  CRM_RETURN_IF_ERROR(CheckDefaulted(opportunity, edit));
  const Stage* const stage = pipeline.Find(opportunity.stage);
  if (stage == nullptr) {
    return error::Internal(
        absl::StrCat("stage ", opportunity.stage, " is not in pipeline ", pipeline.id));
  }
  Set(edit.display_name, opportunity.display_name);
  Set(edit.owner, opportunity.owner);
  Set(edit.external_id, opportunity.external_id);
  Set(edit.amount, opportunity.amount);
  Set(edit.expected_close_date, opportunity.expected_close_date);
  SetDefaulted(edit.probability, stage->probability, opportunity.probability,
               opportunity.probability_manual);
  SetDefaulted(edit.category, stage->category, opportunity.category, opportunity.category_manual);
  Set(edit.needs, opportunity.needs);
  Set(edit.present_supplier, opportunity.present_supplier);
  Set(edit.payment_terms, opportunity.payment_terms);
  Set(edit.contract, opportunity.contract);
  Set(edit.contact_roles, opportunity.contact_roles);
  Set(edit.interests, opportunity.interests);
  return absl::OkStatus();
}

}  // namespace crm::opportunity
