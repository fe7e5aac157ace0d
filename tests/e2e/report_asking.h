#pragma once

#include <gtest/gtest.h>

#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "clients/cpp/client.h"
#include "common/rpc/proto_values.h"
#include "tests/e2e/report_facts.h"
#include "tests/support/server_folder.h"

// How reports are asked about the real data.
namespace crm::testing {

inline constexpr absl::CivilDay kFirstDay(2016, 10, 1);
inline constexpr absl::CivilDay kLastDay(2017, 12, 31);

inline absl::Time Midnight(absl::CivilDay day) { return absl::FromCivil(day, absl::UTCTimeZone()); }

template <class Request>
client::ResponseOf<Request> Ask(const client::Client& client, const Request& request) {
  const auto response = client.Call(request);
  if (!response.ok()) Abort(response.status().ToString());
  return *response;
}

template <class Request>
Request AsOf(absl::CivilDay day) {
  Request request;
  rpc::SetTime(Midnight(day), request.mutable_view()->mutable_as_of());
  return request;
}

template <class Request>
Request Within(absl::CivilDay start, absl::CivilDay end) {
  Request request = AsOf<Request>(kLastDay);
  rpc::SetDay(start, request.mutable_period()->mutable_start());
  rpc::SetDay(end, request.mutable_period()->mutable_end());
  return request;
}

// Each figure has its name once.
inline void Put(Figures& figures, const std::string& name, double value) {
  EXPECT_TRUE(figures.emplace(name, value).second) << name;
}

}  // namespace crm::testing
