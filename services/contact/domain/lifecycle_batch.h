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
#include "common/base/money.h"
#include "common/base/tenant_key.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/lifecycle_stage.h"
#include "services/contact/domain/stage_change.h"

namespace crm::contact {

enum class ThingKind { kLead, kOpportunity };
// A live thing may become a sale, an ended one did not (or was converted), a won one is a sale.
enum class ThingState { kLive, kEnded, kWon };

struct ThingKey {
  std::string tenant;
  ThingKind kind = ThingKind::kLead;
  base::Uuid id;

  bool operator==(const ThingKey&) const = default;
  template <class H>
  friend H AbslHashValue(H h, const ThingKey& key) {
    return H::combine(std::move(h), key.tenant, key.kind, key.id);
  }
};

using base::TenantKey;

// A stage event of a lead or an opportunity, as far as contacts care.
struct NeighbourMove {
  ThingKey thing;
  int64_t version = 0;
  // Before the move; nothing on the first one and where it is not known.
  std::optional<ThingState> previous;
  ThingState state = ThingState::kLive;
  base::Uuid contact;
  std::optional<base::Uuid> lead;
  // The opportunity that a converted lead became.
  std::optional<base::Uuid> successor;
  std::optional<base::Money> amount;
  absl::Time effective_time;

  base::Uuid event_id;
  std::string actor;
  std::string owner;
  std::string correlation_id;
  std::string traceparent;
};

// What is known of one lead or opportunity, and the version that told it: moves that tell nothing
// new leave it behind (see TellsNews). Version 0: foretold by its converted lead.
struct Engagement {
  base::Uuid contact;
  int64_t version = 0;
  ThingState state = ThingState::kLive;
  bool stored = false;  // before the batch
  bool changed = false;
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

  // Set by the batch.
  std::vector<StageChange> moves;
};

// A sale and the account that it was added to; nothing once it was taken back.
struct BookedWin {
  base::Uuid account;
  std::optional<Win> win;
  bool changed = false;
};

// Whether a move can change anything, given what is known of its thing. It cannot if it is not
// newer than that; nor if it is *neutral*, from live to live or from ended to ended, foretells
// nothing, and the thing was heard of in that very state (three of a converted lead's five moves).
// A sale is never neutral, since its amount counts; nor is a first move, even if it was foretold.
//
// Neutral moves are passed over without raising the known version. Still any order and any
// repetition of a thing's moves ends in what the last of them says: let m be the last that is not
// neutral, so that all after it share its state (a thing keeps its contact). Once m was seen the
// known version is at least m for ever: m was applied, or something newer had been. So the known
// state is that of m or of a later move, which is the last one's. This needs a move to be neutral
// by its own two ends: told by the known state alone, a move that was put aside would, replayed,
// undo the one that had reversed it and been passed over.
bool TellsNews(const NeighbourMove& move, const Engagement& known);

// The lifecycle of all contacts that one batch of events touches: filled from the store, changed in
// memory event by event, written back. Stages are derived from what is live, not stepped, and
// things are compared by version; so the events of two streams may arrive in any order among each
// other and any number of times. Not thread-safe.
class LifecycleBatch {
 public:
  // `now` is the recorded time of all moves.
  LifecycleBatch(absl::Time now, base::IdGenerator& ids) : now_(now), ids_(&ids) {}

  // Filling. There must be before Apply: the stored engagements of the moves' things and successors
  // with their booked wins; then, of the moves that matter, the contacts, those of their things'
  // engagements, the organizations of winning contacts, and AccountsOf.
  absl::flat_hash_map<TenantKey, TrackedContact>& contacts() { return contacts_; }
  absl::flat_hash_map<ThingKey, Engagement>& engagements() { return engagements_; }
  absl::flat_hash_map<TenantKey, BookedWin>& wins() { return wins_; }
  absl::flat_hash_map<TenantKey, Account>& accounts() { return accounts_; }

  // Whether the move can change anything. Asks engagements().
  bool Matters(const NeighbourMove& move) const;

  // The accounts that these moves add to or take from. Asks all but accounts().
  std::vector<TenantKey> AccountsOf(absl::Span<const NeighbourMove> moves) const;

  // Applies one event; one that does not matter changes nothing. NOT_FOUND if its contact is
  // unknown, OUT_OF_RANGE if a sum overflows; then nothing has changed.
  absl::Status Apply(const NeighbourMove& move);

 private:
  base::Uuid CustomerOf(const std::string& tenant, const base::Uuid& contact) const;
  void Count(const std::string& tenant, ThingKind kind, const Engagement& engagement, int64_t by);
  void Foretell(const NeighbourMove& move);
  void Restage(const NeighbourMove& move, const base::Uuid& contact, bool bought);
  absl::Status CheckAccount(const NeighbourMove& move) const;
  void BookWin(const NeighbourMove& move);
  void TakeBack(const NeighbourMove& move);
  StageChange ChangeBy(const NeighbourMove& move, const base::Uuid& contact);

  absl::Time now_;
  base::IdGenerator* ids_;
  absl::flat_hash_map<TenantKey, TrackedContact> contacts_;
  absl::flat_hash_map<ThingKey, Engagement> engagements_;
  absl::flat_hash_map<TenantKey, BookedWin> wins_;
  absl::flat_hash_map<TenantKey, Account> accounts_;
};

}  // namespace crm::contact
