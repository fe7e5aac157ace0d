#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "common/base/uuid.h"

namespace crm::lead {

enum class ActivityType { kUnspecified, kCall, kMeeting, kEmail, kMessage, kNote };

inline constexpr base::EnumName<ActivityType> kActivityTypeNames[] = {
    {ActivityType::kUnspecified, "UNSPECIFIED"}, {ActivityType::kCall, "CALL"},
    {ActivityType::kMeeting, "MEETING"},         {ActivityType::kEmail, "EMAIL"},
    {ActivityType::kMessage, "MESSAGE"},         {ActivityType::kNote, "NOTE"}};

enum class ActivityDirection { kUnspecified, kInbound, kOutbound };

inline constexpr base::EnumName<ActivityDirection> kActivityDirectionNames[] = {
    {ActivityDirection::kUnspecified, "UNSPECIFIED"},
    {ActivityDirection::kInbound, "INBOUND"},
    {ActivityDirection::kOutbound, "OUTBOUND"}};

// Something that took place with a lead. Edited by its author alone, for a day (activity_edit.h).
struct Activity {
  base::Uuid id;
  ActivityType type = ActivityType::kUnspecified;
  ActivityDirection direction = ActivityDirection::kUnspecified;  // none for a NOTE
  absl::Time occur_time;
  std::string summary;
  std::string actor;
  absl::Time record_time;
  std::optional<absl::Time> update_time = std::nullopt;  // of the last edit

  friend bool operator==(const Activity&, const Activity&) = default;
};

// Whether both sides took part: a call, a meeting, or something inbound. A note never is.
bool IsTwoWay(const Activity& activity);

// What the lead keeps of its activities.
struct ActivityCounts {
  int64_t count = 0;
  bool two_way = false;
  std::optional<absl::Time> first_response;  // the earliest outbound one; a note never responds
  std::optional<absl::Time> last;

  void Count(const Activity& activity);
  friend bool operator==(const ActivityCounts&, const ActivityCounts&) = default;
};

}  // namespace crm::lead
