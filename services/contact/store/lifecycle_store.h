#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/pg/transaction.h"
#include "services/contact/domain/lifecycle_book.h"

namespace crm::contact {

// Fills `book` with all that `moves` touch and locks it against other writers; batches of both
// streams take turns. Three round trips, two without wins.
absl::Status LoadBook(pg::Transaction& transaction, absl::Span<const NeighbourMove> moves,
                      LifecycleBook& book);

// Defers the writing of all that has changed in `book`, set-wise, with stage history and outbox.
absl::Status SaveBook(pg::Transaction& transaction, absl::Time now, LifecycleBook& book);

}  // namespace crm::contact
