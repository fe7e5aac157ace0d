#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "common/event/consumer_inbox.h"
#include "common/event/effect.h"
#include "common/event/history_source.h"

namespace crm::event {

struct RebuildOrder {
  HistorySource& history;
  const Effect& effect;
  ConsumerInbox::Position position = {};  // where the consumer stands
  int64_t last_gone = 0;                  // the last of the events behind it that are gone
  int batch_size = 500;
  int max_attempts = 5;  // at a move of which it is unclear whose fault it is
  std::function<bool()> stopping = [] { return false; };  // CANCELLED once it says so
  // Whether another reader may move the consumer's position on meanwhile; else that is ABORTED.
  bool follows = false;
};

struct Rebuilt {
  int64_t moves = 0;         // that were given to the effect
  int64_t dead_letters = 0;  // that it refused
};

// Gives a consumer's effect all moves of the publisher's history, in place of events that are gone,
// and then moves its position behind those. The effect must bear moves that it knows already, and
// later ones before their events. Broken off, it begins anew, since it is not written down how far
// it came. What the effect refuses goes to dead_letter under a number below 0, made of the event's
// id, since its sequence is not known. Errors of the history and the database.
absl::StatusOr<Rebuilt> RebuildFromHistory(ConsumerInbox& inbox, const RebuildOrder& order,
                                           const ConsumerInbox::Position& behind);

// The last step of it alone: where there are several partitions, the history is one for all.
absl::Status MoveBehind(ConsumerInbox& inbox, const RebuildOrder& order,
                        const ConsumerInbox::Position& behind);

}  // namespace crm::event
