#include "common/base/id_generator.h"
#include "tests/support/fake_clock.h"
#include "tests/support/sequence_id_generator.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace crm::base {
namespace {

TEST(RandomIdGenerator, GivesVersion7IdsOfTheClocksTime) {
  crm::testing::FakeClock clock(absl::FromUnixMillis(0x0123456789ab));
  RandomIdGenerator ids(&clock);
  const Uuid id = ids.New();
  EXPECT_EQ(7, id.Version());
  EXPECT_EQ(0x0123456789abull, id.High() >> 16);
}

TEST(RandomIdGenerator, IsMonotonicWithinAMillisecondAndWhenTheClockStepsBack) {
  crm::testing::FakeClock clock;
  RandomIdGenerator ids(&clock);
  Uuid last = ids.New();
  for (int i = 0; i < 1000; ++i) {
    if (i == 500) clock.Advance(-absl::Seconds(1));
    const Uuid next = ids.New();
    ASSERT_LT(last, next);
    last = next;
  }
}

TEST(RandomIdGenerator, StaysMonotonicWhenTheRandomBitsOverflow) {
  crm::testing::FakeClock clock;
  RandomIdGenerator ids(&clock, [] { return ~uint64_t{0}; });
  const Uuid first = ids.New();
  const Uuid second = ids.New();
  EXPECT_LT(first, second);
  EXPECT_EQ((first.High() >> 16) + 1, second.High() >> 16);
}

TEST(RandomIdGenerator, GivesDistinctIdsToManyThreads) {
  RandomIdGenerator ids(&SystemClock::Instance());
  std::vector<std::vector<Uuid>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) mine.push_back(ids.New());
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<Uuid> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(4000u, all.size());
}

TEST(SequenceIdGenerator, CountsFromOne) {
  crm::testing::SequenceIdGenerator ids;
  EXPECT_EQ("00000000-0000-7000-8000-000000000001", ids.New().ToString());
  EXPECT_EQ(crm::testing::SequenceIdGenerator::At(2), ids.New());
}

TEST(Random, UnitIntervalExcludesOne) {
  EXPECT_EQ(0.0, UnitInterval(0));
  EXPECT_LT(UnitInterval(~uint64_t{0}), 1.0);
  EXPECT_EQ(0.5, UnitInterval(uint64_t{1} << 63));
}

}  // namespace
}  // namespace crm::base
