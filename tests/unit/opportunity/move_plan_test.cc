// What CheckMove says before anyone tries agrees with what trying says.

#include <gtest/gtest.h>

#include "absl/strings/str_join.h"

#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

absl::Status Try(const MovePlan& plan, Opportunity& it, const Stage& to) {
  switch (plan.trigger.value_or(Trigger::kMove)) {
    case Trigger::kMove:
      return Move(it, DefaultPipeline(), to.key, On(2));
    case Trigger::kWin:
      return Win(it, DefaultPipeline(), On(2));
    case Trigger::kLose:
      return Lose(it, DefaultPipeline(), On(2), LossReason::kPrice);
    case Trigger::kReopen:
      return Reopen(it, DefaultPipeline(), to.key, On(2), "again");
  }
  return absl::UnknownError("no such trigger");
}

std::vector<std::string> Unmet(const MovePlan& plan) {
  std::vector<std::string> names;
  for (const GateCheck& gate : plan.gates) {
    if (!gate.met) names.push_back(GateName(gate));
  }
  return names;
}

TEST(MovePlan, AgreesWithEveryMoveFromEveryStage) {
  for (const Stage& from : DefaultPipeline().stages) {
    for (const bool ready : {true, false}) {
      for (const Stage& to : DefaultPipeline().stages) {
        Opportunity it = Ready(from.key);
        if (!ready) {
          it.needs.clear();
          it.contract = {};
        }
        const auto plan = PlanMove(it, DefaultPipeline(), to.key, On(2).now);
        ASSERT_TRUE(plan.ok()) << plan.status();
        const absl::Status status = Try(*plan, it, to);
        EXPECT_EQ(plan->allowed(), status.ok()) << from.key << " → " << to.key << ": " << status;
        EXPECT_EQ(plan->trigger.has_value(), plan->obstacle.empty());
        EXPECT_EQ(absl::StrJoin(Unmet(*plan), ","), Metadata(status, "gates"));
      }
    }
  }
}

TEST(MovePlan, TellsOfGatesThatAreMetToo) {
  const auto plan = PlanMove(Ready(), DefaultPipeline(), "won", On(2).now);
  ASSERT_TRUE(plan.ok());
  EXPECT_TRUE(plan->allowed());
  EXPECT_EQ(plan->gates.size(), 10u);
}

TEST(MovePlan, CountsTheFinalAmount) {
  Opportunity it = Ready("contract");
  it.amount.reset();
  EXPECT_FALSE(PlanMove(it, DefaultPipeline(), "won", On(2).now)->allowed());
  EXPECT_TRUE(PlanMove(it, DefaultPipeline(), "won", On(2).now, base::Money{"USD", 1})->allowed());
}

TEST(MovePlan, OfADeletedOneHasAnObstacle) {
  Opportunity it = Ready("lost");
  it.delete_time = kStart;
  const auto plan = PlanMove(it, DefaultPipeline(), "proposal", On(2).now);
  EXPECT_FALSE(plan->allowed());
  EXPECT_NE(plan->obstacle, "");
}

TEST(Losing, ToACompetitorMarksItAsChosen) {
  Opportunity it = Ready();
  it.competitors = {{"Old Ltd", CompetitorStatus::kChosen, ""},
                    {"New Ltd", CompetitorStatus::kActive, "cheap"}};
  ASSERT_TRUE(Lose(it, DefaultPipeline(), On(2), LossReason::kCompetition, "", "New Ltd").ok());
  ASSERT_EQ(it.competitors.size(), 2u);
  EXPECT_EQ(it.competitors[0].status, CompetitorStatus::kOut);
  EXPECT_EQ(it.competitors[1], (Competitor{"New Ltd", CompetitorStatus::kChosen, "cheap"}));
}

TEST(Losing, ThatFailsLeavesTheCompetitorsAlone) {
  Opportunity it = Ready("won");
  const Opportunity before = it;
  EXPECT_FALSE(Lose(it, DefaultPipeline(), On(2), LossReason::kPrice, "", "New Ltd").ok());
  EXPECT_EQ(it, before);
  it = Ready();
  it.competitors.resize(kMostCompetitors);
  EXPECT_EQ(error::ReasonOf(Lose(it, DefaultPipeline(), On(2), LossReason::kPrice, "", "New Ltd")),
            "FIELD_INVALID");
  EXPECT_EQ(it.competitors.size(), kMostCompetitors);
}

}  // namespace
}  // namespace crm::opportunity::testing
