// PostgreSQL and Redis fail over while the whole fleet is called.

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/fault/callers.h"
#include "tests/fault/deeds.h"
#include "tests/fault/fleet.h"
#include "tests/support/await.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_group.h"

namespace crm::testing {
namespace {

constexpr absl::Duration kMostFailing = absl::Seconds(10);
constexpr int kConnections = 200;

// Until that many more calls were answered.
void AwaitMore(const Callers& callers, int64_t more) {
  const int64_t before = callers.answered();
  EXPECT_TRUE(Await(absl::Minutes(1), [&] { return callers.answered() >= before + more; }));
}

TEST(FleetFailoverTest, NothingAcknowledgedIsLostAndCallsFailForSecondsOnly) {
  PostgresServer primary({.max_connections = kConnections, .synchronous_standby_names = "*"});
  PostgresServer standby({.max_connections = kConnections, .standby_of = &primary});
  RedisGroup redis;
  Fleet fleet({absl::StrCat("127.0.0.1:", primary.port(), ",127.0.0.1:", standby.port()),
               primary.CreateDatabase(), redis.Url()},
              {.drain_delay = absl::ZeroDuration()});
  Callers callers(fleet.addresses());
  callers.Start();
  AwaitMore(callers, 500);
  primary.Crash();
  standby.Promote();
  AwaitMore(callers, 1000);
  const CallReport database = callers.Stop();
  std::printf("PostgreSQL: %s\n", database.Text().c_str());
  EXPECT_EQ(standby.Run("postgres", "SELECT pg_is_in_recovery()"), "f");
  EXPECT_LT(database.FailedFor(), kMostFailing);

  callers.Start();
  AwaitMore(callers, 500);
  RedisServer& first = redis.Primary();
  first.Kill();
  RedisServer& second = redis.Primary();
  EXPECT_NE(&first, &second);
  AwaitMore(callers, 500);
  const CallReport streams = callers.Stop();
  std::printf("Redis: %s\n", streams.Text().c_str());
  EXPECT_LT(streams.FailedFor(), kMostFailing);
  ExpectWhole(callers.deeds(), fleet, second.Url());
}

}  // namespace
}  // namespace crm::testing
