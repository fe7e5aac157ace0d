#include "services/lead/domain/activity_edit.h"

#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"
#include "services/lead/domain/lead_moves.h"

namespace crm::lead {
namespace {

template <class T>
void Set(T& field, const std::optional<T>& value) {
  if (value.has_value()) field = *value;
}

absl::Status CheckEditable(const Activity& activity, const Occasion& occasion) {
  if (activity.actor != occasion.actor) {
    return error::Error(absl::StatusCode::kPermissionDenied, "NOT_THE_AUTHOR",
                        "Only who recorded an activity may edit it.")
        .With("activity", activity.id.ToString());
  }
  const absl::Time until = activity.record_time + kActivityEditable;
  if (occasion.now < until) return absl::OkStatus();
  return error::Error(absl::StatusCode::kFailedPrecondition, "ACTIVITY_SETTLED",
                      "An activity can be edited for 24 hours after it was recorded.")
      .With("activity", activity.id.ToString())
      .With("editableUntil", absl::FormatTime(absl::RFC3339_full, until, absl::UTCTimeZone()));
}

absl::Status CheckSound(const Activity& activity, absl::Time now) {
  const bool note = activity.type == ActivityType::kNote;
  if (note != (activity.direction == ActivityDirection::kUnspecified)) {
    return error::FieldInvalid(
        "direction", note ? "must be unspecified for a NOTE" : "is required for all but a NOTE");
  }
  if (activity.occur_time > now) {
    return error::FieldInvalid("occur_time", "must not be in the future");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status EditActivity(Lead& lead, const RecordedActivity& recorded, const ActivityEdit& edit,
                          const Occasion& occasion) {
  CRM_RETURN_IF_ERROR(CheckChangeable(lead));
  CRM_RETURN_IF_ERROR(CheckEditable(recorded.activity, occasion));
  Activity result = recorded.activity;
  Set(result.type, edit.type);
  Set(result.direction, edit.direction);
  Set(result.occur_time, edit.occur_time);
  Set(result.summary, edit.summary);
  CRM_RETURN_IF_ERROR(error::Under("activity", CheckSound(result, occasion.now)));
  if (result == recorded.activity) return absl::OkStatus();
  result.update_time = occasion.now;
  lead.activities = recorded.others;
  lead.activities.Count(result);
  lead.edited_activities.push_back(std::move(result));
  return absl::OkStatus();
}

}  // namespace crm::lead
