#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "common/base/money.h"
#include "common/base/uuid.h"

namespace crm::contact {

enum class ThingKind { kLead, kOpportunity };

inline constexpr base::EnumName<ThingKind> kThingKindNames[] = {
    {ThingKind::kLead, "lead"},
    {ThingKind::kOpportunity, "opportunity"},
};

// A live thing may become a sale, an ended one did not (or was converted), a won one is a sale.
enum class ThingState { kLive, kEnded, kWon };

inline constexpr base::EnumName<ThingState> kThingStateNames[] = {
    {ThingState::kLive, "live"},
    {ThingState::kEnded, "ended"},
    {ThingState::kWon, "won"},
};

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
  std::optional<base::Money> amount_before;
  // When its thing entered the stage that it is in now, and, before the move, the one that it was
  // in. For all moves but corrections the first is when the move happened.
  absl::Time effective_time;
  absl::Time previous_effective_time;
  // It corrects what was said of an earlier move: its thing is in the same state as before it.
  bool corrects = false;
  // The thing's later moves were lost with its service's database: `version` and `state` are what
  // it is at again. See Restored.
  bool restores = false;

  base::Uuid event_id;
  std::string actor;
  std::string owner;
  std::string correlation_id;
  std::string traceparent;
};

// What is known of one lead or opportunity, and the latest move that changed it: moves that change
// nothing do not raise the version (see IsRelevant). Version 0: an opportunity that is known
// from its converted lead alone.
struct Engagement {
  base::Uuid contact;
  int64_t version = 0;
  ThingState state = ThingState::kLive;

  bool operator==(const Engagement&) const = default;
};

// Whether a move can change anything, given what is known of its thing. It cannot if its version is
// not newer; nor if it is *neutral*, from live to live or from ended to ended, names no successor,
// and the thing is known in that very state (three of a converted lead's five moves). A sale is
// never neutral, since its amount counts; nor is the first move after version 0.
//
// Neutral moves are skipped without raising the known version. Still any order and any repetition
// of a thing's moves ends in what the last of them says: let m be the last that is not neutral, so
// that all after it share its state (a thing keeps its contact). Once m was seen the known version
// stays at least m: m was applied, or something newer had been. So the known state is that of
// m or of a later move, which is the last one's. This needs a move to be neutral by its own two
// ends: judged by the known state alone, a dead letter would, replayed, undo the move that had
// reversed it and been skipped.
//
// Corrections are neutral unless their thing is won: then the time of the sale may be another.
//
// A move that restores can change something if anything newer was applied, or if its thing was
// never made and only announced by its lead.
bool IsRelevant(const NeighbourMove& move, const Engagement& known);

// The move that takes `lost` back: to the version, state and amount before it.
NeighbourMove Restored(const NeighbourMove& lost);

}  // namespace crm::contact
