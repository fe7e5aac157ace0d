#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/pg/transaction.h"
#include "services/contact/domain/lifecycle_batch.h"

namespace crm::contact {

// Fills `batch` with all that `moves` touch. Batches of both streams take turns, each to its
// commit, and nobody else writes what a batch changes; so contacts are read without a lock and
// their editors do not wait. Three round trips, two without wins, one if no move is relevant.
// DATA_LOSS DATA_DAMAGED if a row cannot be read, so that only the moves that touch it are put
// aside.
absl::Status LoadBatch(pg::Transaction& transaction, absl::Span<const NeighbourMove> moves,
                       LifecycleBatch& batch);

// Defers the writing of all that has changed in `batch`, set-wise, with stage history and outbox.
// Contacts that move are locked first, in id order, as every writer of contacts does.
absl::Status SaveBatch(pg::Transaction& transaction, absl::Time now, LifecycleBatch& batch);

}  // namespace crm::contact
