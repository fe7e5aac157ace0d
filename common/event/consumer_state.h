#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/steady_clock.h"
#include "common/pg/pool.h"

namespace crm::event {

// How far a consumer is with a stream, by its own database.
struct ConsumerState {
  int64_t sequence = 0;
  int64_t dead_letters = 0;  // that wait to be replayed, counted up to 10,000
};

// Nothing if it has never read the stream. Writes nothing, and waits for no consumer.
absl::StatusOr<std::optional<ConsumerState>> ReadConsumerState(pg::Pool& pool,
                                                               const std::string& consumer,
                                                               const std::string& stream,
                                                               base::Deadline deadline);

}  // namespace crm::event
