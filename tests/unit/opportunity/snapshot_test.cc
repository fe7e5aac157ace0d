// Faults known from other systems: forecasts that count lost deals, funnels that forget or double,
// hand-set probabilities lost by unrelated edits, moves that keep an old probability.

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

Opportunity HandSet() {
  Opportunity it = Ready("proposal");
  Edit edit;
  edit.probability = std::make_optional(33);
  edit.category = std::make_optional(ForecastCategory::kCommit);
  EXPECT_TRUE(Apply(edit, DefaultPipeline(), it).ok());
  return it;
}

TEST(Forecast, ALostDealCountsNothingHoweverLikelyItOnceWas) {
  Opportunity it = HandSet();
  ASSERT_TRUE(Lose(it, DefaultPipeline(), On(2), LossReason::kPrice).ok());
  EXPECT_EQ(it.probability, 0);
  EXPECT_EQ(it.category, ForecastCategory::kOmitted);
  EXPECT_EQ(it.stage_changes[0].before->probability, 33);
  EXPECT_EQ(it.stage_changes[0].after.probability, 0);
  EXPECT_EQ(it.stage_changes[0].after.category, ForecastCategory::kOmitted);
}

TEST(Funnel, HistoryTellsAFirstArrivalFromAReentryAndKeepsLostDeals) {
  Opportunity it = Ready();
  ASSERT_TRUE(Move(it, DefaultPipeline(), "proposal", On(2)).ok());
  ASSERT_TRUE(Move(it, DefaultPipeline(), "discovery", On(3)).ok());
  ASSERT_TRUE(Move(it, DefaultPipeline(), "proposal", On(5)).ok());
  ASSERT_TRUE(Lose(it, DefaultPipeline(), On(6), LossReason::kPrice).ok());
  std::map<std::string, std::vector<int64_t>> arrivals;
  absl::Duration in_proposal;
  for (const StageChange& change : it.stage_changes) {
    arrivals[change.after.stage].push_back(change.version);
    if (change.before->stage == "proposal") in_proposal += *change.time_in_previous_stage;
  }
  EXPECT_EQ(arrivals["proposal"], (std::vector<int64_t>{2, 4}));
  EXPECT_EQ(arrivals["discovery"], (std::vector<int64_t>{3}));
  EXPECT_EQ(arrivals["lost"], (std::vector<int64_t>{5}));
  EXPECT_EQ(in_proposal, absl::Hours(48));
}

TEST(HandSetProbability, SurvivesEveryEditThatDoesNotNameIt) {
  std::vector<Edit> edits(11);
  edits[0].display_name = "Fifty presses";
  edits[1].owner = "agent-8";
  edits[2].external_id = "D-2";
  edits[3].amount = std::make_optional(base::Money{"EUR", 7});
  edits[4].expected_close_date = std::make_optional(absl::CivilDay(2027, 1, 1));
  edits[5].needs = std::vector<Need>{};
  edits[6].present_supplier = PresentSupplier{SupplierStatus::kNone, "Old Ltd", std::nullopt};
  edits[7].payment_terms = PaymentTerms{PaymentTermsStatus::kProposed, 30, 2, "by bank"};
  edits[8].contract = Contract{ContractStatus::kSent, kStart, std::nullopt};
  edits[9].contact_roles = std::vector<ContactRole>{};
  edits[10].interests = std::vector<std::string>{"press"};
  Opportunity it = HandSet();
  for (const Edit& edit : edits) {
    it.edited = false;
    ASSERT_TRUE(Apply(edit, DefaultPipeline(), it).ok());
    EXPECT_TRUE(it.edited);
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
  Edit edit;
  edit.probability = std::make_optional(60);
  edit.category = std::make_optional(ForecastCategory::kBestCase);
  ASSERT_TRUE(Apply(edit, DefaultPipeline(), it).ok());
  EXPECT_EQ(it, before);
}

TEST(HandSetProbability, NamedAndAbsentGoesBackToTheDefault) {
  Opportunity it = HandSet();
  Edit edit;
  edit.probability.emplace(std::nullopt);
  edit.category.emplace(std::nullopt);
  ASSERT_TRUE(Apply(edit, DefaultPipeline(), it).ok());
  EXPECT_EQ(it.probability, 60);
  EXPECT_FALSE(it.probability_manual);
  EXPECT_EQ(it.category, ForecastCategory::kBestCase);
  EXPECT_FALSE(it.category_manual);
}

TEST(HandSetProbability, AClosedOpportunityKeepsThatOfItsStage) {
  for (const char* stage : {"won", "lost"}) {
    Opportunity it = Ready(stage);
    const Opportunity before = it;
    Edit probability;
    probability.probability = std::make_optional(50);
    probability.display_name = "not this either";
    EXPECT_EQ(error::ReasonOf(Apply(probability, DefaultPipeline(), it)), "STATE_INVALID");
    Edit category;
    category.category = std::make_optional(ForecastCategory::kCommit);
    EXPECT_EQ(error::ReasonOf(Apply(category, DefaultPipeline(), it)), "STATE_INVALID");
    EXPECT_EQ(it, before);
    Edit same;
    same.probability = std::make_optional(it.probability);
    same.category = std::make_optional(it.category);
    EXPECT_TRUE(Apply(same, DefaultPipeline(), it).ok());
    EXPECT_EQ(it, before);
  }
}

TEST(HandSetCategory, ClosedBelongsToWonAlone) {
  Opportunity it = Ready("proposal");
  Edit edit;
  edit.category = std::make_optional(ForecastCategory::kClosed);
  EXPECT_EQ(error::ReasonOf(Apply(edit, DefaultPipeline(), it)), "FIELD_INVALID");
  for (const ForecastCategory category : {ForecastCategory::kPipeline, ForecastCategory::kBestCase,
                                          ForecastCategory::kCommit, ForecastCategory::kOmitted}) {
    edit.category = std::make_optional(category);
    EXPECT_TRUE(Apply(edit, DefaultPipeline(), it).ok());
    EXPECT_EQ(it.category, category);
  }
}

TEST(Pipeline, ChangingAStagesDefaultsChangesNoOpportunity) {
  Pipeline pipeline = DefaultPipeline();
  Opportunity it = Ready("proposal", pipeline);
  for (Stage& stage : pipeline.stages) stage.probability = 1;
  Edit edit;
  edit.owner = "agent-9";
  ASSERT_TRUE(Apply(edit, pipeline, it).ok());
  EXPECT_EQ(it.probability, 60);
}

TEST(Pipeline, TheDefaultOneIsWellFormed) {
  const Pipeline& pipeline = DefaultPipeline();
  std::map<StageType, int> count;
  std::set<std::string> keys;
  int position = 0;
  for (const Stage& stage : pipeline.stages) {
    ++count[stage.type];
    keys.insert(stage.key);
    EXPECT_GT(stage.position, position);
    position = stage.position;
  }
  EXPECT_EQ(count[StageType::kWon], 1);
  EXPECT_EQ(count[StageType::kLost], 1);
  EXPECT_EQ(count[StageType::kOpen], 5);
  EXPECT_EQ(keys.size(), pipeline.stages.size());
  EXPECT_EQ(pipeline.Won().probability, 100);
  EXPECT_EQ(pipeline.Lost().probability, 0);
  EXPECT_EQ(pipeline.First().key, "discovery");
  EXPECT_EQ(FindPipeline("default"), &pipeline);
  EXPECT_EQ(FindPipeline("other"), nullptr);
}

TEST(Names, EachWordComesBackAsItsValue) {
  for (int i = 1; i <= 3; ++i) {
    const auto type = static_cast<StageType>(i);
    EXPECT_EQ(StageTypeOf(NameOf(type)), type);
  }
  for (int i = 1; i <= 5; ++i) {
    const auto category = static_cast<ForecastCategory>(i);
    EXPECT_EQ(ForecastCategoryOf(NameOf(category)), category);
  }
  for (int i = 1; i <= 10; ++i) {
    const auto reason = static_cast<LossReason>(i);
    EXPECT_EQ(LossReasonOf(NameOf(reason)), reason);
  }
  EXPECT_EQ(StageTypeOf("won"), std::nullopt);
}

}  // namespace
}  // namespace crm::opportunity::testing
