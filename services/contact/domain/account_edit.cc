#include "services/contact/domain/account_edit.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/unicode.h"
#include "common/error/error.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {
namespace {

absl::Status CheckMembers(const Account& account, const std::vector<AccountMember>& members) {
  error::Error problems = error::InvalidFields();
  if (members.size() > kMemberLimit) {
    problems.Violation("members", absl::StrCat("must have at most ", kMemberLimit));
    return problems;
  }
  absl::flat_hash_set<base::Uuid> seen;
  for (size_t i = 0; i < members.size(); ++i) {
    const std::string path = absl::StrCat("members[", i, "].contact");
    if (members[i].contact == account.customer) {
      problems.Violation(path, "must not be the customer itself");
    } else if (!seen.insert(members[i].contact).second) {
      problems.Violation(path, "is the same as an earlier one");
    }
  }
  if (problems.HasViolations()) return problems;
  return absl::OkStatus();
}

// Appends the move to `status`; its reason and note are the caller's to add.
absl::StatusOr<StageChange*> MoveTo(Account& account, AccountStatus status,
                                    const Occasion& occasion) {
  CRM_ASSIGN_OR_RETURN(const absl::Time effective,
                       occasion::EffectiveTime(occasion, account.stage_time, "account"));
  StageChange& change = account.stage_changes.emplace_back();
  change.event_id = occasion.event_id;
  change.version = ++account.stage_version;
  change.from = std::string(base::NameOf(kAccountStatusNames, account.status));
  change.to = std::string(base::NameOf(kAccountStatusNames, status));
  change.effective_time = effective;
  change.record_time = occasion.now;
  change.previous_effective_time = account.stage_time;
  change.actor = occasion.actor;
  change.owner = account.owner;
  change.request_id = occasion.request_id;
  change.causation_id = occasion.request_id;
  change.correlation_id = ContactName(account.customer);
  change.traceparent = occasion.traceparent;
  change.contact = account.customer;
  account.status = status;
  account.stage_time = effective;
  return &change;
}

absl::Status WrongStatus(const Account& account, AccountStatus allowed, absl::string_view message) {
  const bool merged = account.merged_into.has_value();
  error::Error error =
      error::StateInvalid(AccountName(account.id),
                          base::NameOf(kAccountStatusNames, account.status),
                          merged ? "The account was merged into another." : message)
          .With("allowedStates", base::NameOf(kAccountStatusNames, allowed));
  if (merged) error.With("mergedInto", AccountName(*account.merged_into));
  return error;
}

}  // namespace

absl::Status Edit(Account& account, const AccountEdit& edit) {
  if (account.status == AccountStatus::kMerged) {
    return WrongStatus(account, AccountStatus::kActive, "");
  }
  if (edit.members.has_value()) {
    CRM_RETURN_IF_ERROR(CheckMembers(account, *edit.members));
    account.members = *edit.members;
  }
  if (edit.owner.has_value()) account.owner = base::Tidy(*edit.owner);
  if (edit.attributes.has_value()) account.attributes = *edit.attributes;
  return absl::OkStatus();
}

absl::Status Close(Account& account, AccountCloseReason reason, const std::string& note,
                   const Occasion& occasion) {
  if (account.status != AccountStatus::kActive) {
    return WrongStatus(account, AccountStatus::kActive, "The account is closed already.");
  }
  CRM_ASSIGN_OR_RETURN(StageChange* const change,
                       MoveTo(account, AccountStatus::kClosed, occasion));
  account.close_reason = reason;
  account.close_note = base::Tidy(note);
  change->reason = std::string(base::NameOf(kAccountCloseReasonNames, reason));
  change->note = account.close_note;
  return absl::OkStatus();
}

absl::Status Reopen(Account& account, const Occasion& occasion) {
  if (account.status != AccountStatus::kClosed) {
    return WrongStatus(account, AccountStatus::kClosed, "The account is not closed.");
  }
  CRM_RETURN_IF_ERROR(MoveTo(account, AccountStatus::kActive, occasion).status());
  ForgetClosing(account);
  return absl::OkStatus();
}

}  // namespace crm::contact
