// What becomes of the opportunities of a stage that is removed from its pipeline.

#include <algorithm>
#include <thread>

#include "absl/strings/escaping.h"
#include "absl/synchronization/notification.h"
#include "crm/event/v1/stage_event.pb.h"
#include "tests/integration/opportunity/retirement_fixture.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAre;

TEST_F(RetirementTest, MovesEachWithItsEvent) {
  Fill(8);
  const std::string elsewhere = OpenIn(pipeline_.name()).name();
  const std::string lost = OpenIn(pipeline_.name()).name();
  Move(lost, "offer");
  v1::LoseOpportunityRequest lose;
  lose.set_name(lost);
  lose.set_loss_reason(v1::LOSS_REASON_PRICE);
  ASSERT_TRUE(Call(&Stub::LoseOpportunity, lose).ok());
  RemoveOffer();
  RunToTheEnd(replica_, AtOnce());
  for (const std::string& name : names_) {
    EXPECT_THAT(Way(name), ElementsAre("trial", "offer", "legal"));
    const v1::Opportunity it = Get(name);
    EXPECT_EQ(it.stage(), "legal");
    EXPECT_EQ(it.probability(), 80);
  }
  EXPECT_EQ(Get(elsewhere).stage(), "trial");
  EXPECT_EQ(Get(lost).stage(), "gone");
  const v1::StageChange change = History(names_[0]).back();
  EXPECT_FALSE(change.overridden());
  EXPECT_EQ(change.actor(), "agent-7");

  event::v1::StageChanged event;
  ASSERT_TRUE(event.ParseFromString(absl::HexStringToBytes(
      Sql(absl::StrCat("SELECT encode(payload, 'hex') FROM outbox_in WHERE tenant = '", tenant(),
                       "' AND event_id = '", change.event_id(), "'")))));
  EXPECT_EQ(event.reason(), "PIPELINE_CHANGED");
  EXPECT_EQ(event.kind(), "PIPELINE_CHANGED");
  EXPECT_EQ(event.from_stage(), "offer");
  EXPECT_EQ(event.from_stage_name(), "The offer");
  EXPECT_EQ(event.to_stage(), "legal");
  EXPECT_EQ(event.to_pipeline(), "pipelines/renewals");
}

TEST_F(RetirementTest, NobodyEntersARetiredStageAndWhoIsInItStandsAtItsSuccessor) {
  Fill(2);
  const std::string outside = OpenIn(pipeline_.name()).name();
  RemoveOffer();
  v1::MoveOpportunityRequest move;
  move.set_name(outside);
  move.set_stage("offer");
  EXPECT_EQ(Outcome(Call(&Stub::MoveOpportunity, move)), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
  // Before the mover comes: any way out is open, also to the successor.
  EXPECT_EQ(Move(names_[0], "legal").stage(), "legal");
  EXPECT_EQ(Win(names_[1]).stage(), "sold");
  RunToTheEnd(replica_, AtOnce());
  EXPECT_THAT(Way(names_[0]), ElementsAre("trial", "offer", "legal"));
  EXPECT_THAT(Way(names_[1]), ElementsAre("trial", "offer", "sold"));
}

// A process dies between two batches, at the worst moment: its batch is moved, and that it was is
// not noted. Another goes on, and no move is made twice.
TEST_F(RetirementTest, IsResumedByAnotherProcessWithoutMovingTwice) {
  Fill(11);
  RemoveOffer();
  {
    Replica first(Service().database().pool());
    StageMover mover = first.Mover(AtOnce());
    for (int turn = 0; turn < 2; ++turn) {
      Hasten();
      ASSERT_TRUE(mover.Turn().ok());
    }
  }
  const auto moved = [this] {
    return std::count_if(names_.begin(), names_.end(),
                         [this](const std::string& name) { return Get(name).stage() == "legal"; });
  };
  const auto half = moved();
  EXPECT_GT(half, 0);
  EXPECT_LT(half, 11);
  Hasten(", cursor = NULL");
  Replica second(Service().database().pool());
  RunToTheEnd(second, AtOnce());
  for (const std::string& name : names_) {
    EXPECT_THAT(Way(name), ElementsAre("trial", "offer", "legal"));
  }
}

TEST_F(RetirementTest, IsOneProcessesForTheTimeOfALease) {
  Fill(1);
  RemoveOffer();
  Hasten();
  const auto mine = replica_.retirements().Claim(absl::Hours(1), base::Deadline::After(kPatience));
  ASSERT_TRUE(mine.ok()) << mine.status();
  ASSERT_TRUE(mine->has_value());
  Replica other(Service().database().pool());
  StageMover mover = other.Mover(AtOnce());
  while (*mover.Turn()) {
  }
  EXPECT_EQ(Get(names_[0]).stage(), "offer");
  Hasten();
  RunToTheEnd(other, AtOnce());
  EXPECT_EQ(Get(names_[0]).stage(), "legal");
}

// A move that saw the pipeline before the stage was removed commits after everything was moved.
TEST_F(RetirementTest, ALateWriterIsFoundByTheNextPass) {
  Fill(1);
  const std::string late = OpenIn(pipeline_.name()).name();
  StageMoverOptions options = AtOnce();
  options.grace = absl::Hours(1);
  absl::Notification locked;
  absl::Notification removed;
  Replica slow(Service().database().pool());
  std::thread writer([&] {
    const absl::Status status = slow.Change(tenant(), late, [&](Opportunity& it) {
      if (!locked.HasBeenNotified()) locked.Notify();
      removed.WaitForNotification();
      return opportunity::Move(it, *it.rules.definition, "offer", slow.Now());
    });
    EXPECT_TRUE(status.ok()) << status;
  });
  locked.WaitForNotification();
  RemoveOffer();
  // The first pass; it does not see the one that is late, and the stage stays under watch.
  StageMover mover = replica_.Mover(options);
  for (int turn = 0; turn < 5; ++turn) {
    Hasten();
    EXPECT_TRUE(mover.Turn().ok());
  }
  EXPECT_EQ(Get(names_[0]).stage(), "legal");
  EXPECT_EQ(Pending(), "1");
  removed.Notify();
  writer.join();
  EXPECT_EQ(Get(late).stage(), "offer");
  // An hour later.
  Hasten(", retire_time = retire_time - interval '2 hours', pass_time = NULL, cursor = NULL");
  RunToTheEnd(replica_, options);
  EXPECT_EQ(Get(late).stage(), "legal");
  EXPECT_THAT(Way(late), ElementsAre("trial", "offer", "legal"));
}

TEST_F(RetirementTest, AStageThatIsTakenBackKeepsWhatIsStillInIt) {
  Fill(4);
  RemoveOffer();
  StageMover mover = replica_.Mover(AtOnce(/*batch=*/1));
  Hasten();
  ASSERT_TRUE(mover.Turn().ok());
  v1::Pipeline again = pipeline_;
  again.clear_etag();
  const auto taken_back = UpdatePipeline(again);
  ASSERT_TRUE(taken_back.ok()) << taken_back.status();
  EXPECT_EQ(taken_back->pipeline().retired_stages_size(), 0);
  EXPECT_EQ(Pending(), "0");
  while (*mover.Turn()) {
  }
  int kept = 0;
  for (const std::string& name : names_) kept += Get(name).stage() == "offer" ? 1 : 0;
  EXPECT_GE(kept, 3);
}

}  // namespace
}  // namespace crm::opportunity::testing
