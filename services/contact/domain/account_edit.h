#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/occasion.h"

// What people change of an account. Its wins are the lifecycle's.
namespace crm::contact {

// Settable fields to replace; those without a value stay.
struct AccountEdit {
  std::optional<std::string> owner;
  std::optional<std::vector<AccountMember>> members;
  std::optional<std::map<std::string, std::string>> attributes;
};

// INVALID_ARGUMENT FIELD_INVALID if the customer itself is to be a member, or somebody twice, or
// more than kMemberLimit are. In any status.
absl::Status Edit(Account& account, const AccountEdit& edit);

// Business with the account ends: ACTIVE → CLOSED, as a move. FAILED_PRECONDITION STATE_INVALID
// unless ACTIVE; INVALID_ARGUMENT EFFECTIVE_TIME_INVALID, before the latest move.
absl::Status Close(Account& account, AccountCloseReason reason, const std::string& note,
                   const Occasion& occasion);

// It goes on: CLOSED → ACTIVE, as a move; so does the next win by itself. FAILED_PRECONDITION
// STATE_INVALID unless CLOSED; INVALID_ARGUMENT EFFECTIVE_TIME_INVALID.
absl::Status Reopen(Account& account, const Occasion& occasion);

}  // namespace crm::contact
