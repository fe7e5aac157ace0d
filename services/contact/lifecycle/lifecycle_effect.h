#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/stage/stage_effect.h"
#include "services/contact/domain/neighbour_move.h"

namespace crm::contact {

// The name under which the lifecycle keeps its positions and dead letters.
inline constexpr char kLifecycleConsumer[] = "contact.lifecycle";

// What the stage events of leads and opportunities do to contacts and accounts: a
// stage::StageEffect. Set-wise, at most four round trips whatever the size of the batch. All or
// nothing: NOT_FOUND if a contact is unknown, INVALID_ARGUMENT if an event is damaged, OUT_OF_RANGE
// if an account's sum overflows. Events that are known already change nothing, so it may be given
// any of them again, and streams in any order among each other. Thread-safe; batches take turns in
// the database.
class LifecycleEffect {
 public:
  // Both must outlive the effect.
  LifecycleEffect(const base::Clock& clock, base::IdGenerator& ids) : clock_(&clock), ids_(&ids) {}

  absl::Status operator()(pg::Transaction& transaction,
                          absl::Span<const event::v1::StageEvent> events) const;

  // Takes back what `orphans` did, moves that their service's restored database no longer holds,
  // and applies `later`, what came behind them, for the same things. In order; those that were
  // never applied, and things that are where they should be, stay untouched. Errors as above.
  absl::Status Forget(pg::Transaction& transaction, absl::Span<const event::v1::StageEvent> orphans,
                      absl::Span<const event::v1::StageEvent> later) const;

 private:
  absl::Status Apply(pg::Transaction& transaction, absl::Span<const NeighbourMove> moves) const;

  const base::Clock* clock_;
  base::IdGenerator* ids_;
};

}  // namespace crm::contact
