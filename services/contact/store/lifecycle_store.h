#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/pg/transaction.h"
#include "services/contact/domain/lifecycle_book.h"

namespace crm::contact {

// Fills `book` with all that `moves` touch. Batches of both streams take turns, each to its commit,
// and nobody else writes what a book changes; so contacts are read without a lock and their editors
// do not wait. Three round trips, two without wins, one if no move matters.
absl::Status LoadBook(pg::Transaction& transaction, absl::Span<const NeighbourMove> moves,
                      LifecycleBook& book);

// Defers the writing of all that has changed in `book`, set-wise, with stage history and outbox.
// Contacts that move are locked first, in id order, as every writer of contacts does.
absl::Status SaveBook(pg::Transaction& transaction, absl::Time now, LifecycleBook& book);

}  // namespace crm::contact
