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

// Amount and line items, which go together.
struct Worth {
  std::optional<base::Money> amount;
  const std::vector<LineItem>* line_items;
};

absl::StatusOr<Worth> WorthAfter(const Opportunity& opportunity, const OpportunityEdit& edit) {
  Worth worth{opportunity.amount, &opportunity.line_items};
  if (edit.line_items) worth.line_items = &*edit.line_items;
  if (worth.line_items->empty()) {
    Set(edit.amount, worth.amount);
  } else if (edit.amount || edit.line_items) {
    // Who sends back the whole opportunity with other line items repeats the sum of the old ones.
    const bool repeated =
        !opportunity.line_items.empty() && edit.amount && *edit.amount == opportunity.amount;
    CRM_ASSIGN_OR_RETURN(
        worth.amount,
        AmountBeside(*worth.line_items, repeated ? std::nullopt : edit.amount.value_or(std::nullopt)));
  }
  const bool alters = worth.amount != opportunity.amount;
  if (opportunity.stage_type == StageType::kWon &&
      (alters || *worth.line_items != opportunity.line_items)) {
    return error::StateInvalid(NameOf(opportunity), opportunity.stage,
                               "A won opportunity keeps its amount and line items, which the "
                               "customer's account counts; reopen it first.")
        .With("requested", alters ? "amount" : "line_items")
        .With("useMethod", base::NameOf(kTriggerMethods, Trigger::kReopen))
        .ToStatus();
  }
  return worth;
}

}  // namespace

absl::Status Edit(Opportunity& opportunity, const OpportunityEdit& edit, const Pipeline& pipeline) {
  CRM_RETURN_IF_ERROR(CheckLive(opportunity));
  CRM_RETURN_IF_ERROR(CheckDefaulted(opportunity, edit));
  CRM_ASSIGN_OR_RETURN(const Worth worth, WorthAfter(opportunity, edit));
  const Stage* const stage = pipeline.Find(opportunity.stage);
  if (stage == nullptr) {
    return error::Internal(
        absl::StrCat("stage ", opportunity.stage, " is not in pipeline ", pipeline.id));
  }
  Set(edit.display_name, opportunity.display_name);
  Set(edit.owner, opportunity.owner);
  Set(edit.external_id, opportunity.external_id);
  opportunity.amount = worth.amount;
  Set(edit.line_items, opportunity.line_items);
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
  Set(edit.competitors, opportunity.competitors);
  Set(edit.next_step, opportunity.next_step);
  Set(edit.team, opportunity.team);
  Set(edit.attributes, opportunity.attributes);
  return absl::OkStatus();
}

}  // namespace crm::opportunity
