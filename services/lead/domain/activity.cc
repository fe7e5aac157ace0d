#include "services/lead/domain/activity.h"

#include <algorithm>

namespace crm::lead {

bool IsTwoWay(const Activity& activity) {
  switch (activity.type) {
    case ActivityType::kCall:
    case ActivityType::kMeeting:
      return true;
    case ActivityType::kEmail:
    case ActivityType::kMessage:
      return activity.direction == ActivityDirection::kInbound;
    default:
      return false;
  }
}

void ActivityCounts::Count(const Activity& activity) {
  ++count;
  two_way |= IsTwoWay(activity);
  last = std::max(last.value_or(absl::InfinitePast()), activity.occur_time);
  if (activity.direction == ActivityDirection::kOutbound && activity.type != ActivityType::kNote) {
    first_response = std::min(first_response.value_or(absl::InfiniteFuture()), activity.occur_time);
  }
}

}  // namespace crm::lead
