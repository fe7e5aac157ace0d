#include "services/opportunity/domain/opportunity_edit.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"

namespace crm::opportunity {
namespace {

template <class T>
void Set(const std::optional<T>& value, T& field, bool& changed) {
  if (!value || *value == field) return;
  field = *value;
  changed = true;
}

// A snapshot of the stage's default that may be set by hand.
template <class T>
void SetSnapshot(const std::optional<std::optional<T>>& value, T standard, T& field, bool& manual,
                 bool& changed) {
  if (!value) return;
  if (value->has_value() && **value == field) return;
  const bool by_hand = value->has_value();
  if (!by_hand && !manual) return;
  field = value->value_or(standard);
  manual = by_hand;
  changed = true;
}

template <class T>
bool Alters(const std::optional<std::optional<T>>& value, T current) {
  return value && value->has_value() && **value != current;
}

absl::Status CheckSnapshots(const Edit& edit, const Opportunity& opportunity) {
  const bool probability = Alters(edit.probability, opportunity.probability);
  const bool category = Alters(edit.category, opportunity.category);
  if (opportunity.stage_type != StageType::kOpen && (probability || category)) {
    return error::StateInvalid(
               NameOf(opportunity), opportunity.stage,
               "A closed opportunity keeps the probability and forecast category of its stage.")
        .With("requested", probability ? "probability" : "forecast_category")
        .With("useMethod", "ReopenOpportunity");
  }
  if (category && !SettableByHand(**edit.category)) {
    return error::FieldInvalid("opportunity.forecast_category",
                               "must be PIPELINE, BEST_CASE, COMMIT or OMITTED");
  }
  return absl::OkStatus();
}

}  // namespace

bool SettableByHand(ForecastCategory category) { return category != ForecastCategory::kClosed; }

absl::Status Apply(const Edit& edit, const Pipeline& pipeline, Opportunity& opportunity) {
  CRM_RETURN_IF_ERROR(CheckSnapshots(edit, opportunity));
  const Stage* const stage = pipeline.Find(opportunity.stage);
  if (stage == nullptr) {
    return error::Internal(
        absl::StrCat("stage ", opportunity.stage, " is not in pipeline ", pipeline.id));
  }
  bool& changed = opportunity.edited;
  Set(edit.display_name, opportunity.display_name, changed);
  Set(edit.owner, opportunity.owner, changed);
  Set(edit.external_id, opportunity.external_id, changed);
  Set(edit.amount, opportunity.amount, changed);
  Set(edit.expected_close_date, opportunity.expected_close_date, changed);
  SetSnapshot(edit.probability, stage->probability, opportunity.probability,
              opportunity.probability_manual, changed);
  SetSnapshot(edit.category, stage->category, opportunity.category, opportunity.category_manual,
              changed);
  Set(edit.needs, opportunity.needs, changed);
  Set(edit.present_supplier, opportunity.present_supplier, changed);
  Set(edit.payment_terms, opportunity.payment_terms, changed);
  Set(edit.contract, opportunity.contract, changed);
  Set(edit.contact_roles, opportunity.contact_roles, changed);
  Set(edit.interests, opportunity.interests, changed);
  return absl::OkStatus();
}

}  // namespace crm::opportunity
