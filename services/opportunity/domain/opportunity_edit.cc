#include "services/opportunity/domain/opportunity_edit.h"

#include <utility>

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

// The account of the customer counts what a won opportunity is worth, and hears of no edit.
absl::Status CheckWon(const Opportunity& opportunity, const OpportunityEdit& edit) {
  if (opportunity.stage_type != StageType::kWon) return absl::OkStatus();
  const bool lines = edit.line_items && *edit.line_items != opportunity.line_items;
  // Beside line items no amount means their sum.
  const bool amount = edit.amount && *edit.amount != opportunity.amount &&
                      (edit.amount->has_value() || opportunity.line_items.empty());
  if (!lines && !amount) return absl::OkStatus();
  return error::StateInvalid(NameOf(opportunity), opportunity.stage,
                             "A won opportunity keeps its amount and line items, which the "
                             "customer's account counts; reopen it first.")
      .With("requested", amount ? "amount" : "line_items")
      .With("useMethod", base::NameOf(kTriggerMethods, Trigger::kReopen));
}

absl::StatusOr<std::optional<base::Money>> AmountAfter(const Opportunity& opportunity,
                                                       const OpportunityEdit& edit) {
  const std::vector<LineItem>& lines = edit.line_items ? *edit.line_items : opportunity.line_items;
  if (lines.empty()) return edit.amount.value_or(opportunity.amount);
  if (opportunity.stage_type == StageType::kWon || (!edit.amount && !edit.line_items)) {
    return opportunity.amount;
  }
  std::optional<base::Money> by_hand;
  Set(edit.amount, by_hand);
  // Who sends back the whole opportunity with other line items repeats the sum of the old ones.
  if (!opportunity.line_items.empty() && by_hand == opportunity.amount) by_hand.reset();
  CRM_ASSIGN_OR_RETURN(base::Money total, AmountBeside(lines, by_hand));
  return std::optional(std::move(total));
}

}  // namespace

absl::Status Edit(Opportunity& opportunity, const OpportunityEdit& edit, const Pipeline& pipeline) {
  CRM_RETURN_IF_ERROR(CheckLive(opportunity));
  CRM_RETURN_IF_ERROR(CheckDefaulted(opportunity, edit));
  CRM_RETURN_IF_ERROR(CheckWon(opportunity, edit));
  CRM_ASSIGN_OR_RETURN(std::optional<base::Money> amount, AmountAfter(opportunity, edit));
  const Stage* const stage = pipeline.FindAny(opportunity.stage);
  if (stage == nullptr) {
    return error::Internal(
        absl::StrCat("stage ", opportunity.stage, " was never in pipeline ", pipeline.slug));
  }
  Set(edit.display_name, opportunity.display_name);
  Set(edit.owner, opportunity.owner);
  Set(edit.external_id, opportunity.external_id);
  opportunity.amount = std::move(amount);
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
  Set(edit.lead_source, opportunity.lead_source);
  return absl::OkStatus();
}

}  // namespace crm::opportunity
