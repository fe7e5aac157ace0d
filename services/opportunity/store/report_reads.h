#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/steady_clock.h"
#include "common/base/uuid.h"
#include "common/pg/pool.h"
#include "common/report/calendar.h"
#include "services/opportunity/domain/pipeline.h"
#include "services/opportunity/domain/report_deal.h"

namespace crm::opportunity {

// Stage changes in a time, by the clock of the viewpoint.
struct ChangedIn {
  enum class Kind { kAny, kOpened, kClosed, kWon };
  Kind kind = Kind::kAny;
  absl::Time from;
  absl::Time until;  // not in it
};

// Expected close dates of open things.
struct DueIn {
  report::Period period;           // in it
  absl::CivilDay before{1, 1, 1};  // or before this day
  bool undated = false;            // or no date
};

// Which opportunities a report needs, and what of them. More than that may come.
struct DealNeeds {
  // Of stage changes: none but those that the viewpoint needs; pipelines, stages, types and times;
  // or all of them.
  enum class Changes { kNone, kStays, kAll };
  // Of the fields: what stage changes tell, as it is now (the viewpoint must be the present); also
  // what edits between them change, but for names, next steps, attributes and lead sources; or all.
  enum class Facts { kOfChanges, kOfEdits, kAll };

  Viewpoint view;
  // The viewpoint knows all that is known: what was opened later is not looked at.
  bool as_known_now = false;
  Changes changes = Changes::kNone;
  // None of those that are open and were not written since the versions that are needed begin.
  bool open_by_facts = false;
  Facts facts = Facts::kAll;
  bool attributes = false;  // those too; with kAll
  // All versions since then, not only since the viewpoint.
  std::optional<absl::Time> versions_since;
  // Of what was not written since the viewpoint, only how the expected close date changed: all else
  // in its older versions is as at present, and the times of those are none.
  bool dates_alone = false;
  // Only these, in order.
  std::optional<std::vector<base::Uuid>> among;
  // Only those with such a change.
  std::optional<ChangedIn> changed_in;
  // With it: or those that were open then or since, as recorded.
  std::optional<absl::Time> or_open_since;
  // Of the open ones with or_open_since only those that have such a date, or had another one then.
  std::optional<DueIn> due;
  // Only those written since then.
  std::optional<absl::Time> written_since;
  // Only those that are open at the viewpoint.
  bool open = false;
};

// What a report stands on.
struct ReportGround {
  std::vector<Pipeline> pipelines;      // oldest first; the default one always
  std::vector<int64_t> last_sequences;  // of each partition of the log of events
};

// Reads for reports, all of one call from one snapshot of the database. Thread-safe; blocks for
// several round trips.
class ReportReads {
 public:
  // Stage changes by which things are looked for; where there are more, all are gone through.
  static constexpr int64_t kMostChanges = 300'000;

  // `pool` must outlive the reads.
  explicit ReportReads(pg::Pool& pool, int64_t most_changes = kMostChanges)
      : pool_(pool), most_changes_(most_changes) {}

  // Calls `begin` once, then `visit` for each opportunity of the tenant, in the order of ids. The
  // first error of either ends it. DATA_LOSS DATA_DAMAGED if a row cannot be read.
  absl::Status Read(const std::string& tenant, const DealNeeds& needs, base::Deadline deadline,
                    const std::function<absl::Status(const ReportGround&)>& begin,
                    const std::function<absl::Status(const Deal&)>& visit) const;

 private:
  pg::Pool& pool_;
  const int64_t most_changes_;
};

}  // namespace crm::opportunity
