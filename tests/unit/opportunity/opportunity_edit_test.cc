// Faults known from other systems: hand-set probabilities lost by unrelated edits, moves that keep
// an old probability.

#include <gtest/gtest.h>

#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

TEST(HandSetProbability, SurvivesEveryEditThatDoesNotNameIt) {
  Opportunity it = HandSet();
  for (const OpportunityEdit& edit : EveryEdit()) {
    const Opportunity before = it;
    ASSERT_TRUE(Edit(it, edit, DefaultPipeline()).ok());
    EXPECT_NE(it, before);
    EXPECT_EQ(it.probability, 33);
    EXPECT_TRUE(it.probability_manual);
    EXPECT_EQ(it.category, ForecastCategory::kCommit);
    EXPECT_TRUE(it.category_manual);
  }
  EXPECT_EQ(it.display_name, "Fifty presses");
  EXPECT_EQ(it.payment_terms.net_days, 30);
}

TEST(HandSetProbability, GoesWithTheStageOnEveryMove) {
  for (const Stage& to : DefaultPipeline().stages) {
    Opportunity it = HandSet();
    if (to.key == it.stage) continue;
    if (to.type == StageType::kOpen) {
      ASSERT_TRUE(Move(it, DefaultPipeline(), to.key, On(2)).ok());
    } else if (to.type == StageType::kWon) {
      ASSERT_TRUE(Win(it, DefaultPipeline(), On(2)).ok());
    } else {
      ASSERT_TRUE(Lose(it, DefaultPipeline(), On(2), LossReason::kPrice).ok());
    }
    EXPECT_EQ(it.probability, to.probability);
    EXPECT_FALSE(it.probability_manual);
    EXPECT_EQ(it.category, to.category);
    EXPECT_FALSE(it.category_manual);
  }
}

TEST(HandSetProbability, LeavingWonTakesTheDefaultOfTheStageEntered) {
  Opportunity it = Ready("won");
  EXPECT_EQ(it.probability, 100);
  ASSERT_TRUE(Reopen(it, DefaultPipeline(), "contract", On(2), "contract annulled").ok());
  EXPECT_EQ(it.probability, 90);
  EXPECT_EQ(it.category, ForecastCategory::kCommit);
}

TEST(HandSetProbability, GivingTheValueThereIsChangesNothing) {
  Opportunity it = Ready("proposal");
  const Opportunity before = it;
  OpportunityEdit edit;
  edit.probability = std::make_optional(60);
  edit.category = std::make_optional(ForecastCategory::kBestCase);
  ASSERT_TRUE(Edit(it, edit, DefaultPipeline()).ok());
  EXPECT_EQ(it, before);
}

TEST(HandSetProbability, NamedAndAbsentGoesBackToTheDefault) {
  Opportunity it = HandSet();
  OpportunityEdit edit;
  edit.probability.emplace(std::nullopt);
  edit.category.emplace(std::nullopt);
  ASSERT_TRUE(Edit(it, edit, DefaultPipeline()).ok());
  EXPECT_EQ(it.probability, 60);
  EXPECT_FALSE(it.probability_manual);
  EXPECT_EQ(it.category, ForecastCategory::kBestCase);
  EXPECT_FALSE(it.category_manual);
}

TEST(HandSetProbability, AClosedOpportunityKeepsThatOfItsStage) {
  for (const char* stage : {"won", "lost"}) {
    Opportunity it = Ready(stage);
    const Opportunity before = it;
    OpportunityEdit probability;
    probability.probability = std::make_optional(50);
    probability.display_name = "not this either";
    EXPECT_EQ(error::ReasonOf(Edit(it, probability, DefaultPipeline())), "STATE_INVALID");
    OpportunityEdit category;
    category.category = std::make_optional(ForecastCategory::kCommit);
    EXPECT_EQ(error::ReasonOf(Edit(it, category, DefaultPipeline())), "STATE_INVALID");
    EXPECT_EQ(it, before);
    OpportunityEdit same;
    same.probability = std::make_optional(it.probability);
    same.category = std::make_optional(it.category);
    EXPECT_TRUE(Edit(it, same, DefaultPipeline()).ok());
    EXPECT_EQ(it, before);
  }
}

TEST(HandSetCategory, ClosedBelongsToWonAlone) {
  Opportunity it = Ready("proposal");
  OpportunityEdit edit;
  edit.category = std::make_optional(ForecastCategory::kClosed);
  EXPECT_EQ(error::ReasonOf(Edit(it, edit, DefaultPipeline())), "FIELD_INVALID");
  for (const ForecastCategory category : {ForecastCategory::kPipeline, ForecastCategory::kBestCase,
                                          ForecastCategory::kCommit, ForecastCategory::kOmitted}) {
    edit.category = std::make_optional(category);
    EXPECT_TRUE(Edit(it, edit, DefaultPipeline()).ok());
    EXPECT_EQ(it.category, category);
  }
}

}  // namespace
}  // namespace crm::opportunity::testing
