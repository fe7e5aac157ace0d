#include "services/contact/domain/lifecycle_batch.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {
namespace {

using base::TenantKey;

Win WinOf(const NeighbourMove& move) {
  return {move.thing.id, move.contact, move.amount, move.effective_time};
}

}  // namespace

bool IsCustomer(const TrackedContact& contact) {
  if (!contact.share.has_value()) return contact.stage == LifecycleStage::kCustomer;
  return contact.share->customer || contact.share->merged_customers > 0;
}

LifecycleStage StageOf(const TrackedContact& contact) {
  LiveThings live = contact.live;
  if (contact.share.has_value()) {
    live.leads += contact.share->merged.leads;
    live.opportunities += contact.share->merged.opportunities;
  }
  return StageOf(IsCustomer(contact), live);
}

MergeShare& ShareOf(TrackedContact& contact) {
  if (!contact.share.has_value()) {
    contact.share.emplace().customer = contact.stage == LifecycleStage::kCustomer;
  }
  return *contact.share;
}

bool LifecycleBatch::IsRelevant(const NeighbourMove& move) const {
  const auto known = engagements_.find(move.thing);
  if (known == engagements_.end()) return !move.restores;
  return !known->second.after || contact::IsRelevant(move, *known->second.after);
}

bool LifecycleBatch::Shows(const NeighbourMove& move) const {
  const auto known = engagements_.find(move.thing);
  if (known == engagements_.end() || !known->second.after) return false;
  const Engagement& engagement = *known->second.after;
  if (engagement.state != move.state || engagement.version > move.version) return false;
  if (move.state != ThingState::kWon) return true;
  const auto win = wins_.find(TenantKey{move.thing.tenant, move.thing.id});
  return win != wins_.end() && win->second.after && win->second.after->win == WinOf(move);
}

base::Uuid LifecycleBatch::HeadOf(const std::string& tenant, const base::Uuid& contact) const {
  const auto found = contacts_.find(TenantKey{tenant, contact});
  if (found == contacts_.end() || !found->second.merged_into.has_value()) return contact;
  const base::Uuid& head = *found->second.merged_into;
  return contacts_.contains(TenantKey{tenant, head}) ? head : contact;
}

// Who would be the customer if that one were merged into nobody.
base::Uuid LifecycleBatch::OwnCustomerOf(const std::string& tenant,
                                         const base::Uuid& contact) const {
  const auto found = contacts_.find(TenantKey{tenant, HeadOf(tenant, contact)});
  if (found == contacts_.end() || !found->second.organization.has_value()) return contact;
  const base::Uuid& organization = *found->second.organization;
  return contacts_.contains(TenantKey{tenant, organization}) ? organization : contact;
}

base::Uuid LifecycleBatch::CustomerOf(const std::string& tenant, const base::Uuid& contact) const {
  return HeadOf(tenant, OwnCustomerOf(tenant, contact));
}

std::vector<TenantKey> LifecycleBatch::AccountsOf(absl::Span<const NeighbourMove> moves) const {
  std::vector<TenantKey> keys;
  for (const NeighbourMove& move : moves) {
    if (move.thing.kind != ThingKind::kOpportunity || !IsRelevant(move)) continue;
    const std::string& tenant = move.thing.tenant;
    if (move.state == ThingState::kWon) {
      keys.push_back({tenant, AccountIdOf(CustomerOf(tenant, move.contact))});
    }
    const auto win = wins_.find(TenantKey{tenant, move.thing.id});
    if (win != wins_.end() && win->second.after)
      keys.push_back({tenant, win->second.after->account});
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

absl::Status LifecycleBatch::Apply(const NeighbourMove& move) {
  if (!IsRelevant(move)) return absl::OkStatus();
  const std::string& tenant = move.thing.tenant;
  if (!contacts_.contains(TenantKey{tenant, move.contact})) {
    if (move.restores) return absl::OkStatus();
    return error::NotFound(ContactName(move.contact));
  }
  const bool won = move.state == ThingState::kWon;
  if (won) CRM_RETURN_IF_ERROR(CheckAccount(move));

  std::optional<Engagement>& engagement = engagements_[move.thing].after;
  const base::Uuid previous_contact = engagement ? engagement->contact : move.contact;
  if (engagement) CountLive(move.thing, *engagement, -1);
  engagement = {move.contact, move.version, move.state};
  CountLive(move.thing, *engagement, +1);
  if (move.successor.has_value()) ExpectSuccessor(move);

  if (won && move.corrects && CorrectWinOf(move)) return absl::OkStatus();
  if (move.thing.kind == ThingKind::kOpportunity) RemoveWinOf(move);
  UpdateStage(move, move.contact, won);
  if (previous_contact != move.contact) UpdateStage(move, previous_contact, false);
  const base::Uuid customer = OwnCustomerOf(tenant, move.contact);
  if ((won || move.restores) && customer != move.contact) UpdateStage(move, customer, won);
  if (won) AddWinOf(move);
  return absl::OkStatus();
}

absl::Status LifecycleBatch::CheckAccount(const NeighbourMove& move) const {
  const base::Uuid id = AccountIdOf(CustomerOf(move.thing.tenant, move.contact));
  const auto account = accounts_.find(TenantKey{move.thing.tenant, id});
  if (account == accounts_.end()) return absl::OkStatus();
  return CheckOverflow(*account->second.after, WinOf(move));
}

void LifecycleBatch::CountLive(const ThingKey& thing, const Engagement& engagement, int64_t by) {
  if (engagement.state != ThingState::kLive) return;
  const auto found = contacts_.find(TenantKey{thing.tenant, engagement.contact});
  if (found == contacts_.end()) return;
  const auto count = [&](LiveThings& live) {
    (thing.kind == ThingKind::kLead ? live.leads : live.opportunities) += by;
  };
  count(found->second.live);
  if (!found->second.merged_into.has_value()) return;
  const auto head = contacts_.find(TenantKey{thing.tenant, *found->second.merged_into});
  if (head != contacts_.end()) count(ShareOf(head->second).merged);
}

bool LifecycleBatch::StaysCustomer(const NeighbourMove& move, const base::Uuid& contact) const {
  if (!move.restores) return true;
  const std::string& tenant = move.thing.tenant;
  const auto account = accounts_.find(TenantKey{tenant, AccountIdOf(CustomerOf(tenant, contact))});
  return account == accounts_.end() || account->second.after->win_count > 0;
}

// The event of a lead's conversion may arrive before those of its opportunity: then the opportunity
// counts as live from here on, so that the contact does not fall back in between.
void LifecycleBatch::ExpectSuccessor(const NeighbourMove& move) {
  const ThingKey key{move.thing.tenant, ThingKind::kOpportunity, *move.successor};
  const auto [at, fresh] = engagements_.try_emplace(key);
  if (!fresh) return;
  at->second.after = {move.contact, 0, ThingState::kLive};
  CountLive(key, *at->second.after, +1);
}

void LifecycleBatch::UpdateStage(const NeighbourMove& move, const base::Uuid& contact, bool won) {
  const auto found = contacts_.find(TenantKey{move.thing.tenant, contact});
  if (found == contacts_.end()) return;
  TrackedContact& own = found->second;
  const bool bought = own.share ? own.share->customer : own.stage == LifecycleStage::kCustomer;
  const bool customer = won || (bought && StaysCustomer(move, contact));
  if (own.share && customer != bought) SetCustomer(move.thing.tenant, own, customer);
  const base::Uuid head = HeadOf(move.thing.tenant, contact);
  TrackedContact& tracked = contacts_.at(TenantKey{move.thing.tenant, head});
  const LifecycleStage stage = tracked.share ? StageOf(tracked) : StageOf(customer, tracked.live);
  if (stage == tracked.stage) return;
  StageChange change = ChangeBy(move, head);
  change.version = ++tracked.stage_version;
  change.from = std::string(base::NameOf(kLifecycleStageNames, tracked.stage));
  change.to = std::string(base::NameOf(kLifecycleStageNames, stage));
  change.owner = tracked.owner;
  change.effective_time = std::max(move.effective_time, tracked.stage_time);
  change.previous_effective_time = tracked.stage_time;
  tracked.stage = stage;
  tracked.stage_time = change.effective_time;
  tracked.stage_changes.push_back(std::move(change));
}

void LifecycleBatch::SetCustomer(const std::string& tenant, TrackedContact& contact,
                                 bool customer) {
  contact.share->customer = customer;
  if (!contact.merged_into.has_value()) return;
  const auto head = contacts_.find(TenantKey{tenant, *contact.merged_into});
  if (head != contacts_.end()) ShareOf(head->second).merged_customers += customer ? 1 : -1;
}

void LifecycleBatch::AddWinOf(const NeighbourMove& move) {
  const std::string& tenant = move.thing.tenant;
  const base::Uuid customer = CustomerOf(tenant, move.contact);
  const TenantKey key{tenant, AccountIdOf(customer)};
  std::optional<Account>& account = accounts_[key].after;
  StageChange change = ChangeBy(move, move.contact);
  change.owner = account ? account->owner : move.owner;
  if (!account) {
    account.emplace();
    account->tenant = tenant;
    account->id = key.id;
    account->customer = customer;
    account->create_time = now_;
    account->display_name = contacts_.at(TenantKey{tenant, customer}).display_name;
  }
  account->update_time = now_;
  account_actors_[key] = move.actor;
  // Its members are those that there are now.
  Win win = WinOf(move);
  win.contact = HeadOf(tenant, move.contact);
  AddWin(*account, win, std::move(change));
  AccountWin& added = wins_[TenantKey{tenant, move.thing.id}].after.emplace();
  added = {key.id, WinOf(move)};
  const base::Uuid home = AccountIdOf(OwnCustomerOf(tenant, move.contact));
  if (home != key.id) added.home = home;
}

void LifecycleBatch::RemoveWinOf(const NeighbourMove& move) {
  const auto found = wins_.find(TenantKey{move.thing.tenant, move.thing.id});
  if (found == wins_.end() || !found->second.after) return;
  std::optional<AccountWin>& win = found->second.after;
  const auto account = accounts_.find(TenantKey{move.thing.tenant, win->account});
  if (account != accounts_.end()) {
    RemoveWin(*account->second.after, win->win);
    account->second.after->update_time = now_;
    account_actors_[account->first] = move.actor;
  }
  win.reset();
}

// False if the sale is not known, so that this is the first that is heard of it.
bool LifecycleBatch::CorrectWinOf(const NeighbourMove& move) {
  const auto found = wins_.find(TenantKey{move.thing.tenant, move.thing.id});
  if (found == wins_.end() || !found->second.after) return false;
  AccountWin& win = *found->second.after;
  const auto at = accounts_.find(TenantKey{move.thing.tenant, win.account});
  if (at == accounts_.end()) return false;
  Account& account = *at->second.after;
  StageChange change = ChangeBy(move, move.contact);
  change.owner = account.owner;
  CorrectWin(account, win.win, WinOf(move), std::move(change));
  account.update_time = now_;
  account_actors_[at->first] = move.actor;
  win.win = WinOf(move);
  return true;
}

std::string LifecycleBatch::ActorOf(const TenantKey& account) const {
  const auto found = account_actors_.find(account);
  return found == account_actors_.end() ? "" : found->second;
}

StageChange LifecycleBatch::ChangeBy(const NeighbourMove& move, const base::Uuid& contact) {
  StageChange change;
  change.event_id = ids_->New();
  change.effective_time = move.effective_time;
  change.record_time = now_;
  change.actor = move.actor;
  change.causation_id = move.event_id.ToString();
  change.correlation_id = move.correlation_id;
  change.traceparent = move.traceparent;
  change.contact = contact;
  change.lead = move.lead;
  if (move.thing.kind == ThingKind::kOpportunity) {
    change.opportunity = move.thing.id;
  } else {
    change.lead = move.thing.id;
  }
  return change;
}

}  // namespace crm::contact
