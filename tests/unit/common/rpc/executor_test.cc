// Who runs with whom, and when.

#include <gmock/gmock.h>

#include "tests/unit/common/rpc/executor_fixture.h"

namespace crm::rpc {
namespace {

using ::testing::ElementsAre;

TEST_F(ExecutorTest, TellsForHowLongTheOldestRunningBatchHasRun) {
  Start({});
  EXPECT_EQ(executor_->LongestRun(), absl::ZeroDuration());
  OccupyReadWorker();
  Advance(absl::Milliseconds(20));
  Submit(writes_, Call(1));
  ASSERT_TRUE(writes_.AwaitBatches(1));
  EXPECT_EQ(executor_->LongestRun(), absl::Milliseconds(20));
  reads_.OpenGate();
  EXPECT_TRUE(testing::Await(absl::Seconds(10),
                             [&] { return executor_->LongestRun() == absl::ZeroDuration(); }));
}

TEST_F(ExecutorTest, OneCallIsABatchOfOne) {
  Start({});
  Submit(reads_, Call(7));
  ASSERT_TRUE(reads_.AwaitBatches(1));
  EXPECT_THAT(reads_.Batches(), ElementsAre(ElementsAre(7)));
}

TEST_F(ExecutorTest, WhatWaitsForAMethodIsTakenTogetherUpToItsLimit) {
  Start({});
  OccupyReadWorker();
  for (int i = 1; i <= 5; ++i) Submit(reads_, Call(i));
  reads_.OpenGate();
  ASSERT_TRUE(reads_.AwaitBatches(3));
  EXPECT_THAT(reads_.Batches(),
              ElementsAre(ElementsAre(0), ElementsAre(1, 2, 3), ElementsAre(4, 5)));
}

TEST_F(ExecutorTest, WithoutBatchingEveryCallRunsAlone) {
  Start({.batching = false});
  OccupyReadWorker();
  for (int i = 1; i <= 2; ++i) Submit(reads_, Call(i));
  reads_.OpenGate();
  ASSERT_TRUE(reads_.AwaitBatches(3));
  EXPECT_THAT(reads_.Batches(), ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(2)));
}

TEST_F(ExecutorTest, TheMethodThatWaitsLongestIsNext) {
  Start({});
  OccupyReadWorker();
  others_.ShutGate();
  Submit(others_, Call(1));
  Advance(absl::Milliseconds(1));
  Submit(reads_, Call(2));
  reads_.OpenGate();
  ASSERT_TRUE(others_.AwaitBatches(1));
  EXPECT_EQ(reads_.Batches().size(), 1u);
  others_.OpenGate();
  EXPECT_TRUE(reads_.AwaitBatches(2));
}

TEST_F(ExecutorTest, TenantsTakeTurnsInABatchAndEachOnesCallsKeepTheirOrder) {
  Start({});
  OccupyReadWorker();
  for (int i = 1; i <= 5; ++i) Submit(reads_, Call("many", i));
  for (int i = 11; i <= 12; ++i) Submit(reads_, Call("few", i));
  reads_.OpenGate();
  ASSERT_TRUE(reads_.AwaitBatches(4));
  EXPECT_THAT(reads_.Batches(), ElementsAre(ElementsAre(0), ElementsAre(1, 11, 2),
                                            ElementsAre(12, 3, 4), ElementsAre(5)));
}

TEST_F(ExecutorTest, TenantsTakeTurnsAmongMethodsToo) {
  Start({});
  OccupyReadWorker();
  for (int i = 1; i <= 7; ++i) Submit(reads_, Call("many", i));
  others_.ShutGate();
  Submit(others_, Call("few", 11));
  reads_.OpenGate();
  ASSERT_TRUE(others_.AwaitBatches(1));
  EXPECT_THAT(reads_.Batches(), ElementsAre(ElementsAre(0), ElementsAre(1, 2, 3)));
  others_.OpenGate();
  EXPECT_TRUE(reads_.AwaitBatches(4));
}

// The known-bad variant of the two above.
TEST_F(ExecutorTest, WithoutTurnsATenantWithFewCallsWaitsForTheOneWithMany) {
  Start({.fair = false});
  OccupyReadWorker();
  for (int i = 1; i <= 5; ++i) Submit(reads_, Call("many", i));
  Submit(reads_, Call("few", 11));
  reads_.OpenGate();
  ASSERT_TRUE(reads_.AwaitBatches(3));
  EXPECT_THAT(reads_.Batches(),
              ElementsAre(ElementsAre(0), ElementsAre(1, 2, 3), ElementsAre(4, 5, 11)));
}

TEST_F(ExecutorTest, NoTenantTakesAllPlaces) {
  Start({.max_queued = 90});
  OccupyReadWorker();
  int taken = 0;
  while (!Submit(reads_, Call("many", taken + 1))) ++taken;
  EXPECT_EQ(taken, 80);
  EXPECT_EQ(executor_->WouldRefuse(Lane::kRead, "many", Now()), Refusal::kQueueFull);
  EXPECT_EQ(executor_->WouldRefuse(Lane::kRead, "few", Now()), std::nullopt);
  EXPECT_EQ(Submit(reads_, Call("few", 100)), std::nullopt);
}

TEST_F(ExecutorTest, SlownessIsForThoseWhoseCallsWait) {
  Start({.max_wait = absl::Seconds(1)});
  OccupyReadWorker();
  for (int i = 1; i <= 5; ++i) Submit(reads_, Call("many", i));
  Advance(absl::Milliseconds(1001));
  EXPECT_EQ(executor_->WouldRefuse(Lane::kRead, "many", Now()), Refusal::kQueueSlow);
  EXPECT_EQ(executor_->WouldRefuse(Lane::kRead, "few", Now()), std::nullopt);
  EXPECT_EQ(Submit(reads_, Call("few", 11)), std::nullopt);
  EXPECT_EQ(executor_->WouldRefuse(Lane::kRead, "few", Now()), std::nullopt) << "below its share";
  Advance(absl::Milliseconds(1001));
  reads_.OpenGate();
  // The first batch: 1, 11 and 2. Two of "many" wait behind it, none of "few".
  ASSERT_TRUE(reads_.AwaitBatches(3));
  EXPECT_THAT(reads_.Batches(), ElementsAre(ElementsAre(0), ElementsAre(11), ElementsAre(3, 4, 5)));
  EXPECT_THAT(reads_.Refused(),
              ElementsAre(Pair(1, Refusal::kQueueSlow), Pair(2, Refusal::kQueueSlow)));
}

TEST_F(ExecutorTest, NoLaneWaitsBehindAnother) {
  Start({});
  OccupyReadWorker();
  Submit(writes_, Call(1));
  EXPECT_TRUE(writes_.AwaitBatches(1));
  Submit(own_, Call(2));
  EXPECT_TRUE(own_.AwaitBatches(1));
}
}  // namespace
}  // namespace crm::rpc
