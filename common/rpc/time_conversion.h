#pragma once

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <cstdint>

namespace crm::rpc {

// google.protobuf.Timestamp ⇄ absl::Time, crm.type.v1.Date ⇄ absl::CivilDay, on the message type so
// that nothing here depends on generated code. The inputs are valid; Validation checks them.

// Rounds down to whole microseconds, as times are stored.
template <class Timestamp>
absl::Time TimeFrom(const Timestamp& message) {
  return absl::FromUnixSeconds(message.seconds()) + absl::Microseconds(message.nanos() / 1000);
}

// Rounds down to nanoseconds.
template <class Timestamp>
void SetTime(absl::Time time, Timestamp* message) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  message->set_seconds(seconds);
  message->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

template <class Date>
absl::CivilDay DayFrom(const Date& message) {
  return absl::CivilDay(message.year(), message.month(), message.day());
}

template <class Date>
void SetDay(absl::CivilDay day, Date* message) {
  message->set_year(static_cast<int32_t>(day.year()));
  message->set_month(day.month());
  message->set_day(day.day());
}

}  // namespace crm::rpc
