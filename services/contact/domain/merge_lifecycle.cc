#include "services/contact/domain/merge_lifecycle.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"

namespace crm::contact {
namespace {

constexpr char kMerged[] = "MERGED";
constexpr char kUnmerged[] = "UNMERGED";

void Add(LiveThings& sum, const LiveThings& part, int64_t sign) {
  sum.leads += sign * part.leads;
  sum.opportunities += sign * part.opportunities;
}

absl::Status AddSums(Account& to, const std::map<std::string, int64_t>& sums) {
  for (const auto& [currency, minor] : sums) {
    int64_t& sum = to.win_sums[currency];
    if (__builtin_add_overflow(sum, minor, &sum)) {
      return error::FieldInvalid("others", "have bought for more than an account can hold")
          .ToStatus();
    }
    if (sum == 0) to.win_sums.erase(currency);
  }
  return absl::OkStatus();
}

// Both may be unknown although there are wins: then so is the latest of all.
void JoinLastWin(Account& to, const Account& from) {
  if (from.win_count == 0) return;
  if (to.win_count == 0) {
    to.last_win_time = from.last_win_time;
  } else if (!to.last_win_time || !from.last_win_time) {
    to.last_win_time.reset();
  } else {
    to.last_win_time = std::max(*to.last_win_time, *from.last_win_time);
  }
}

}  // namespace

absl::Status MergeLifecycle::Merge(const base::Uuid& survivor, absl::Span<const base::Uuid> others,
                                   absl::Span<Taken> taken) {
  MergeShare& sum = ShareOf(Tracked(survivor));
  for (const base::Uuid& id : others) {
    TrackedContact& other = Tracked(id);
    MergeShare& share = ShareOf(other);
    Add(sum.merged, other.live, +1);
    Add(sum.merged, share.merged, +1);
    sum.merged_customers += (share.customer ? 1 : 0) + share.merged_customers;
    share.merged = {};
    share.merged_customers = 0;
    other.merged_into = survivor;
    Move(id, std::string(base::NameOf(kLifecycleStageNames, other.stage)), kMerged, kMerged,
         survivor);
  }
  Derive(survivor, kMerged);
  return MergeAccounts(survivor, others, taken);
}

absl::Status MergeLifecycle::MergeAccounts(const base::Uuid& survivor,
                                           absl::Span<const base::Uuid> others,
                                           absl::Span<Taken> taken) {
  const Account* first = nullptr;
  for (const base::Uuid& id : others) {
    const Account* const account = AccountOf(id);
    if (account == nullptr) continue;
    if (first == nullptr || account->open_time < first->open_time) first = account;
  }
  if (first == nullptr) return absl::OkStatus();
  if (AccountOf(survivor) == nullptr) {
    OpenAccount(survivor, first->first_opportunity, first->open_time, first->owner, kMerged);
  }
  for (size_t i = 0; i < others.size(); ++i) {
    Account* const from = AccountOf(others[i]);
    if (from == nullptr) continue;
    Account& to = Changed(*AccountOf(survivor));
    JoinLastWin(to, *from);
    to.win_count += from->win_count;
    CRM_RETURN_IF_ERROR(AddSums(to, from->win_sums));
    AddMembers(to, from->members, &taken[i].account_members);
    taken[i].account_status = std::string(base::NameOf(kAccountStatusNames, from->status));
    from->win_count = 0;
    from->win_sums.clear();
    from->last_win_time.reset();
    from->merged_into = to.id;
    MoveAccount(Changed(*from), AccountStatus::kMerged, kMerged);
  }
  return absl::OkStatus();
}

void MergeLifecycle::Unmerge(const base::Uuid& survivor, const base::Uuid& contact,
                             absl::Span<const base::Uuid> parts, const Taken& taken,
                             const MovedWins& wins) {
  MergeShare& left = ShareOf(Tracked(survivor));
  TrackedContact& other = Tracked(contact);
  MergeShare& share = ShareOf(other);
  share.merged = {};
  share.merged_customers = 0;
  for (const base::Uuid& id : parts) {
    TrackedContact& part = Tracked(id);
    part.merged_into = contact;
    Add(share.merged, part.live, +1);
    share.merged_customers += ShareOf(part).customer ? 1 : 0;
  }
  Add(left.merged, other.live, -1);
  Add(left.merged, share.merged, -1);
  left.merged_customers -= (share.customer ? 1 : 0) + share.merged_customers;
  other.merged_into.reset();
  other.stage = StageOf(other);
  Move(contact, kMerged, std::string(base::NameOf(kLifecycleStageNames, other.stage)), kUnmerged,
       std::nullopt);
  Derive(survivor, kUnmerged);
  UnmergeAccounts(survivor, contact, taken, wins);
}

void MergeLifecycle::UnmergeAccounts(const base::Uuid& survivor, const base::Uuid& contact,
                                     const Taken& taken, const MovedWins& wins) {
  Account* const from = AccountOf(survivor);
  if (from != nullptr && (wins.count > 0 || !taken.account_members.empty())) {
    Changed(*from).win_count -= wins.count;
    for (const auto& [currency, minor] : wins.sums) {
      const auto sum = from->win_sums.find(currency);
      if (sum != from->win_sums.end() && (sum->second -= minor) == 0) from->win_sums.erase(sum);
    }
    if (wins.count > 0) from->last_win_time.reset();
    for (const base::Uuid& contact : taken.account_members) {
      std::erase_if(from->members,
                    [&](const AccountMember& member) { return member.contact == contact; });
    }
  }
  Account* to = AccountOf(contact);
  if (to == nullptr && wins.count == 0) return;
  if (to == nullptr) {
    to = &OpenAccount(contact, wins.first_opportunity, wins.first_time, Tracked(contact).owner,
                      kUnmerged);
    std::vector<AccountMember> members;
    for (const base::Uuid& buyer : wins.contacts) members.push_back({buyer});
    AddMembers(*to, members, nullptr);
  } else {
    to->merged_into.reset();
    MoveAccount(
        Changed(*to),
        base::ValueOf(kAccountStatusNames, taken.account_status).value_or(AccountStatus::kActive),
        kUnmerged);
  }
  to->win_count = wins.count;
  to->win_sums = wins.sums;
  to->last_win_time = wins.last_time;
}

Account* MergeLifecycle::AccountOf(const base::Uuid& customer) {
  const auto found = batch_.accounts().find({tenant_, AccountIdOf(customer)});
  return found == batch_.accounts().end() || !found->second.after ? nullptr : &*found->second.after;
}

Account& MergeLifecycle::Changed(Account& account) {
  account.update_time = occasion_.now;
  batch_.SetActor({tenant_, account.id}, occasion_.actor);
  return account;
}

Account& MergeLifecycle::OpenAccount(const base::Uuid& customer, const base::Uuid& opportunity,
                                     absl::Time time, const std::string& owner,
                                     const char* reason) {
  Account account;
  account.tenant = tenant_;
  account.id = AccountIdOf(customer);
  account.customer = customer;
  account.create_time = occasion_.now;
  account.display_name = Tracked(customer).display_name;
  account.first_opportunity = opportunity;
  account.owner = owner;
  account.open_time = time;
  const base::TenantKey key{tenant_, account.id};
  Account& opened = batch_.accounts()[key].after.emplace(std::move(account));
  MoveAccount(Changed(opened), AccountStatus::kActive, reason);
  return opened;
}

void MergeLifecycle::AddMembers(Account& account, const std::vector<AccountMember>& members,
                                std::vector<base::Uuid>* added) {
  for (const AccountMember& member : members) {
    const auto& all = account.members;
    const bool known = std::any_of(all.begin(), all.end(), [&](const AccountMember& one) {
      return one.contact == member.contact;
    });
    if (known || all.size() >= kMemberLimit || member.contact == account.customer) continue;
    account.members.push_back(member);
    if (added != nullptr) added->push_back(member.contact);
  }
}

void MergeLifecycle::MoveAccount(Account& account, AccountStatus to, const char* reason) {
  StageChange change = NewChange(account.customer, reason);
  change.owner = account.owner;
  change.version = ++account.stage_version;
  if (change.version > 1) {
    change.from = std::string(base::NameOf(kAccountStatusNames, account.status));
    change.effective_time = std::max(occasion_.now, account.stage_time);
    change.previous_effective_time = account.stage_time;
  }
  change.to = std::string(base::NameOf(kAccountStatusNames, to));
  change.merged_into = account.merged_into;
  account.status = to;
  account.stage_time = change.effective_time;
  account.stage_changes.push_back(std::move(change));
}

// The stage that follows from what it counts now, if it is another.
void MergeLifecycle::Derive(const base::Uuid& id, const char* reason) {
  TrackedContact& contact = Tracked(id);
  const LifecycleStage before = std::exchange(contact.stage, StageOf(contact));
  if (before == contact.stage) return;
  Move(id, std::string(base::NameOf(kLifecycleStageNames, before)),
       std::string(base::NameOf(kLifecycleStageNames, contact.stage)), reason, std::nullopt);
}

void MergeLifecycle::Move(const base::Uuid& id, const std::string& from, const std::string& to,
                          const char* reason, std::optional<base::Uuid> merged_into) {
  TrackedContact& contact = Tracked(id);
  StageChange change = NewChange(id, reason);
  change.owner = contact.owner;
  change.version = ++contact.stage_version;
  change.from = from;
  change.to = to;
  change.effective_time = std::max(occasion_.now, contact.stage_time);
  change.previous_effective_time = contact.stage_time;
  change.merged_into = merged_into;
  contact.stage_time = change.effective_time;
  contact.stage_changes.push_back(std::move(change));
}

StageChange MergeLifecycle::NewChange(const base::Uuid& contact, const char* reason) {
  StageChange change;
  change.event_id = ids_.New();
  change.effective_time = occasion_.now;
  change.record_time = occasion_.now;
  change.actor = occasion_.actor;
  change.request_id = occasion_.request_id;
  change.causation_id = occasion_.request_id;
  change.correlation_id = ContactName(contact);
  change.traceparent = occasion_.traceparent;
  change.contact = contact;
  change.reason = change.kind = reason;
  return change;
}

}  // namespace crm::contact
