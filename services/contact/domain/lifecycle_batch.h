#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/id_generator.h"
#include "common/base/tenant_key.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/contact_state.h"
#include "services/contact/domain/neighbour_move.h"
#include "services/contact/domain/stage_change.h"

namespace crm::contact {

// A row as the batch found it and as it leaves it; nothing where there is none.
template <class T>
struct BatchRow {
  std::optional<T> before;
  std::optional<T> after;

  bool changed() const { return before != after; }
};

// A row that was read.
template <class T>
BatchRow<T> Loaded(const T& row) {
  return {row, row};
}

// What the lifecycle keeps of a contact that others were merged into, or that was merged itself.
// Things count for the contact that they were made with; the one that it is part of now, its head,
// adds up what the others have, and only it moves.
struct MergeShare {
  bool customer = false;  // of its own; of all others the stage says it
  LiveThings merged;      // of the contacts that are part of it
  int64_t merged_customers = 0;

  bool operator==(const MergeShare&) const = default;
};

// A contact as the lifecycle sees it.
struct TrackedContact {
  std::optional<base::Uuid> organization;  // a person's
  std::string display_name;
  std::string owner;
  LifecycleStage stage = LifecycleStage::kContact;
  int64_t stage_version = 0;
  absl::Time stage_time;
  LiveThings live;
  std::optional<LiveThings> stored_live;  // before the batch; nothing if it was never counted
  std::optional<base::Uuid> merged_into;  // its head, if that is another
  std::optional<MergeShare> share;        // nothing if it never had to do with a merge
  std::optional<MergeShare> stored_share;
  LifecycleStage stored_stage = LifecycleStage::kContact;

  // Made by the batch, to be appended.
  std::vector<StageChange> stage_changes;
};

// A sale and the account that it was added to.
struct AccountWin {
  base::Uuid account;
  Win win;
  // The account that it would count for if nothing were merged, if that is another.
  std::optional<base::Uuid> home = {};

  bool operator==(const AccountWin&) const = default;
};

// Whether it has bought, it or one of those that are part of it, and what stage follows.
bool IsCustomer(const TrackedContact& contact);
LifecycleStage StageOf(const TrackedContact& contact);

// Gives the contact a share, if it has none.
MergeShare& ShareOf(TrackedContact& contact);

// The lifecycle of all contacts that one batch of events touches: filled from the store, changed in
// memory event by event, written back. Stages are derived from what is live, not stepped, and
// things are compared by version; so the events of two streams may arrive in any order among each
// other and any number of times. Not thread-safe.
class LifecycleBatch {
 public:
  // `now` is the recorded time of all moves.
  LifecycleBatch(absl::Time now, base::IdGenerator& ids) : now_(now), ids_(&ids) {}

  // Filling. There must be before Apply: the stored engagements of the moves' things and successors
  // with the wins of those won; then, of the moves that are relevant, the contacts, those of their
  // things' engagements, the organizations of winning contacts, the heads of all these with their
  // organizations, and AccountsOf.
  absl::flat_hash_map<base::TenantKey, TrackedContact>& contacts() { return contacts_; }
  absl::flat_hash_map<ThingKey, BatchRow<Engagement>>& engagements() { return engagements_; }
  // By opportunity.
  absl::flat_hash_map<base::TenantKey, BatchRow<AccountWin>>& wins() { return wins_; }
  absl::flat_hash_map<base::TenantKey, BatchRow<Account>>& accounts() { return accounts_; }

  // Who made the latest move that changed this account; empty if none did.
  std::string ActorOf(const base::TenantKey& account) const;
  void SetActor(const base::TenantKey& account, std::string actor) {
    account_actors_[account] = std::move(actor);
  }

  // Whether its thing is known to be where the move brought it. Asks engagements() and wins().
  bool Shows(const NeighbourMove& move) const;

  // Whether the move can change anything. Asks engagements().
  bool IsRelevant(const NeighbourMove& move) const;

  // The accounts that these moves add to or take from. Asks all but accounts().
  std::vector<base::TenantKey> AccountsOf(absl::Span<const NeighbourMove> moves) const;

  // Applies one event; one that is not relevant changes nothing. One that restores also takes back
  // that its contact became a customer, if the account is left without a win; nothing happens if
  // the contact is unknown. NOT_FOUND if its contact is
  // unknown, OUT_OF_RANGE if a sum overflows; then nothing has changed.
  absl::Status Apply(const NeighbourMove& move);

 private:
  bool StaysCustomer(const NeighbourMove& move, const base::Uuid& contact) const;
  base::Uuid HeadOf(const std::string& tenant, const base::Uuid& contact) const;
  base::Uuid OwnCustomerOf(const std::string& tenant, const base::Uuid& contact) const;
  base::Uuid CustomerOf(const std::string& tenant, const base::Uuid& contact) const;
  void SetCustomer(const std::string& tenant, TrackedContact& contact, bool customer);
  absl::Status CheckAccount(const NeighbourMove& move) const;
  void CountLive(const ThingKey& thing, const Engagement& engagement, int64_t by);
  void ExpectSuccessor(const NeighbourMove& move);
  void UpdateStage(const NeighbourMove& move, const base::Uuid& contact, bool won);
  void AddWinOf(const NeighbourMove& move);
  void RemoveWinOf(const NeighbourMove& move);
  bool CorrectWinOf(const NeighbourMove& move);
  StageChange ChangeBy(const NeighbourMove& move, const base::Uuid& contact);

  absl::Time now_;
  base::IdGenerator* ids_;
  absl::flat_hash_map<base::TenantKey, TrackedContact> contacts_;
  absl::flat_hash_map<ThingKey, BatchRow<Engagement>> engagements_;
  absl::flat_hash_map<base::TenantKey, BatchRow<AccountWin>> wins_;
  absl::flat_hash_map<base::TenantKey, BatchRow<Account>> accounts_;
  absl::flat_hash_map<base::TenantKey, std::string> account_actors_;
};

}  // namespace crm::contact
