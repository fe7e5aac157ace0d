#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/base/steady_clock.h"
#include "common/pg/pool.h"
#include "services/lead/domain/report_story.h"

namespace crm::lead {

// A half open time.
struct TimeSpan {
  absl::Time from;
  absl::Time until;  // not in it
};

// Which leads a report needs, and what of them. More than that may come.
struct StoryNeeds {
  report::Viewpoint view;
  // Only those that came in then, by the clock of the viewpoint.
  std::optional<TimeSpan> created;
  // Only those that were qualified or disqualified then.
  std::optional<TimeSpan> decided;
  bool all_versions = false;  // not only those since the viewpoint
  bool attributes = false;
  bool verdicts = false;
  bool sales = false;
};

// What a report stands on: up to which event of either service, in each partition of its log.
struct ReportGround {
  std::vector<int64_t> last_sequences = {0};
  std::vector<int64_t> opportunity_sequences = {0};
};

// Reads for reports, all of one call from one snapshot of the database. Thread-safe; blocks for
// several round trips.
class ReportReads {
 public:
  // Decisions by which leads are looked for; where there are more, all leads are gone through.
  static constexpr int64_t kMostDecisions = 300'000;
  // Leads that came in during less than one in so many parts of the time in which all did are
  // looked for; else all are gone through.
  static constexpr int kFewOf = 3;

  // `pool` must outlive the reads; `streams` is what the keys of the
  // opportunity service's begin with, before their partitions' numbers.
  ReportReads(pg::Pool& pool, std::string streams, int64_t most_decisions = kMostDecisions,
              int few_of = kFewOf)
      : pool_(pool),
        streams_(std::move(streams)),
        most_decisions_(most_decisions),
        few_of_(few_of) {}

  // Calls `visit` for each lead of the tenant, one at a time; the first error of it ends the
  // reading. DATA_LOSS DATA_DAMAGED if a row cannot be read.
  absl::StatusOr<ReportGround> Read(
      const std::string& tenant, const StoryNeeds& needs, base::Deadline deadline,
      const std::function<absl::Status(const LeadStory&)>& visit) const;

 private:
  pg::Pool& pool_;
  const std::string streams_;
  const int64_t most_decisions_;
  const int few_of_;
};

}  // namespace crm::lead
