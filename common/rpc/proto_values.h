#pragma once

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <cstdint>

#include "common/base/money.h"

// google.protobuf.Timestamp ⇄ absl::Time, google.protobuf.Duration ← absl::Duration,
// crm.type.v1.Date ⇄ absl::CivilDay, crm.type.v1.Money ⇄ base::Money, on the message type so that
// nothing here depends on generated code. Messages are valid; Validation checks them.
namespace crm::rpc {

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

// Rounds to zero, to whole microseconds.
template <class Duration>
void SetDuration(absl::Duration duration, Duration* message) {
  const int64_t micros = absl::ToInt64Microseconds(duration);
  message->set_seconds(micros / 1'000'000);
  message->set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
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

template <class Money>
base::Money MoneyFrom(const Money& message) {
  return {message.currency_code(), message.amount_minor()};
}

template <class Money>
void SetMoney(const base::Money& money, Money* message) {
  message->set_currency_code(money.currency);
  message->set_amount_minor(money.minor);
}

}  // namespace crm::rpc
