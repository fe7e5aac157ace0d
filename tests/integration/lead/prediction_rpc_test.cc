#include <cmath>

#include "services/lead/prediction/daily_training.h"
#include "tests/integration/lead/prediction_fixture.h"

namespace crm::lead::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(PredictionServiceTest, TooFewLeadsSayHowManyThereAre) {
  const std::string open = Working(type::v1::LEAD_SOURCE_WEB, "weaving");
  EXPECT_EQ(Outcome(ChanceOf(open)), "FAILED_PRECONDITION MODEL_MISSING");
  EXPECT_EQ(Outcome(Predict(&PredictionStub::GetModel, v1::GetModelRequest())),
            "FAILED_PRECONDITION MODEL_MISSING");
  EndMany({{true, type::v1::LEAD_SOURCE_WEB, "weaving", 2},
           {false, type::v1::LEAD_SOURCE_WEB, "weaving", 3}});
  const int asked = Service().organizations().calls();
  const auto trained = Train();
  EXPECT_EQ(Outcome(trained), "FAILED_PRECONDITION OUTCOMES_TOO_FEW");
  EXPECT_THAT(std::string(trained.status().message()),
              HasSubstr("2 leads were converted and 3 disqualified; 50 and 50 are needed"));
  EXPECT_EQ(Metadata(trained.status(), "converted"), "2");
  EXPECT_EQ(Metadata(trained.status(), "notConverted"), "3");
  EXPECT_EQ(Reason(Predict(&PredictionStub::EvaluateModel, v1::EvaluateModelRequest())),
            "OUTCOMES_TOO_FEW");
  EXPECT_EQ(Service().organizations().calls(), asked);
}

TEST_F(PredictionServiceTest, LearnsFromFinishedLeadsAndSaysWhy) {
  EndEnough();
  const auto trained = Train();
  ASSERT_TRUE(trained.ok()) << trained.status();
  EXPECT_EQ(trained->model().revision(), 1);
  EXPECT_EQ(trained->model().converted(), 55);
  EXPECT_EQ(trained->model().not_converted(), 60);
  EXPECT_EQ(trained->model().actor(), "agent-7");
  EXPECT_EQ(trained->model().factors_size(), 0);

  const v1::PredictionModel model = Model();
  ASSERT_EQ(model.factors_size(), 3) << "source, industry and interest";
  EXPECT_NEAR(model.prior_log_odds(), std::log(56.0 / 61), 1e-9);
  const v1::FactorWeights& source = model.factors(0);
  EXPECT_EQ(source.factor(), v1::PREDICTION_FACTOR_SOURCE);
  ASSERT_EQ(source.values_size(), 2);
  EXPECT_EQ(source.values(0).value(), "REFERRAL");
  EXPECT_EQ(source.values(0).converted(), 45);
  EXPECT_EQ(source.values(0).not_converted(), 10);
  const double referral = std::log(46.0 / 57) - std::log(11.0 / 62);
  EXPECT_NEAR(source.values(0).weight(), referral, 1e-9);
  ASSERT_EQ(model.factors(1).values_size(), 1) << "of all ways to write it";
  EXPECT_EQ(model.factors(1).values(0).value(), "weaving");
  EXPECT_NEAR(model.factors(1).values(0).weight(), 0, 1e-9);

  const auto good = ChanceOf(Working(type::v1::LEAD_SOURCE_REFERRAL, "weaving"));
  ASSERT_TRUE(good.ok()) << good.status();
  EXPECT_NEAR(good->log_odds(), std::log(56.0 / 61) + referral, 1e-9);
  EXPECT_NEAR(good->probability(), 1 / (1 + std::exp(-good->log_odds())), 1e-9);
  EXPECT_EQ(good->model_revision(), 1);
  ASSERT_EQ(good->contributions_size(), 12);
  EXPECT_EQ(good->contributions(0).value(), "REFERRAL");
  EXPECT_EQ(good->contributions(0).use(), v1::FACT_USE_COUNTED);
  EXPECT_EQ(good->contributions(0).converted(), 45);
  EXPECT_EQ(good->contributions(1).factor(), v1::PREDICTION_FACTOR_BUYING_ROLE);
  EXPECT_EQ(good->contributions(1).use(), v1::FACT_USE_NOT_KNOWN);
  EXPECT_LT(ChanceOf(Working(type::v1::LEAD_SOURCE_WEB, "weaving"))->probability(),
            good->probability());
  const auto strange = ChanceOf(Working(type::v1::LEAD_SOURCE_PARTNER, "whaling"));
  EXPECT_EQ(strange->contributions(0).use(), v1::FACT_USE_NOT_LEARNED);
  EXPECT_NEAR(strange->log_odds(), model.prior_log_odds(), 1e-9);
}

TEST_F(PredictionServiceTest, OnlyWhatWasKnownWhenTheyEndedIsLearned) {
  EndEnough();
  const std::string late = End({false, type::v1::LEAD_SOURCE_WEB, "weaving", 1});
  ASSERT_TRUE(Train().ok());
  // What is changed and done afterwards.
  v1::UpdateLeadRequest update;
  update.mutable_lead()->set_name(late);
  update.mutable_lead()->set_source(type::v1::LEAD_SOURCE_REFERRAL);
  update.mutable_lead()->set_buying_role(type::v1::BUYING_ROLE_BLOCKER);
  update.mutable_update_mask()->add_paths("source");
  update.mutable_update_mask()->add_paths("buying_role");
  ASSERT_TRUE(Call(&Stub::UpdateLead, update).ok());
  ASSERT_TRUE(Log(late, v1::ACTIVITY_TYPE_CALL, v1::ACTIVITY_DIRECTION_OUTBOUND).ok());
  EXPECT_EQ(Train()->model().revision(), 1) << "nothing else was learned";
  // A duplicate says nothing about chances.
  Disqualify(Working(type::v1::LEAD_SOURCE_WEB, "weaving"), v1::DISQUALIFY_REASON_DUPLICATE);
  EXPECT_EQ(Train()->model().revision(), 1);
  // Nor does one that is deleted.
  v1::DeleteLeadRequest remove;
  remove.set_name(End({false, type::v1::LEAD_SOURCE_WEB, "weaving", 1}));
  ASSERT_TRUE(Call(&Stub::DeleteLead, remove).ok());
  EXPECT_EQ(Train()->model().revision(), 1);
  // Nor one that has not ended after all.
  v1::ReopenLeadRequest reopen;
  reopen.set_name(late);
  reopen.set_reason("back again");
  ASSERT_TRUE(Call(&Stub::ReopenLead, reopen).ok());
  const auto again = Train();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->model().revision(), 2);
  EXPECT_EQ(again->model().not_converted(), 60);
}

TEST_F(PredictionServiceTest, RevisionsAreKept) {
  EndEnough();
  const std::string id = NewUuid();
  const auto first = Train(id);
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string open = Working(type::v1::LEAD_SOURCE_REFERRAL, "weaving");
  const auto before = ChanceOf(open);
  End({true, type::v1::LEAD_SOURCE_REFERRAL, "weaving", 1});
  End({false, type::v1::LEAD_SOURCE_WEB, "weaving", 1});
  EXPECT_EQ(Train(id)->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(Train()->model().revision(), 2);
  EXPECT_GT(ChanceOf(open)->probability(), before->probability());
  EXPECT_EQ(ChanceOf(open, 1)->SerializeAsString(), before->SerializeAsString());
  EXPECT_EQ(Outcome(ChanceOf(open, 9)), "NOT_FOUND RESOURCE_NOT_FOUND");
  EXPECT_EQ(Outcome(ChanceOf("leads/" + NewUuid())), "NOT_FOUND RESOURCE_NOT_FOUND");

  v1::ListModelsRequest list;
  list.set_page_size(1);
  std::vector<int64_t> revisions;
  do {
    const auto page = Predict(&PredictionStub::ListModels, list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& model : page->models()) revisions.push_back(model.revision());
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_THAT(revisions, ElementsAre(2, 1));

  Service().Sql("UPDATE prediction_model SET factors = '[[\"ZODIAC\", []]]' WHERE tenant = '" +
                tenant() + "' AND revision = 2");
  EXPECT_EQ(Outcome(ChanceOf(open)), "DATA_LOSS DATA_DAMAGED");
  EXPECT_TRUE(ChanceOf(open, 1).ok());
}

TEST_F(PredictionServiceTest, TellsHowWellTheNewestAreForetold) {
  EndEnough();
  const auto response = Predict(&PredictionStub::EvaluateModel, v1::EvaluateModelRequest());
  ASSERT_TRUE(response.ok()) << response.status();
  const v1::PredictionEvaluation& found = response->evaluation();
  EXPECT_EQ(found.learned_converted() + found.learned_not_converted(), 92);
  EXPECT_EQ(found.tested_converted() + found.tested_not_converted(), 23);
  ASSERT_TRUE(found.all_factors().has_auc());
  EXPECT_GT(found.all_factors().auc(), .6);
  EXPECT_LT(found.all_factors().brier_score(), found.reference_brier_score());
  EXPECT_EQ(found.all_factors().reliability_size(), 10);
  EXPECT_EQ(found.all_factors().auc(), found.without_findings().auc());
  EXPECT_EQ(Outcome(Predict(&PredictionStub::GetModel, v1::GetModelRequest())),
            "FAILED_PRECONDITION MODEL_MISSING")
      << "nothing was stored";

  Service().organizations().SetAway(true);
  EXPECT_EQ(Outcome(Train()), "UNAVAILABLE NEIGHBOUR_UNAVAILABLE");
  EXPECT_EQ(Outcome(ChanceOf(Working(type::v1::LEAD_SOURCE_WEB, "weaving"))),
            "UNAVAILABLE NEIGHBOUR_UNAVAILABLE");
  Service().organizations().SetAway(false);
}

TEST_F(PredictionServiceTest, EveryTenantsModelIsLearnedOnceADay) {
  EndEnough();
  DailyTraining training(Service().predictions(), Service().models());
  const auto walk = [&] {
    absl::StatusOr<bool> more = true;
    int steps = 0;
    while (more.ok() && *more) {
      more = training.Turn();
      ++steps;
    }
    EXPECT_TRUE(more.ok()) << more.status();
    return steps;
  };
  const auto due = [] { Service().Sql("UPDATE training_turn SET due_time = now()"); };
  due();
  // Whoever has the step has it alone; if it dies, the next one takes the same step.
  ASSERT_TRUE(
      Service().models().ClaimTraining(absl::Hours(1), base::Deadline::None())->has_value());
  EXPECT_EQ(walk(), 1);
  EXPECT_EQ(Outcome(Predict(&PredictionStub::GetModel, v1::GetModelRequest())),
            "FAILED_PRECONDITION MODEL_MISSING");
  due();
  EXPECT_GT(walk(), 1);
  EXPECT_EQ(Model().revision(), 1);
  EXPECT_EQ(Model().actor(), "crm-lead");
  End({true, type::v1::LEAD_SOURCE_REFERRAL, "weaving", 1});
  EXPECT_EQ(walk(), 1) << "not before tomorrow";
  EXPECT_EQ(Model().revision(), 1);
  due();
  EXPECT_GT(walk(), 1);
  EXPECT_EQ(Model().revision(), 2);
}

}  // namespace
}  // namespace crm::lead::testing
