#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/event/effect.h"
#include "common/pg/connection.h"
#include "common/pg/pool.h"
#include "common/pg/transaction.h"

namespace crm::event {

// An event that a consumer gave up on.
struct DeadLetter {
  std::string consumer;
  std::string stream;
  int64_t sequence = 0;
  std::string event_id;
  std::string reason;
  int attempts = 0;
  absl::Time created;
};

// Those that were not replayed yet, at most `limit`, oldest sequence first.
absl::StatusOr<std::vector<DeadLetter>> ListDeadLetters(pg::Pool& pool, const std::string& consumer,
                                                        int limit, base::Deadline deadline);

// Runs `effect` on one dead letter (without its entry, which is not kept) and marks it as replayed,
// in one transaction. NOT_FOUND if there is none or it was replayed; else the effect's error, and
// nothing is changed. The consumer has gone on since, so the effect must allow for versions that
// are older than what it knows.
absl::Status ReplayDeadLetter(pg::Pool& pool, const std::string& consumer,
                              const std::string& stream, int64_t sequence, const Effect& effect,
                              base::Deadline deadline);

// The same within `transaction`, which the caller commits.
absl::Status ReplayIn(pg::Transaction& transaction, const std::string& consumer,
                      const std::string& stream, int64_t sequence, const Effect& effect);

// Of those that were not replayed yet: the sequences beyond `after` of events that spoke of a thing
// that was not there (NOT_FOUND), at most `limit`, oldest first.
absl::StatusOr<std::vector<int64_t>> ListMissing(pg::Connection& connection,
                                                 const std::string& consumer,
                                                 const std::string& stream, int64_t after,
                                                 int limit);

}  // namespace crm::event
