#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/steady_clock.h"
#include "common/event/effect.h"
#include "common/pg/connection.h"

namespace crm::event {

// Replays by itself the dead letters of one consumer and stream that spoke of a thing that was not
// there yet: some at a time, in turn, until their thing has appeared. One thread at a time.
class MissedLetters {
 public:
  MissedLetters(std::string consumer, std::string stream, absl::Duration interval);

  // If `interval` has passed: tries the next ones, each in a transaction of its own. How many had
  // their effect. An error is that of the database; those that fail otherwise stay.
  absl::StatusOr<int> TryIfDue(pg::Connection& connection, const Effect& effect);

 private:
  // Letters of a rebuild have numbers below 0.
  static constexpr int64_t kBeforeAll = INT64_MIN;

  absl::StatusOr<bool> Try(pg::Connection& connection, int64_t sequence, const Effect& effect);

  const std::string consumer_;
  const std::string stream_;
  const absl::Duration interval_;
  base::SteadyTime next_;
  int64_t last_tried_ = kBeforeAll;
};

}  // namespace crm::event
