#include "services/opportunity/domain/opportunity_rules.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"

namespace crm::opportunity {

absl::StatusOr<base::Money> AmountBeside(const std::vector<LineItem>& line_items,
                                         const std::optional<base::Money>& amount) {
  CRM_ASSIGN_OR_RETURN(base::Money total, TotalOf(line_items));
  if (!amount || *amount == total) return total;
  return error::FieldInvalid(
      "amount", absl::StrCat("is the sum of the line items, ", total.minor, " ", total.currency,
                             "; change the line items, or remove them to set it by hand"));
}

absl::Status CountLineItems(Opportunity& opportunity) {
  if (opportunity.line_items.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(opportunity.amount,
                       AmountBeside(opportunity.line_items, opportunity.amount));
  return absl::OkStatus();
}

absl::Status CheckLive(const Opportunity& opportunity) {
  if (!opportunity.deleted()) return absl::OkStatus();
  return error::StateInvalid(NameOf(opportunity), "DELETED",
                             "The opportunity is deleted; undelete it first.")
      .With("useMethod", "UndeleteOpportunity");
}

bool NeedsNote(LossReason reason) { return reason == LossReason::kOther; }

}  // namespace crm::opportunity
