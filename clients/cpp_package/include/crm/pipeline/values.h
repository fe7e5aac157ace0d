#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/civil_time.h>

#include <string>

#include "crm/type/v1/date.pb.h"
#include "crm/type/v1/money.pb.h"

namespace crm::pipeline {

// MakeMoney("EUR", "96000.50"), by the digits that the currency has. INVALID_ARGUMENT for what is
// no amount, finer than the currency's smallest unit, or beyond 64 bits of it.
absl::StatusOr<type::v1::Money> MakeMoney(absl::string_view currency, absl::string_view amount);
// "96000.50", exactly.
std::string AmountOf(const type::v1::Money& money);

type::v1::Date ToDate(absl::CivilDay day);
absl::CivilDay DateOf(const type::v1::Date& date);

}  // namespace crm::pipeline
