#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/steady_clock.h"
#include "common/base/uuid.h"
#include "common/pg/pool.h"

namespace crm::opportunity {

// A removed stage whose opportunities are being moved, in passes over all of the tenant's. Times
// are the database's.
struct Retirement {
  std::string tenant;
  std::string pipeline;  // slug
  std::string stage;
  std::string actor;  // who removed it
  absl::Time retire_time;
  absl::Time pass_time;  // when this pass began
  base::Uuid cursor;     // how far it came; nil: to its beginning
  int64_t failed = 0;    // moves that failed in this pass
};

// The next opportunities that are to be moved.
struct RetiredBatch {
  std::vector<base::Uuid> ids;  // ascending
  base::Uuid cursor;            // how far the pass has come when these are moved
  bool last = false;            // nothing lies behind it
};

struct RetirementCount {
  int64_t count = 0;
  absl::Duration oldest;  // age of the oldest
};

// The memory of the mover: table stage_retirement, which UpdatePipeline fills. Thread-safe, for any
// number of processes; blocks.
class RetirementStore {
 public:
  explicit RetirementStore(pg::Pool& pool) : pool_(pool) {}

  // The retirement that has been due longest; nobody else gets it for as long as `lease`. Nothing
  // if none is due.
  absl::StatusOr<std::optional<Retirement>> Claim(absl::Duration lease, base::Deadline deadline);

  // At most `limit` opportunities in the stage, looking at `window` of the tenant's behind the
  // cursor.
  absl::StatusOr<RetiredBatch> Next(const Retirement& retirement, int limit, int window,
                                    base::Deadline deadline);

  // Remembers cursor and failures; it is due again after `delay`. With `next_pass` a pass begins
  // then.
  absl::Status Advance(const Retirement& retirement, bool next_pass, absl::Duration delay,
                       base::Deadline deadline);

  // All are moved. Neither does anything if the stage was retired again or taken back meanwhile.
  absl::Status Finish(const Retirement& retirement, base::Deadline deadline);

  absl::StatusOr<RetirementCount> Count(base::Deadline deadline);

 private:
  pg::Pool& pool_;
};

}  // namespace crm::opportunity
