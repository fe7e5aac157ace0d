#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/base/tenant_key.h"
#include "common/pg/transaction.h"
#include "services/contact/domain/lifecycle_batch.h"

namespace crm::contact {

// Fills `batch` with all that `moves` touch. Batches of both streams take turns, each to its
// commit, and nobody else writes what a batch changes; so contacts are read without a lock and
// their editors do not wait. Three round trips, two without wins, one if no move is relevant; one
// or two more if contacts are part of others. DATA_LOSS DATA_DAMAGED if a row cannot be read, so
// that only the moves that touch it are put aside.
absl::Status LoadBatch(pg::Transaction& transaction, absl::Span<const NeighbourMove> moves,
                       LifecycleBatch& batch);

// Fills `batch` with these contacts and the accounts that they have as customers, once the caller
// has the turn (kTakeLifecycleTurn). Two round trips. DATA_LOSS DATA_DAMAGED if a row cannot be
// read.
absl::Status LoadForMerge(pg::Transaction& transaction, absl::Span<const base::TenantKey> contacts,
                          LifecycleBatch& batch);

}  // namespace crm::contact
