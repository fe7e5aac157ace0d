#pragma once

#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "common/base/uuid.h"

namespace crm::opportunity {

enum class NeedStrength { kUnknown = 0, kWeak = 1, kModerate = 2, kStrong = 3 };

struct Need {
  std::string text;
  NeedStrength strength = NeedStrength::kUnknown;
  std::optional<absl::Time> confirm_time;  // absent: not confirmed
  std::string confirmed_by;

  bool operator==(const Need&) const = default;
};

enum class SupplierStatus {
  kUnknown = 0,
  kNone = 1,
  kInPlace = 2,
  kNoticeGiven = 3,
  kReleased = 4
};

struct PresentSupplier {
  SupplierStatus status = SupplierStatus::kUnknown;
  std::string display_name;
  std::optional<absl::CivilDay> release_date;

  bool operator==(const PresentSupplier&) const = default;
};

enum class PaymentTermsStatus { kUnknown = 0, kNotDiscussed = 1, kProposed = 2, kAgreed = 3 };

struct PaymentTerms {
  PaymentTermsStatus status = PaymentTermsStatus::kUnknown;
  std::optional<int> net_days;  // from invoice to payment
  std::optional<int> instalments;
  std::string text;

  bool operator==(const PaymentTerms&) const = default;
};

enum class ContractStatus { kUnknown = 0, kNone = 1, kDrafted = 2, kSent = 3, kSigned = 4 };

struct Contract {
  ContractStatus status = ContractStatus::kUnknown;
  std::optional<absl::Time> send_time;
  std::optional<absl::Time> sign_time;

  bool operator==(const Contract&) const = default;
};

enum class BuyingRole {
  kUnknown = 0,
  kBuyer = 1,
  kDecisionMaker = 2,
  kAdviser = 3,
  kInfluencer = 4,
  kEmployee = 5,
  kBlocker = 6,
};

inline constexpr base::EnumName<BuyingRole> kBuyingRoleNames[] = {
    {BuyingRole::kUnknown, "UNSPECIFIED"},
    {BuyingRole::kBuyer, "BUYER"},
    {BuyingRole::kDecisionMaker, "DECISION_MAKER"},
    {BuyingRole::kAdviser, "ADVISER"},
    {BuyingRole::kInfluencer, "INFLUENCER"},
    {BuyingRole::kEmployee, "EMPLOYEE"},
    {BuyingRole::kBlocker, "BLOCKER"}};

// The part of one contact in one opportunity.
struct ContactRole {
  base::Uuid contact;
  BuyingRole role = BuyingRole::kUnknown;
  bool primary = false;

  bool operator==(const ContactRole&) const = default;
};

}  // namespace crm::opportunity
