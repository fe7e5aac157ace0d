#include "clients/crmctl/import/deal_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crm::crmctl {
namespace {

using lead::v1::LeadState;
using opportunity::v1::StageType;
using testing::ElementsAre;

DealRecord Deal(Target target, bool own_contact = false) {
  DealRecord deal;
  deal.key = "D1";
  deal.lead_id = base::Uuid(1, 1);
  deal.contact_id = base::Uuid(2, 2);
  if (!own_contact) deal.reference = "Acme";
  deal.contact_name = "Acme";
  deal.owner = "Ann";
  deal.interests = {"GTX Pro"};
  deal.external_id = "D1";
  deal.title = "Acme – GTX Pro";
  deal.target = target;
  if (target != Target::kWorking) deal.opened = absl::FromUnixSeconds(1000);
  if (target == Target::kWon || target == Target::kLost) deal.closed = absl::FromUnixSeconds(2000);
  if (target == Target::kWon) {
    deal.amount.emplace();
    deal.amount->set_amount_minor(105400);
    deal.amount->set_currency_code("USD");
  }
  return deal;
}

std::vector<Step> StepsOf(DealRecord deal) {
  DealState state;
  std::vector<Step> steps;
  const DealPlan plan({"qualify", "offer", "contract"});
  while (true) {
    const Step step = *plan.Next(deal, state);
    if (step == Step::kDone || steps.size() > 10) return steps;
    steps.push_back(step);
    plan.TakeEffect(deal, step, {}, plan.NextMove(deal, state), &state);
    if (step == Step::kLead) {
      state.lead =
          IsQualifiedAtOnce(deal) ? lead::v1::LEAD_STATE_QUALIFIED : lead::v1::LEAD_STATE_WORKING;
    }
    if (step == Step::kConvert) {
      state.lead = lead::v1::LEAD_STATE_CONVERTED;
      state.opportunity = "opportunities/x";
    }
  }
}

TEST(DealPlanTest, EveryTargetHasItsSteps) {
  EXPECT_THAT(StepsOf(Deal(Target::kNew)), ElementsAre(Step::kLead));
  EXPECT_THAT(StepsOf(Deal(Target::kWorking)), ElementsAre(Step::kLead));
  EXPECT_THAT(StepsOf(Deal(Target::kQualified)), ElementsAre(Step::kLead));
  EXPECT_THAT(StepsOf(Deal(Target::kDisqualified)), ElementsAre(Step::kLead, Step::kDisqualify));
  EXPECT_THAT(StepsOf(Deal(Target::kOpen, true)),
              ElementsAre(Step::kContact, Step::kLead, Step::kConvert));
  EXPECT_THAT(StepsOf(Deal(Target::kWon)), ElementsAre(Step::kLead, Step::kConvert, Step::kWin));
  EXPECT_THAT(StepsOf(Deal(Target::kLost)), ElementsAre(Step::kLead, Step::kConvert, Step::kLose));
}

TEST(DealPlanTest, StagesAreEnteredForwardAndFilledBehindThem) {
  DealRecord deal = Deal(Target::kOpen);
  deal.moves = {{"qualify", absl::FromUnixSeconds(1000)}, {"contract", std::nullopt}};
  deal.probability = 40;
  EXPECT_THAT(StepsOf(deal), ElementsAre(Step::kLead, Step::kConvert, Step::kMove, Step::kFill));
  DealState state;
  state.lead = lead::v1::LEAD_STATE_CONVERTED;
  state.opportunity = "opportunities/x";
  state.stage_type = opportunity::v1::STAGE_TYPE_OPEN;
  state.stage = "contract";
  deal.moves = {{"offer", std::nullopt}};
  EXPECT_EQ(*DealPlan({"qualify", "offer", "contract"}).Next(deal, state), Step::kDone)
      << "never back";
  deal.moves = {{"elsewhere", std::nullopt}};
  EXPECT_EQ(DealPlan({"qualify"}).Next(deal, state).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(DealPlanTest, AnOpportunityWithoutALeadIsOpened) {
  DealRecord deal = Deal(Target::kWon);
  deal.entity = Entity::kOpportunity;
  EXPECT_THAT(StepsOf(deal), ElementsAre(Step::kOpen, Step::kWin));
}

// A lead that an export told of without a date is there since the import: what a later export tells
// happened before. Refusing it would refuse it for ever.
TEST(DealPlanTest, WhatIsThereAlreadyIsNotOvertaken) {
  DealState state;
  EXPECT_EQ(WhenOf(Deal(Target::kWon), state, Step::kWin, nullptr).time,
            absl::FromUnixSeconds(2000));
  state.entered = absl::FromUnixSeconds(1500);
  const When qualify = WhenOf(Deal(Target::kWon), state, Step::kQualify, nullptr);
  EXPECT_EQ(qualify.time, absl::FromUnixSeconds(1500));
  EXPECT_TRUE(qualify.later);
  EXPECT_FALSE(WhenOf(Deal(Target::kWon), state, Step::kWin, nullptr).later);
}

struct Case {
  Target target;
  LeadState lead;
  StageType stage;
  std::optional<Step> next;  // nothing: refused
};

class NextStepTest : public testing::TestWithParam<Case> {};

TEST_P(NextStepTest, FollowsFromWhatIsThere) {
  DealState state;
  state.lead = GetParam().lead;
  state.stage_type = GetParam().stage;
  if (GetParam().lead == lead::v1::LEAD_STATE_CONVERTED) state.opportunity = "opportunities/x";
  const absl::StatusOr<Step> next = DealPlan({}).Next(Deal(GetParam().target), state);
  if (GetParam().next) {
    EXPECT_EQ(*next, *GetParam().next);
  } else {
    EXPECT_EQ(next.status().code(), absl::StatusCode::kFailedPrecondition);
  }
}

constexpr auto kNo = opportunity::v1::STAGE_TYPE_UNSPECIFIED;
constexpr auto kOpenStage = opportunity::v1::STAGE_TYPE_OPEN;
constexpr auto kWonStage = opportunity::v1::STAGE_TYPE_WON;
constexpr auto kLostStage = opportunity::v1::STAGE_TYPE_LOST;

INSTANTIATE_TEST_SUITE_P(
    All, NextStepTest,
    testing::Values(Case{Target::kWorking, lead::v1::LEAD_STATE_UNSPECIFIED, kNo, Step::kLead},
                    Case{Target::kWorking, lead::v1::LEAD_STATE_WORKING, kNo, Step::kDone},
                    Case{Target::kWorking, lead::v1::LEAD_STATE_QUALIFIED, kNo, Step::kDone},
                    Case{Target::kWorking, lead::v1::LEAD_STATE_CONVERTED, kNo, Step::kDone},
                    Case{Target::kWorking, lead::v1::LEAD_STATE_DISQUALIFIED, kNo, Step::kDone},
                    Case{Target::kOpen, lead::v1::LEAD_STATE_NEW, kNo, Step::kWork},
                    Case{Target::kOpen, lead::v1::LEAD_STATE_WORKING, kNo, Step::kQualify},
                    Case{Target::kOpen, lead::v1::LEAD_STATE_QUALIFIED, kNo, Step::kConvert},
                    Case{Target::kOpen, lead::v1::LEAD_STATE_CONVERTING, kNo, Step::kConvert},
                    Case{Target::kOpen, lead::v1::LEAD_STATE_CONVERTED, kNo, Step::kDone},
                    Case{Target::kOpen, lead::v1::LEAD_STATE_CONVERTED, kLostStage, Step::kDone},
                    Case{Target::kOpen, lead::v1::LEAD_STATE_DISQUALIFIED, kNo, std::nullopt},
                    Case{Target::kWon, lead::v1::LEAD_STATE_CONVERTED, kNo, Step::kWin},
                    Case{Target::kWon, lead::v1::LEAD_STATE_CONVERTED, kOpenStage, Step::kWin},
                    Case{Target::kWon, lead::v1::LEAD_STATE_CONVERTED, kWonStage, Step::kDone},
                    Case{Target::kWon, lead::v1::LEAD_STATE_CONVERTED, kLostStage, std::nullopt},
                    Case{Target::kLost, lead::v1::LEAD_STATE_CONVERTED, kOpenStage, Step::kLose},
                    Case{Target::kLost, lead::v1::LEAD_STATE_CONVERTED, kLostStage, Step::kDone},
                    Case{Target::kLost, lead::v1::LEAD_STATE_CONVERTED, kWonStage, std::nullopt}));

TEST(DealPlanTest, WhatIsFilledInIsNoMove) {
  DealState state;
  state.entered = absl::FromUnixSeconds(5000);
  for (const Step step : {Step::kFill, Step::kContact}) {
    const When when = WhenOf(Deal(Target::kOpen), state, step, nullptr);
    EXPECT_FALSE(when.time);
    EXPECT_FALSE(when.later) << "nothing to be warned of";
  }
}

TEST(DealPlanTest, WhatTheStageHasAnywayIsFilledIn) {
  DealRecord deal = Deal(Target::kOpen);
  opportunity::v1::Opportunity found;
  found.set_stage_version(1);
  found.set_probability(20);
  EXPECT_TRUE(IsFilled(deal, found)) << "nothing is to be filled in";
  deal.probability = 60;
  EXPECT_FALSE(IsFilled(deal, found));
  found.set_probability(60);
  EXPECT_TRUE(IsFilled(deal, found)) << "though nobody has set it";
  deal.forecast_category = opportunity::v1::FORECAST_CATEGORY_COMMIT;
  EXPECT_FALSE(IsFilled(deal, found));
  found.set_forecast_category_manual(true);
  EXPECT_TRUE(IsFilled(deal, found)) << "people have been at work";
  found.set_forecast_category_manual(false);
  found.set_stage_version(2);
  EXPECT_TRUE(IsFilled(deal, found));
}

TEST(DealPlanTest, AContactOfItsOwnComesBeforeTheLead) {
  DealState state;
  EXPECT_EQ(*DealPlan({}).Next(Deal(Target::kWon, true), state), Step::kContact);
  state.contact = true;
  EXPECT_EQ(*DealPlan({}).Next(Deal(Target::kWon, true), state), Step::kLead);
}

const When kOpened{absl::FromUnixSeconds(1000)};
const When kClosed{absl::FromUnixSeconds(2000)};

class DealRequestsTest : public testing::Test {
 protected:
  Mapping mapping_;
  ImportIds ids_{"acme", "test"};
  DealRequests requests_{mapping_, ids_};
};

TEST_F(DealRequestsTest, TheLeadIsOwnedInterestedAndWorkedFromTheFirstCall) {
  const auto request = requests_.Lead(Deal(Target::kWon));
  EXPECT_EQ(request.lead().contact(), "contacts/" + base::Uuid(2, 2).ToString());
  EXPECT_EQ(request.lead().owner(), "Ann");
  EXPECT_EQ(request.lead().external_id(), "D1");
  EXPECT_THAT(request.lead().interests(), ElementsAre("GTX Pro"));
  EXPECT_EQ(request.lead_id(), base::Uuid(1, 1).ToString());
  EXPECT_EQ(request.effective_time().seconds(), 1000);
  EXPECT_EQ(request.first_activity().occur_time().seconds(), 1000);
}

TEST_F(DealRequestsTest, ADealWithoutADateCarriesNoTimeAtAll) {
  const auto request = requests_.Lead(Deal(Target::kWorking));
  EXPECT_FALSE(request.has_effective_time());
  EXPECT_TRUE(request.has_first_activity());
  EXPECT_FALSE(request.first_activity().has_occur_time());
}

TEST_F(DealRequestsTest, MovesCarryTheirDatesReasonsAndAmount) {
  EXPECT_EQ(requests_.Qualify(Deal(Target::kWon), kOpened).override_reason(), "imported");
  EXPECT_EQ(requests_.Qualify(Deal(Target::kWon), kOpened).effective_time().seconds(), 1000);
  const auto convert = requests_.Convert(Deal(Target::kWon), kOpened);
  EXPECT_EQ(convert.override_reason(), "imported");
  EXPECT_EQ(convert.opportunity_display_name(), "Acme – GTX Pro");
  EXPECT_FALSE(convert.has_amount()) << "the amount comes with the win";
  const auto win = requests_.Win(Deal(Target::kWon), "opportunities/x", kClosed);
  EXPECT_EQ(win.effective_time().seconds(), 2000);
  EXPECT_EQ(win.amount().amount_minor(), 105400);
  const auto lose = requests_.Lose(Deal(Target::kLost), "opportunities/x", kClosed);
  EXPECT_EQ(lose.loss_reason(), opportunity::v1::LOSS_REASON_OTHER);
  EXPECT_EQ(lose.note(), "imported");
}

TEST_F(DealRequestsTest, EveryRunSendsTheSame) {
  const DealRequests again(mapping_, ids_);
  for (const Target target : {Target::kWorking, Target::kOpen, Target::kWon, Target::kLost}) {
    const DealRecord deal = Deal(target, true);
    EXPECT_EQ(requests_.OwnContact(deal).SerializeAsString(),
              again.OwnContact(deal).SerializeAsString());
    EXPECT_EQ(requests_.Lead(deal).SerializeAsString(), again.Lead(deal).SerializeAsString());
    EXPECT_EQ(requests_.Convert(deal, {}).SerializeAsString(),
              again.Convert(deal, {}).SerializeAsString());
  }
}

}  // namespace
}  // namespace crm::crmctl
