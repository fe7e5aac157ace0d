#pragma once

#include <optional>
#include <string>

#include "common/base/enum_names.h"
#include "common/base/money.h"
#include "services/opportunity/domain/milestone.h"

namespace crm::opportunity {

// The kinds of facts that a stage may ask for before it is entered; there is no other.
// opportunity_rules.h says how each is tested and what parameter it takes.
enum class GateKind {
  kNeedConfirmed = 1,
  kStrongNeed = 2,
  kAmount = 3,
  kExpectedCloseDate = 4,
  kPrimaryContact = 5,
  kSupplierReleased = 6,
  kDecisionMaker = 7,
  kPaymentTermsAgreed = 8,
  kContractSigned = 9,
  kLossReason = 10,
  kFieldSet = 11,
  kAttributeSet = 12,
  kMinimumAmount = 13,
  kDaysInStage = 14,
  kContactRole = 15,
};

inline constexpr base::EnumName<GateKind> kGateKindNames[] = {
    {GateKind::kNeedConfirmed, "NEED_CONFIRMED"},
    {GateKind::kStrongNeed, "STRONG_NEED"},
    {GateKind::kAmount, "AMOUNT"},
    {GateKind::kExpectedCloseDate, "EXPECTED_CLOSE_DATE"},
    {GateKind::kPrimaryContact, "PRIMARY_CONTACT"},
    {GateKind::kSupplierReleased, "SUPPLIER_RELEASED"},
    {GateKind::kDecisionMaker, "DECISION_MAKER"},
    {GateKind::kPaymentTermsAgreed, "PAYMENT_TERMS_AGREED"},
    {GateKind::kContractSigned, "CONTRACT_SIGNED"},
    {GateKind::kLossReason, "LOSS_REASON"},
    {GateKind::kFieldSet, "FIELD_SET"},
    {GateKind::kAttributeSet, "ATTRIBUTE_SET"},
    {GateKind::kMinimumAmount, "MINIMUM_AMOUNT"},
    {GateKind::kDaysInStage, "DAYS_IN_STAGE"},
    {GateKind::kContactRole, "CONTACT_ROLE"}};

// One gate of a stage. Of the parameters only that of its kind is set.
struct Gate {
  GateKind kind = GateKind::kNeedConfirmed;
  std::string field;      // kFieldSet: of an opportunity
  std::string attribute;  // kAttributeSet: the key
  std::optional<base::Money> minimum_amount;
  int days = 0;                            // kDaysInStage
  BuyingRole role = BuyingRole::kUnknown;  // kContactRole

  bool operator==(const Gate&) const = default;
};

}  // namespace crm::opportunity
