// The faults that other CRMs have, numbered as in the project's domain notes: each that the moves
// of an opportunity could have.

#include <gtest/gtest.h>

#include <algorithm>

#include "services/opportunity/domain/stage_correction.h"
#include "services/opportunity/domain/stage_story.h"
#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

// discovery on day 0, proposal 2, discovery 3, proposal 5, lost 6.
Opportunity LostAfterAReturn() {
  Opportunity it = Fresh();
  for (const Stage& stage : DefaultPipeline().stages) {
    for (const Gate& gate : stage.gates) Meet(gate.kind, it);
  }
  it.loss_reason.reset();
  EXPECT_TRUE(Open(it, DefaultPipeline(), On(0)).ok());
  EXPECT_TRUE(Move(it, DefaultPipeline(), "proposal", On(2)).ok());
  EXPECT_TRUE(Move(it, DefaultPipeline(), "discovery", On(3)).ok());
  EXPECT_TRUE(Move(it, DefaultPipeline(), "proposal", On(5)).ok());
  EXPECT_TRUE(Lose(it, DefaultPipeline(), On(6), LossReason::kPrice, "too dear").ok());
  return it;
}

absl::Duration Days(int days) { return absl::Hours(24) * days; }

const StageTime& In(const std::vector<StageTime>& times, absl::string_view stage) {
  return *std::find_if(times.begin(), times.end(),
                       [stage](const StageTime& it) { return it.stage == stage; });
}

TEST(DomainFaults, Fault03_ALostDealCountsNothingInAForecast) {
  Opportunity it = HandSet();
  ASSERT_TRUE(Lose(it, DefaultPipeline(), On(4), LossReason::kPrice).ok());
  EXPECT_EQ(it.probability, 0);
  EXPECT_EQ(it.category, ForecastCategory::kOmitted);
  const StageChange& change = it.stage_changes.back();
  EXPECT_EQ(change.before->probability, 33) << "what was expected of it is told too";
  EXPECT_EQ(change.before->category, ForecastCategory::kCommit);
  EXPECT_EQ(change.after.probability, 0);
}

TEST(DomainFaults, Fault03_AReentryIsNoNewArrivalAndALostDealStaysInTheFunnel) {
  const Opportunity it = LostAfterAReturn();
  const auto story = Replay(it.stage_changes);
  ASSERT_TRUE(story.ok()) << story.status();
  const std::vector<StageTime> times = TimesInStages(*story, it.stage_enter_time);
  ASSERT_EQ(times.size(), 3u) << "each stage once";
  EXPECT_EQ(In(times, "proposal").visits, 2);
  EXPECT_EQ(In(times, "proposal").first_enter_time, kStart + Days(2)) << "reached once";
  EXPECT_EQ(In(times, "lost").visits, 1);
}

TEST(DomainFaults, Fault04_AnUnrelatedEditKeepsAHandSetProbability) {
  for (const OpportunityEdit& edit : EveryEdit()) {
    Opportunity it = HandSet();
    ASSERT_TRUE(Edit(it, edit, DefaultPipeline()).ok());
    EXPECT_EQ(it.probability, 33);
    EXPECT_TRUE(it.probability_manual);
    EXPECT_EQ(it.category, ForecastCategory::kCommit);
    EXPECT_TRUE(it.category_manual);
  }
}

TEST(DomainFaults, Fault04_EveryVerbTakesTheStagesProbability) {
  Opportunity it = HandSet();
  ASSERT_TRUE(Move(it, DefaultPipeline(), "contract", On(3)).ok());
  EXPECT_EQ(it.probability, 90);
  EXPECT_FALSE(it.probability_manual);
  ASSERT_TRUE(Win(it, DefaultPipeline(), On(4)).ok());
  EXPECT_EQ(it.probability, 100);
}

TEST(DomainFaults, Fault04_LeavingWonDoesNotKeepAHundredPercent) {
  Opportunity it = Ready("won");
  ASSERT_TRUE(Reopen(it, DefaultPipeline(), "proposal", On(3), "they came back").ok());
  EXPECT_EQ(it.probability, 60);
  EXPECT_EQ(it.category, ForecastCategory::kBestCase);
}

TEST(DomainFaults, Fault04_ACorrectedStageBringsItsOwnProbability) {
  Opportunity it = LostAfterAReturn();
  ASSERT_TRUE(Reopen(it, DefaultPipeline(), "proposal", On(7), "again").ok());
  const std::vector<StageChange> history = it.stage_changes;
  ASSERT_TRUE(
      CorrectChange(it, DefaultPipeline(), history, {6, "contract", "wrong column"}, On(8)).ok());
  EXPECT_EQ(it.probability, 90);
  EXPECT_EQ(it.category, ForecastCategory::kCommit);
}

TEST(DomainFaults, Fault05_ARenamedStageIsStillWhatItWas) {
  Pipeline renamed = DefaultPipeline();
  for (Stage& stage : renamed.stages) {
    stage.display_name = stage.type == StageType::kWon ? "Lost" : "Won";
  }
  Opportunity it = Ready("contract", renamed);
  ASSERT_TRUE(Win(it, renamed, On(3)).ok());
  EXPECT_EQ(it.stage_type, StageType::kWon);
  EXPECT_EQ(it.probability, 100);
  EXPECT_EQ(it.stage_changes.back().after.stage_name, "Lost") << "history has the name of its time";
  EXPECT_EQ(it.stage_changes.back().after.type, StageType::kWon);
}

TEST(DomainFaults, Fault09_HistoryHasBothSidesReasonActorAndTheBeginning) {
  const Opportunity it = LostAfterAReturn();
  ASSERT_EQ(it.stage_changes.size(), 5u);
  EXPECT_EQ(it.stage_changes[0].kind, ChangeKind::kOpened) << "the beginning is part of it";
  for (size_t i = 0; i < it.stage_changes.size(); ++i) {
    const StageChange& change = it.stage_changes[i];
    EXPECT_EQ(change.version, static_cast<int64_t>(i) + 1);
    EXPECT_EQ(change.actor, "agent-7");
    EXPECT_EQ(change.owner, "agent-7");
    EXPECT_FALSE(change.after.stage_name.empty());
    ASSERT_EQ(change.before.has_value(), i > 0);
    if (i == 0) continue;
    EXPECT_EQ(change.before, it.stage_changes[i - 1].after) << "nothing was edited in between";
    EXPECT_TRUE(change.time_in_previous_stage.has_value());
  }
  EXPECT_EQ(it.stage_changes[1].met_gates.size(), 5u);
  EXPECT_TRUE(it.stage_changes[1].overridden_gates.empty());
  EXPECT_EQ(it.stage_changes[4].loss_reason, LossReason::kPrice);
  EXPECT_EQ(it.stage_changes[4].reason, "too dear");
}

TEST(DomainFaults, Fault10_TheStageAThingIsInHasATimeToo) {
  Opportunity it = LostAfterAReturn();
  it.stage_changes.pop_back();  // in proposal since day 5
  const auto story = Replay(it.stage_changes);
  ASSERT_TRUE(story.ok()) << story.status();
  const std::vector<StageTime> times = TimesInStages(*story, kStart + Days(9));
  EXPECT_TRUE(In(times, "proposal").running);
  EXPECT_EQ(In(times, "proposal").latest, Days(4));
}

TEST(DomainFaults, Fault10_AReentryCountsInTheTotalAndTheLatestVisitStandsAlone) {
  const Opportunity it = LostAfterAReturn();
  const auto story = Replay(it.stage_changes);
  ASSERT_TRUE(story.ok()) << story.status();
  const std::vector<StageTime> times = TimesInStages(*story, kStart + Days(9));
  EXPECT_EQ(In(times, "proposal").latest, Days(1));
  EXPECT_EQ(In(times, "proposal").total, Days(2));
  EXPECT_EQ(In(times, "discovery").latest, Days(2));
  EXPECT_EQ(In(times, "discovery").total, Days(4));
}

TEST(DomainFaults, Fault11_HistoryKeepsAmountsAndCurrenciesAsTheyWere) {
  Opportunity it = Ready("proposal");
  it.amount = base::Money{"EUR", 50'000};
  ASSERT_TRUE(Move(it, DefaultPipeline(), "contract", On(3)).ok());
  OpportunityEdit edit;
  edit.amount = std::make_optional(base::Money{"USD", 70'000});
  ASSERT_TRUE(Edit(it, edit, DefaultPipeline()).ok());
  ASSERT_TRUE(Win(it, DefaultPipeline(), On(4)).ok());
  EXPECT_EQ(it.stage_changes[0].after.amount, (base::Money{"EUR", 50'000}));
  EXPECT_EQ(it.stage_changes[1].before->amount, (base::Money{"USD", 70'000}));
  EXPECT_EQ(it.stage_changes[1].after.amount, (base::Money{"USD", 70'000}));
}

}  // namespace
}  // namespace crm::opportunity::testing
