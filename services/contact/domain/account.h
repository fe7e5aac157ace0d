#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "services/contact/domain/stage_change.h"

namespace crm::contact {

// Numbered as v1.AccountStatus.
enum class AccountStatus { kActive = 1, kClosed = 2, kMerged = 3 };

inline constexpr base::EnumName<AccountStatus> kAccountStatusNames[] = {
    {AccountStatus::kActive, "ACTIVE"},
    {AccountStatus::kClosed, "CLOSED"},
    {AccountStatus::kMerged, "MERGED"},
};

// Numbered as v1.AccountCloseReason.
enum class AccountCloseReason {
  kUnspecified = 0,  // of an account in business
  kCustomerLeft = 1,
  kOutOfBusiness = 2,
  kUnpaid = 3,
  kOurDecision = 4,
  kOther = 5,
};

inline constexpr base::EnumName<AccountCloseReason> kAccountCloseReasonNames[] = {
    {AccountCloseReason::kUnspecified, "UNSPECIFIED"},
    {AccountCloseReason::kCustomerLeft, "CUSTOMER_LEFT"},
    {AccountCloseReason::kOutOfBusiness, "OUT_OF_BUSINESS"},
    {AccountCloseReason::kUnpaid, "UNPAID"},
    {AccountCloseReason::kOurDecision, "OUR_DECISION"},
    {AccountCloseReason::kOther, "OTHER"},
};

// Numbered as type.v1.BuyingRole.
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
    {BuyingRole::kBlocker, "BLOCKER"},
};

// Who takes part in an account, beside the customer itself.
struct AccountMember {
  base::Uuid contact;
  BuyingRole role = BuyingRole::kUnknown;

  bool operator==(const AccountMember&) const = default;
};

// The reason of the move by which a win reopens a closed account.
inline constexpr char kReopenedByWin[] = "WIN";

// What a customer becomes after the first sale. Opened once; later wins add to it.
struct Account {
  std::string tenant;
  base::Uuid id;
  int64_t revision = 0;
  absl::Time create_time;
  absl::Time update_time;

  base::Uuid customer;
  std::string display_name;  // of the customer when it was opened
  base::Uuid first_opportunity;
  std::string owner;
  absl::Time open_time;
  AccountStatus status = AccountStatus::kActive;
  std::optional<base::Uuid> merged_into;  // the account that this one is part of, if it is MERGED
  AccountCloseReason close_reason = AccountCloseReason::kUnspecified;
  std::string close_note;
  // At first the contacts beside the customer whose opportunities were won, in order of arrival;
  // each once, at most kMemberLimit.
  std::vector<AccountMember> members;
  std::map<std::string, std::string> attributes;  // the caller's own

  int64_t win_count = 0;
  std::map<std::string, int64_t> win_sums;  // currency → minor units
  // Of the latest win. Nothing if there is none, or if RemoveWin took the latest away: the store
  // then finds the one before it.
  std::optional<absl::Time> last_win_time;

  int64_t stage_version = 0;
  absl::Time stage_time;

  // Made since loading, to be appended.
  std::vector<StageChange> stage_changes;

  bool operator==(const Account&) const = default;
};

inline constexpr size_t kMemberLimit = 100;

// The account that a customer has or will have: it never changes.
base::Uuid AccountIdOf(const base::Uuid& customer);

// "accounts/{uuid}".
inline constexpr absl::string_view kAccounts = "accounts";
std::string AccountName(const base::Uuid& id);

// One sale: whose, how much, when.
struct Win {
  base::Uuid opportunity;
  base::Uuid contact;
  std::optional<base::Money> amount;
  absl::Time time;

  bool operator==(const Win&) const = default;
};

// OUT_OF_RANGE if the sum of the win's currency would leave 64 bits.
absl::Status CheckOverflow(const Account& account, const Win& win);

// Takes reason and note of its closing away.
void ForgetClosing(Account& account);

// Opens (stage version 0) or adds to the account, and appends the move `change`: "" → ACTIVE at
// first, then ACTIVE → ACTIVE; one that is closed is reopened, for the reason kReopenedByWin. Of
// `change` all is given but version, stages, amount and previous effective time; its effective time
// is raised to that of the previous move. CheckOverflow must have passed.
void AddWin(Account& account, const Win& win, StageChange change);

// Puts `after` in the place of `before`, a win of the account whose time or amount was not what it
// was said to be: no further win. If it is the one that opened the account, the account's open time
// follows and `change` is appended as a correction, else nothing is. CheckOverflow must have
// passed.
void CorrectWin(Account& account, const Win& before, const Win& after, StageChange change);

// Subtracts a win whose sale was reopened. No stage move: the account stays as it is.
void RemoveWin(Account& account, const Win& win);

}  // namespace crm::contact
