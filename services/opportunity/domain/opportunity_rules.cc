#include "services/opportunity/domain/opportunity_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"

namespace crm::opportunity {
namespace {

bool NeedConfirmed(const Opportunity& it) {
  return std::any_of(it.needs.begin(), it.needs.end(),
                     [](const Need& need) { return need.confirm_time.has_value(); });
}

bool StrongNeed(const Opportunity& it) {
  return std::any_of(it.needs.begin(), it.needs.end(),
                     [](const Need& need) { return need.strength == NeedStrength::kStrong; });
}

bool PrimaryContact(const Opportunity& it) {
  return std::any_of(it.contact_roles.begin(), it.contact_roles.end(),
                     [](const ContactRole& role) { return role.primary; });
}

bool SupplierReleased(const Opportunity& it) {
  return it.present_supplier.status == SupplierStatus::kNone ||
         it.present_supplier.status == SupplierStatus::kReleased;
}

bool DecisionMaker(const Opportunity& it) {
  return std::any_of(it.contact_roles.begin(), it.contact_roles.end(), [](const ContactRole& role) {
    return role.role == BuyingRole::kDecisionMaker;
  });
}

// In the order of the enumeration.
constexpr GateRule kRules[] = {
    {Gate::kNeedConfirmed, "need_confirmed", "At least one need is confirmed.", NeedConfirmed},
    {Gate::kStrongNeed, "strong_need", "At least one need is strong.", StrongNeed},
    {Gate::kAmount, "amount", "The amount is set.",
     [](const Opportunity& it) { return it.amount.has_value(); }},
    {Gate::kExpectedCloseDate, "expected_close_date", "The expected close date is set.",
     [](const Opportunity& it) { return it.expected_close_date.has_value(); }},
    {Gate::kPrimaryContact, "primary_contact", "One of the contact roles is the primary one.",
     PrimaryContact},
    {Gate::kSupplierReleased, "supplier_released",
     "The present supplier is released, or there is none.", SupplierReleased},
    {Gate::kDecisionMaker, "decision_maker", "A decision maker is among the contact roles.",
     DecisionMaker},
    {Gate::kPaymentTermsAgreed, "payment_terms_agreed", "The payment terms are agreed.",
     [](const Opportunity& it) { return it.payment_terms.status == PaymentTermsStatus::kAgreed; }},
    {Gate::kContractSigned, "contract_signed", "The contract is signed.",
     [](const Opportunity& it) { return it.contract.status == ContractStatus::kSigned; }},
    {Gate::kLossReason, "loss_reason", "The loss has a reason.",
     [](const Opportunity& it) { return it.loss_reason.has_value(); }},
};

bool Checked(const Stage& stage, const Stage& from, const Stage& to) {
  if (&stage == &to) return to.type != StageType::kOpen || to.position > from.position;
  return to.type != StageType::kLost && stage.type == StageType::kOpen &&
         stage.position > from.position &&
         (to.type == StageType::kWon || stage.position < to.position);
}

}  // namespace

const GateRule& RuleOf(Gate gate) { return kRules[static_cast<size_t>(gate)]; }

std::vector<UnmetGate> UnmetGates(const Opportunity& opportunity, const Pipeline& pipeline,
                                  const Stage& from, const Stage& to) {
  std::vector<UnmetGate> unmet;
  for (const Stage& stage : pipeline.stages) {
    if (!Checked(stage, from, to)) continue;
    for (const Gate gate : stage.gates) {
      const GateRule& rule = RuleOf(gate);
      if (!rule.met(opportunity)) unmet.push_back({&stage, &rule});
    }
  }
  return unmet;
}

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

bool SettableByHand(ForecastCategory category) { return category != ForecastCategory::kClosed; }

bool NeedsNote(LossReason reason) { return reason == LossReason::kOther; }

}  // namespace crm::opportunity
