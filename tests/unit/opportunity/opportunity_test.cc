#include "services/opportunity/domain/opportunity_moves.h"

#include <gtest/gtest.h>

#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

absl::Status Try(Trigger trigger, Opportunity& it, const Pipeline& pipeline, const Stage& to) {
  switch (trigger) {
    case Trigger::kMove:
      return Move(it, pipeline, to.key, On(2));
    case Trigger::kWin:
      return Win(it, pipeline, On(2));
    case Trigger::kLose:
      return Lose(it, pipeline, On(2), LossReason::kPrice);
    case Trigger::kReopen:
      return Reopen(it, pipeline, to.key, On(2), "they came back");
  }
  return absl::UnknownError("no such trigger");
}

// The rules, written out independently of the table.
bool Legal(Trigger trigger, const Stage& from, const Stage& to) {
  const bool open = from.type == StageType::kOpen;
  switch (trigger) {
    case Trigger::kMove:
      return open && to.type == StageType::kOpen && &from != &to;
    case Trigger::kWin:
      return open;
    case Trigger::kLose:
      return open;
    case Trigger::kReopen:
      return !open && to.type == StageType::kOpen;
  }
  return false;
}

void CheckEveryMove(const Pipeline& pipeline) {
  for (const Trigger trigger : {Trigger::kMove, Trigger::kWin, Trigger::kLose, Trigger::kReopen}) {
    for (const Stage& from : pipeline.stages) {
      for (const Stage& to : pipeline.stages) {
        Opportunity it = Ready(from.key, pipeline);
        const Opportunity before = it;
        const absl::Status status = Try(trigger, it, pipeline, to);
        SCOPED_TRACE(
            absl::StrCat(base::NameOf(kTriggerMethods, trigger), ": ", from.key, " → ", to.key));
        if (!Legal(trigger, from, to)) {
          EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
          EXPECT_EQ(error::ReasonOf(status), "STATE_INVALID");
          EXPECT_EQ(Metadata(status, "state"), from.key);
          EXPECT_EQ(it, before);
          continue;
        }
        ASSERT_TRUE(status.ok()) << status;
        const Stage& reached = trigger == Trigger::kWin    ? pipeline.Won()
                               : trigger == Trigger::kLose ? pipeline.Lost()
                                                           : to;
        EXPECT_EQ(it.stage, reached.key);
        EXPECT_EQ(it.stage_type, reached.type);
        EXPECT_EQ(it.probability, reached.probability);
        EXPECT_EQ(it.category, reached.category);
        EXPECT_FALSE(it.probability_manual);
        EXPECT_FALSE(it.category_manual);
        EXPECT_EQ(it.close_time.has_value(), reached.type != StageType::kOpen);
        EXPECT_EQ(it.loss_reason.has_value(), reached.type == StageType::kLost);
        EXPECT_EQ(it.stage_version, before.stage_version + 1);
        ASSERT_EQ(it.stage_changes.size(), 1u);
        EXPECT_EQ(it.stage_changes[0].version, it.stage_version);
        EXPECT_EQ(it.stage_changes[0].before->stage, from.key);
        EXPECT_EQ(it.stage_changes[0].before->type, from.type);
        EXPECT_EQ(it.stage_changes[0].after.stage, reached.key);
      }
    }
  }
}

// The default pipeline under other keys, so that nothing can hang on a name.
Pipeline Renamed() {
  Pipeline pipeline = DefaultPipeline();
  pipeline.slug = "renamed";
  for (Stage& stage : pipeline.stages) {
    stage.key = stage.type == StageType::kWon    ? "lost"
                : stage.type == StageType::kLost ? "discovery"
                                                 : absl::StrCat("won_", stage.position);
    stage.display_name = "Won";
  }
  return pipeline;
}

TEST(Transition, EveryMoveFromEveryStage) { CheckEveryMove(DefaultPipeline()); }

TEST(Transition, TestsTheTypeOfAStageAndNeverItsName) { CheckEveryMove(Renamed()); }

TEST(Transition, AnIllegalMoveSaysWhereItIsAndWhereItMayGo) {
  Opportunity it = Ready("contract");
  const absl::Status status = Move(it, DefaultPipeline(), "won", On(2));
  EXPECT_EQ(Metadata(status, "resource"), NameOf(it));
  EXPECT_EQ(Metadata(status, "state"), "contract");
  EXPECT_EQ(Metadata(status, "requested"), "won");
  EXPECT_EQ(Metadata(status, "allowedStates"), "discovery,needs_confirmed,proposal,payment_terms");
  EXPECT_EQ(Metadata(status, "useMethod"), "WinOpportunity");

  Opportunity lost = Ready("lost");
  EXPECT_EQ(Metadata(Move(lost, DefaultPipeline(), "proposal", On(2)), "useMethod"),
            "ReopenOpportunity");
  EXPECT_EQ(Metadata(Win(lost, DefaultPipeline(), On(2)), "allowedStates"), "");
}

TEST(Transition, AnUnknownStageIsAMissingReference) {
  Opportunity it = Ready();
  for (const absl::Status& status : {Move(it, DefaultPipeline(), "demo", On(2)),
                                     Reopen(it, DefaultPipeline(), "demo", On(2), "why")}) {
    EXPECT_EQ(error::ReasonOf(status), "REFERENCE_NOT_FOUND");
    EXPECT_EQ(Metadata(status, "resource"), "pipelines/default/stages/demo");
  }
}

TEST(Transition, TheTableHoldsEachKindOnce) { EXPECT_EQ(Transitions().size(), 5u); }

TEST(Opening, EntersTheFirstStageWithItsDefaults) {
  Opportunity it = Fresh();
  Occasion occasion = On(10);
  occasion.effective_time = kStart;
  occasion.request_id = "r";
  occasion.traceparent = "t";
  ASSERT_TRUE(Open(it, DefaultPipeline(), occasion).ok());
  EXPECT_EQ(it.stage, "discovery");
  EXPECT_EQ(it.pipeline, "default");
  EXPECT_EQ(it.probability, 20);
  EXPECT_EQ(it.category, ForecastCategory::kPipeline);
  EXPECT_EQ(it.stage_version, 1);
  EXPECT_EQ(it.open_time, kStart);
  EXPECT_EQ(it.stage_enter_time, kStart);
  ASSERT_EQ(it.stage_changes.size(), 1u);
  const StageChange& change = it.stage_changes[0];
  EXPECT_EQ(change.version, 1);
  EXPECT_FALSE(change.before.has_value());
  EXPECT_FALSE(change.time_in_previous_stage.has_value());
  EXPECT_EQ(change.effective_time, kStart);
  EXPECT_EQ(change.record_time, occasion.now);
  EXPECT_EQ(change.actor, "agent-7");
  EXPECT_EQ(change.owner, "agent-7");
  EXPECT_EQ(change.event_id, occasion.event_id);
  EXPECT_EQ(change.request_id, "r");
  EXPECT_EQ(change.traceparent, "t");
}

TEST(Opening, KeepsWhatWasSetByHandAndSaysSoInTheHistory) {
  Opportunity it = Fresh();
  ASSERT_TRUE(Open(it, DefaultPipeline(), On(0), 55, ForecastCategory::kCommit).ok());
  EXPECT_EQ(it.probability, 55);
  EXPECT_TRUE(it.probability_manual);
  EXPECT_EQ(it.category, ForecastCategory::kCommit);
  EXPECT_TRUE(it.category_manual);
  EXPECT_EQ(it.stage_changes[0].after.probability, 55);
  EXPECT_EQ(it.stage_changes[0].after.category, ForecastCategory::kCommit);
}

TEST(EffectiveTime, MayLieInThePastButNotInTheFuture) {
  Opportunity it = Fresh();
  Occasion occasion = On(5);
  occasion.effective_time = occasion.now + absl::Microseconds(1);
  const absl::Status status = Open(it, DefaultPipeline(), occasion);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(error::ReasonOf(status), "EFFECTIVE_TIME_INVALID");
  EXPECT_EQ(Metadata(status, "latest"), "2026-03-06T00:00:00Z");
  EXPECT_EQ(error::DetailsOf(status)->fields[0].field, "effective_time");
  EXPECT_TRUE(it.stage_changes.empty());
  occasion.effective_time = occasion.now;
  EXPECT_TRUE(Open(it, DefaultPipeline(), occasion).ok());
}

TEST(EffectiveTime, NeverLiesBeforeThePreviousMove) {
  Opportunity it = Ready("proposal");  // entered on day 1
  Occasion occasion = On(9);
  occasion.effective_time = kStart + absl::Hours(24) - absl::Microseconds(1);
  const absl::Status status = Move(it, DefaultPipeline(), "contract", occasion);
  EXPECT_EQ(error::ReasonOf(status), "EFFECTIVE_TIME_INVALID");
  EXPECT_EQ(Metadata(status, "earliest"), "2026-03-02T00:00:00Z");
  EXPECT_EQ(Metadata(status, "latest"), "2026-03-10T00:00:00Z");
  occasion.effective_time = kStart + absl::Hours(24);
  ASSERT_TRUE(Move(it, DefaultPipeline(), "contract", occasion).ok());
  EXPECT_EQ(it.stage_changes[0].time_in_previous_stage, absl::ZeroDuration());
}

TEST(EffectiveTime, BothClocksAreKept) {
  Opportunity it = Ready();
  Occasion occasion = On(30);
  occasion.effective_time = kStart + absl::Hours(48);
  ASSERT_TRUE(Win(it, DefaultPipeline(), occasion).ok());
  EXPECT_EQ(it.close_time, kStart + absl::Hours(48));
  EXPECT_EQ(it.stage_changes[0].effective_time, kStart + absl::Hours(48));
  EXPECT_EQ(it.stage_changes[0].record_time, occasion.now);
  EXPECT_EQ(it.stage_changes[0].time_in_previous_stage, absl::Hours(48));
}

TEST(EffectiveTime, ALaggingClockIsNoErrorOfTheCaller) {
  Opportunity it = Ready("proposal");
  Occasion occasion = On(1);
  occasion.now -= absl::Seconds(1);
  ASSERT_TRUE(Move(it, DefaultPipeline(), "contract", occasion).ok());
  EXPECT_EQ(it.stage_enter_time, kStart + absl::Hours(24));
}

TEST(Losing, OtherNeedsANote) {
  Opportunity it = Opened();
  EXPECT_EQ(error::ReasonOf(Lose(it, DefaultPipeline(), On(1), LossReason::kOther, " ")),
            "FIELD_INVALID");
  ASSERT_TRUE(Lose(it, DefaultPipeline(), On(1), LossReason::kOther, "moved away").ok());
  EXPECT_EQ(it.loss_note, "moved away");
  EXPECT_EQ(it.stage_changes[0].reason, "moved away");
  EXPECT_EQ(it.stage_changes[0].loss_reason, LossReason::kOther);
}

TEST(Reopening, ClearsWhatTheClosingSetAndAsksForNoGates) {
  Opportunity it = Opened();
  ASSERT_TRUE(Lose(it, DefaultPipeline(), On(1), LossReason::kOther, "moved away").ok());
  it.stage_changes.clear();
  ASSERT_TRUE(Reopen(it, DefaultPipeline(), "contract", On(2), "they came back").ok());
  EXPECT_FALSE(it.loss_reason.has_value());
  EXPECT_EQ(it.loss_note, "");
  EXPECT_FALSE(it.close_time.has_value());
  EXPECT_EQ(it.stage_changes[0].reason, "they came back");
  EXPECT_TRUE(it.stage_changes[0].overridden_gates.empty());
  EXPECT_FALSE(it.stage_changes[0].loss_reason.has_value());
}

}  // namespace
}  // namespace crm::opportunity::testing
