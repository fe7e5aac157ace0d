#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

// For how long after it was recorded an activity can be edited.
inline constexpr absl::Duration kActivityEditable = absl::Hours(24);

// New values for the fields that an update names; absent: not named.
struct ActivityEdit {
  std::optional<ActivityType> type = std::nullopt;
  std::optional<ActivityDirection> direction = std::nullopt;
  std::optional<absl::Time> occur_time = std::nullopt;
  std::optional<std::string> summary = std::nullopt;
};

// An activity of a lead, and what the lead counts beside it, as they were at a revision of the
// lead.
struct RecordedActivity {
  Activity activity;
  ActivityCounts others;
  int64_t lead_revision = 0;
};

// Edits the activity, and counts anew. The state of the lead stays: what its moves rested on is
// history. `recorded` is of the lead's present revision.
// Errors:
//   FAILED_PRECONDITION STATE_INVALID     the lead is CONVERTING or deleted
//   PERMISSION_DENIED   NOT_THE_AUTHOR    somebody else recorded it
//   FAILED_PRECONDITION ACTIVITY_SETTLED  kActivityEditable is over; metadata editableUntil
//   INVALID_ARGUMENT    FIELD_INVALID     it would take place in the future; or a NOTE would have a
//                                         direction, or anything else none
absl::Status EditActivity(Lead& lead, const RecordedActivity& recorded, const ActivityEdit& edit,
                          const Occasion& occasion);

}  // namespace crm::lead
