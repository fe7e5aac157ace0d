#include "services/contact/domain/lifecycle_batch.h"

#include <algorithm>

#include "common/base/status.h"
#include "common/error/error.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

bool TellsNews(const NeighbourMove& move, const Engagement& known) {
  if (move.version <= known.version) return false;
  const bool neutral = known.version > 0 && move.previous == move.state;
  return !neutral || move.state != known.state || move.contact != known.contact ||
         move.state == ThingState::kWon || move.successor.has_value();
}

bool LifecycleBatch::Matters(const NeighbourMove& move) const {
  const auto known = engagements_.find(move.thing);
  return known == engagements_.end() || TellsNews(move, known->second);
}

base::Uuid LifecycleBatch::CustomerOf(const std::string& tenant, const base::Uuid& contact) const {
  const auto found = contacts_.find(TenantKey{tenant, contact});
  if (found == contacts_.end() || !found->second.organization.has_value()) return contact;
  const base::Uuid& organization = *found->second.organization;
  return contacts_.contains(TenantKey{tenant, organization}) ? organization : contact;
}

std::vector<TenantKey> LifecycleBatch::AccountsOf(absl::Span<const NeighbourMove> moves) const {
  std::vector<TenantKey> keys;
  for (const NeighbourMove& move : moves) {
    if (move.thing.kind != ThingKind::kOpportunity || !Matters(move)) continue;
    const std::string& tenant = move.thing.tenant;
    if (move.state == ThingState::kWon) {
      keys.push_back({tenant, AccountIdOf(CustomerOf(tenant, move.contact))});
    }
    const auto booked = wins_.find(TenantKey{tenant, move.thing.id});
    if (booked != wins_.end()) keys.push_back({tenant, booked->second.account});
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

absl::Status LifecycleBatch::Apply(const NeighbourMove& move) {
  const std::string& tenant = move.thing.tenant;
  const auto stored = engagements_.find(move.thing);
  const bool known = stored != engagements_.end();
  if (known && !TellsNews(move, stored->second)) return absl::OkStatus();
  if (!contacts_.contains(TenantKey{tenant, move.contact})) {
    return error::NotFound(ContactName(move.contact));
  }
  if (move.state == ThingState::kWon) CRM_RETURN_IF_ERROR(CheckAccount(move));

  Engagement& engagement = known ? stored->second : engagements_[move.thing];
  const base::Uuid previous_contact = known ? engagement.contact : move.contact;
  if (known) Count(tenant, move.thing.kind, engagement, -1);
  engagement = {move.contact, move.version, move.state, engagement.stored, /*changed=*/true};
  Count(tenant, move.thing.kind, engagement, +1);
  if (move.successor.has_value()) Foretell(move);

  const bool won = move.state == ThingState::kWon;
  Restage(move, move.contact, won);
  if (previous_contact != move.contact) Restage(move, previous_contact, false);
  if (move.thing.kind == ThingKind::kOpportunity) TakeBack(move);
  if (won) {
    const base::Uuid customer = CustomerOf(tenant, move.contact);
    if (customer != move.contact) Restage(move, customer, true);
    BookWin(move);
  }
  return absl::OkStatus();
}

void LifecycleBatch::Count(const std::string& tenant, ThingKind kind, const Engagement& engagement,
                           int64_t by) {
  if (engagement.state != ThingState::kLive) return;
  const auto found = contacts_.find(TenantKey{tenant, engagement.contact});
  if (found == contacts_.end()) return;
  LiveThings& live = found->second.live;
  (kind == ThingKind::kLead ? live.leads : live.opportunities) += by;
}

// A converted lead may be heard of before its opportunity: then the opportunity counts as live from
// here on, so that the contact does not fall back in between.
void LifecycleBatch::Foretell(const NeighbourMove& move) {
  const ThingKey key{move.thing.tenant, ThingKind::kOpportunity, *move.successor};
  const auto [at, fresh] = engagements_.try_emplace(key);
  if (!fresh) return;
  at->second = {move.contact, 0, ThingState::kLive, /*stored=*/false, /*changed=*/true};
  Count(key.tenant, key.kind, at->second, +1);
}

void LifecycleBatch::Restage(const NeighbourMove& move, const base::Uuid& contact, bool bought) {
  const auto found = contacts_.find(TenantKey{move.thing.tenant, contact});
  if (found == contacts_.end()) return;
  TrackedContact& tracked = found->second;
  const bool customer = bought || tracked.stage == LifecycleStage::kCustomer;
  const LifecycleStage stage = StageOf(customer, tracked.live);
  if (stage == tracked.stage) return;
  StageChange change = ChangeBy(move, contact);
  change.version = ++tracked.stage_version;
  change.from = std::string(StageName(tracked.stage));
  change.to = std::string(StageName(stage));
  change.owner = tracked.owner;
  change.effective_time = std::max(move.effective_time, tracked.stage_time);
  change.previous_effective_time = tracked.stage_time;
  tracked.stage = stage;
  tracked.stage_time = change.effective_time;
  tracked.moves.push_back(std::move(change));
}

absl::Status LifecycleBatch::CheckAccount(const NeighbourMove& move) const {
  const base::Uuid id = AccountIdOf(CustomerOf(move.thing.tenant, move.contact));
  const auto account = accounts_.find(TenantKey{move.thing.tenant, id});
  if (account == accounts_.end()) return absl::OkStatus();
  return CheckRoom(account->second,
                   {move.thing.id, move.contact, move.amount, move.effective_time});
}

void LifecycleBatch::BookWin(const NeighbourMove& move) {
  const std::string& tenant = move.thing.tenant;
  const base::Uuid customer = CustomerOf(tenant, move.contact);
  const TenantKey key{tenant, AccountIdOf(customer)};
  Account& account = accounts_[key];
  StageChange change = ChangeBy(move, move.contact);
  change.owner = account.stage_version == 0 ? move.owner : account.owner;
  if (account.stage_version == 0) {
    account.tenant = tenant;
    account.id = key.id;
    account.customer = customer;
    account.create_time = now_;
    account.display_name = contacts_.at(TenantKey{tenant, customer}).display_name;
  }
  account.update_time = now_;
  const Win win{move.thing.id, move.contact, move.amount, move.effective_time};
  AddWin(account, win, std::move(change));
  wins_[TenantKey{tenant, move.thing.id}] = {key.id, win, /*changed=*/true};
}

void LifecycleBatch::TakeBack(const NeighbourMove& move) {
  const auto found = wins_.find(TenantKey{move.thing.tenant, move.thing.id});
  if (found == wins_.end() || !found->second.win.has_value()) return;
  const auto account = accounts_.find(TenantKey{move.thing.tenant, found->second.account});
  if (account != accounts_.end()) {
    TakeBackWin(account->second, *found->second.win);
    account->second.update_time = now_;
  }
  found->second.win.reset();
  found->second.changed = true;
}

StageChange LifecycleBatch::ChangeBy(const NeighbourMove& move, const base::Uuid& contact) {
  StageChange change;
  change.event_id = ids_->New();
  change.effective_time = move.effective_time;
  change.recorded_time = now_;
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
