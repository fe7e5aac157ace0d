#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "services/contact/domain/stage_change.h"

namespace crm::contact {

enum class AccountStatus { kActive, kClosed };

// "ACTIVE", "CLOSED".
absl::string_view AccountStatusName(AccountStatus status);
std::optional<AccountStatus> ParseAccountStatus(absl::string_view name);

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
  // The contacts beside the customer whose opportunities were won, in order of arrival, none twice;
  // the first kMemberLimit of them.
  std::vector<base::Uuid> members;

  int64_t win_count = 0;
  std::map<std::string, int64_t> win_sums;  // currency → minor units; no zero count is kept apart
  std::optional<absl::Time> last_win_time;

  int64_t stage_version = 0;
  absl::Time stage_time;

  // Collected by the verbs, written along with the row.
  std::vector<StageChange> stage_changes;
  bool win_taken_back = false;  // last_win_time must be found again among the wins

  bool operator==(const Account&) const = default;
};

inline constexpr size_t kMemberLimit = 100;

// The account that a customer has or will have: the same for ever.
base::Uuid AccountIdOf(const base::Uuid& customer);

// "accounts/{uuid}".
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
absl::Status CheckRoom(const Account& account, const Win& win);

// Opens (stage version 0) or adds to the account, and notes the move `change`: "" → ACTIVE at
// first, then ACTIVE → ACTIVE. Of `change` everything is given but version, stages and times'
// order. CheckRoom must have passed.
void AddWin(Account& account, const Win& win, StageChange change);

// Undoes AddWin's sums for a sale that was reopened. No stage move: the account stays open.
void TakeBackWin(Account& account, const Win& win);

}  // namespace crm::contact
