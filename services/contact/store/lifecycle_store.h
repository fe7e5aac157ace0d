#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/pg/transaction.h"
#include "services/contact/domain/lifecycle_batch.h"

namespace crm::contact {

// Defers the writing of all that has changed in `batch`, set-wise, with stage history and outbox.
// Contacts that move are locked first, in id order, as every writer of contacts does.
absl::Status SaveBatch(pg::Transaction& transaction, absl::Time now, LifecycleBatch& batch);

}  // namespace crm::contact
