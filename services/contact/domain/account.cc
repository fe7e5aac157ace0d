#include "services/contact/domain/account.h"

#include <algorithm>
#include <utility>

namespace crm::contact {
namespace {

int64_t SumOf(const Account& account, const std::string& currency) {
  const auto found = account.win_sums.find(currency);
  return found == account.win_sums.end() ? 0 : found->second;
}

void CountWin(Account& account, const Win& win) {
  // What is to be found among the stored wins may be later than this one.
  const bool known = account.win_count == 0 || account.last_win_time.has_value();
  if (known) account.last_win_time = std::max(account.last_win_time.value_or(win.time), win.time);
  ++account.win_count;
  if (win.amount.has_value()) account.win_sums[win.amount->currency] += win.amount->minor;
}

}  // namespace

base::Uuid AccountIdOf(const base::Uuid& customer) { return base::Uuid::V5(customer, "account"); }

std::string AccountName(const base::Uuid& id) {
  std::string name = "accounts/";
  id.AppendTo(&name);
  return name;
}

absl::Status CheckOverflow(const Account& account, const Win& win) {
  int64_t sum = 0;
  if (win.amount.has_value() &&
      __builtin_add_overflow(SumOf(account, win.amount->currency), win.amount->minor, &sum)) {
    return absl::OutOfRangeError("the account's sum of wins would leave 64 bits");
  }
  return absl::OkStatus();
}

void ForgetClosing(Account& account) {
  account.close_reason = AccountCloseReason::kUnspecified;
  account.close_note.clear();
}

void AddWin(Account& account, const Win& win, StageChange change) {
  const AccountStatus before = std::exchange(account.status, AccountStatus::kActive);
  change.to = std::string(base::NameOf(kAccountStatusNames, account.status));
  change.version = ++account.stage_version;
  if (account.stage_version > 1) {
    change.from = std::string(base::NameOf(kAccountStatusNames, before));
    if (before == AccountStatus::kClosed) {
      change.reason = kReopenedByWin;
      ForgetClosing(account);
    }
    change.effective_time = std::max(change.effective_time, account.stage_time);
    change.previous_effective_time = account.stage_time;
  } else {
    account.first_opportunity = win.opportunity;
    account.owner = change.owner;
    account.open_time = change.effective_time;
  }
  change.win_amount = win.amount;
  account.stage_time = change.effective_time;
  account.stage_changes.push_back(std::move(change));

  CountWin(account, win);
  auto& members = account.members;
  if (win.contact != account.customer && members.size() < kMemberLimit &&
      std::none_of(members.begin(), members.end(),
                   [&](const AccountMember& it) { return it.contact == win.contact; })) {
    members.push_back({win.contact});
  }
}

void CorrectWin(Account& account, const Win& before, const Win& after, StageChange change) {
  RemoveWin(account, before);
  CountWin(account, after);
  if (account.first_opportunity != after.opportunity || account.open_time != before.time ||
      before.time == after.time) {
    return;
  }
  account.open_time = after.time;
  change.correction = true;
  change.from = change.to = std::string(base::NameOf(kAccountStatusNames, account.status));
  change.version = ++account.stage_version;
  change.effective_time = after.time;
  account.stage_changes.push_back(std::move(change));
}

void RemoveWin(Account& account, const Win& win) {
  --account.win_count;
  if (win.amount.has_value()) {
    const auto sum = account.win_sums.find(win.amount->currency);
    if (sum != account.win_sums.end() && (sum->second -= win.amount->minor) == 0) {
      account.win_sums.erase(sum);
    }
  }
  if (account.win_count == 0 || account.last_win_time == win.time) account.last_win_time.reset();
}

}  // namespace crm::contact
