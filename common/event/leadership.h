#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/steady_clock.h"
#include "common/pg/connection.h"

namespace crm::event {

// Which of several relays does the work: one leads, by a session advisory lock, and the others
// watch its progress; where there is none, they act too for a while. This only avoids double work:
// any number of relays may act at once. One thread at a time.
class Leadership {
 public:
  // How far the stream is.
  struct Progress {
    std::optional<int64_t> oldest_waiting;  // the outbox's lowest id
    int64_t last_sequence = 0;              // of the log
    std::optional<int64_t> tip;             // of the stream, if that can be asked
  };

  // Of this partition's relays. `stream` is for the log.
  Leadership(std::string stream, int partition);

  // Whether this relay may act now. `database` is the session that holds the lock, `look` is asked
  // by those that watch. Errors of either.
  absl::StatusOr<bool> MayAct(pg::Connection& database,
                              const std::function<absl::StatusOr<Progress>()>& look);

  bool leads() const { return leads_; }

  // The session is gone, and the lock with it.
  void Lose() { leads_ = false; }

 private:
  bool IsStuck(const Progress& progress);

  const std::string stream_;
  const std::string lock_;  // its name, behind the schema's
  bool leads_ = false;
  base::SteadyTime next_try_;
  base::SteadyTime next_watch_;
  base::SteadyTime act_until_;
  Progress watched_;  // the last time
};

}  // namespace crm::event
