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
  deal.interest = "GTX Pro";
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

TEST(DealPlanTest, EveryTargetHasItsSteps) {
  EXPECT_THAT(StepsOf(Deal(Target::kWorking)), ElementsAre(Step::kLead));
  EXPECT_THAT(StepsOf(Deal(Target::kOpen, true)),
              ElementsAre(Step::kContact, Step::kLead, Step::kQualify, Step::kConvert));
  EXPECT_THAT(StepsOf(Deal(Target::kWon)),
              ElementsAre(Step::kLead, Step::kQualify, Step::kConvert, Step::kWin));
  EXPECT_THAT(StepsOf(Deal(Target::kLost)),
              ElementsAre(Step::kLead, Step::kQualify, Step::kConvert, Step::kLose));
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
  const absl::StatusOr<Step> next = NextStep(Deal(GetParam().target), state);
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
                    Case{Target::kOpen, lead::v1::LEAD_STATE_NEW, kNo, Step::kQualify},
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

TEST(DealPlanTest, AContactOfItsOwnComesBeforeTheLead) {
  DealState state;
  EXPECT_EQ(*NextStep(Deal(Target::kWon, true), state), Step::kContact);
  state.contact = true;
  EXPECT_EQ(*NextStep(Deal(Target::kWon, true), state), Step::kLead);
}

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
  EXPECT_EQ(requests_.Qualify(Deal(Target::kWon)).override_reason(), "imported");
  EXPECT_EQ(requests_.Qualify(Deal(Target::kWon)).effective_time().seconds(), 1000);
  const auto convert = requests_.Convert(Deal(Target::kWon));
  EXPECT_EQ(convert.override_reason(), "imported");
  EXPECT_EQ(convert.opportunity_display_name(), "Acme – GTX Pro");
  EXPECT_FALSE(convert.has_amount()) << "the amount comes with the win";
  const auto win = requests_.Win(Deal(Target::kWon), "opportunities/x");
  EXPECT_EQ(win.effective_time().seconds(), 2000);
  EXPECT_EQ(win.amount().amount_minor(), 105400);
  const auto lose = requests_.Lose(Deal(Target::kLost), "opportunities/x");
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
    EXPECT_EQ(requests_.Convert(deal).SerializeAsString(), again.Convert(deal).SerializeAsString());
  }
}

}  // namespace
}  // namespace crm::crmctl
