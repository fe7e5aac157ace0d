#include "services/contact/lifecycle/neighbour_event.h"

#include "tests/integration/contact/lifecycle_fixture.h"

namespace crm::contact::testing {
namespace {

class NeighbourEvents : public LifecycleTest {
 protected:
  const base::Uuid thing_ = ids_.New();
  const base::Uuid contact_ = ids_.New();
};

TEST_F(NeighbourEvents, LeadStagesMeanLiveOrEnded) {
  const std::pair<const char*, ThingState> stages[] = {
      {"NEW", ThingState::kLive},        {"WORKING", ThingState::kLive},
      {"QUALIFIED", ThingState::kLive},  {"CONVERTING", ThingState::kLive},
      {"CONVERTED", ThingState::kEnded}, {"DISQUALIFIED", ThingState::kEnded}};
  for (const auto& [stage, state] : stages) {
    event::v1::StageChanged event = Lead(thing_, contact_, 3, stage);
    event.set_opportunity("opportunities/" + ids_.New().ToString());
    const auto move = MoveOf(event);
    ASSERT_TRUE(move.ok() && move->has_value()) << move.status();
    EXPECT_EQ((*move)->state, state) << stage;
    EXPECT_EQ((*move)->version, 3);
    EXPECT_EQ((*move)->contact, contact_);
    EXPECT_EQ((*move)->lead, thing_);
    EXPECT_EQ((*move)->successor.has_value(), std::string(stage) == "CONVERTED");
  }
}

TEST_F(NeighbourEvents, OpportunitiesAreToldByTypeNeverByTheStagesName) {
  event::v1::StageChanged event = Deal(thing_, contact_, 1, "WON", 500);
  event.set_to_stage("lost");
  const auto move = MoveOf(event);
  ASSERT_TRUE(move.ok() && move->has_value()) << move.status();
  EXPECT_EQ((*move)->state, ThingState::kWon);
  EXPECT_EQ((*move)->amount, (base::Money{"USD", 500}));
  EXPECT_EQ((*move)->owner, "agent-9");
}

TEST_F(NeighbourEvents, TellWhereTheMoveCameFromIfTheyKnow) {
  event::v1::StageChanged lead = Lead(thing_, contact_, 2, "WORKING");
  EXPECT_EQ((*MoveOf(lead))->previous, std::nullopt);
  lead.set_from_stage("NEW");
  EXPECT_EQ((*MoveOf(lead))->previous, ThingState::kLive);
  lead.set_from_stage("DREAMING");
  EXPECT_EQ((*MoveOf(lead))->previous, std::nullopt);
  event::v1::StageChanged deal = Deal(thing_, contact_, 2, "OPEN");
  deal.set_from_stage("won");
  deal.set_from_stage_type("LOST");
  EXPECT_EQ((*MoveOf(deal))->previous, ThingState::kEnded);
}

TEST_F(NeighbourEvents, AreCorrelatedByResourceNamesAlsoThoseOfEarlierVersions) {
  event::v1::StageChanged lead = Lead(thing_, contact_, 1, "NEW");
  event::v1::StageChanged deal = Deal(thing_, contact_, 1, "OPEN");
  for (const char* const correlation :
       {"leads/first-cause", "", "0190aaaa-0000-7000-8000-000000000001"}) {
    const std::string given = correlation[0] == 'l' ? correlation : "";
    lead.set_correlation_id(correlation);
    deal.set_correlation_id(correlation);
    EXPECT_EQ((*MoveOf(lead))->correlation_id, given.empty() ? lead.subject() : given);
    EXPECT_EQ((*MoveOf(deal))->correlation_id, given.empty() ? deal.subject() : given);
  }
  deal.set_lead("leads/" + ids_.New().ToString());
  EXPECT_EQ((*MoveOf(deal))->correlation_id, deal.lead());
}

TEST_F(NeighbourEvents, OthersAreIgnored) {
  event::v1::StageChanged event = Deal(thing_, contact_, 1, "WON");
  event.set_type("crm.contact.account.stage_changed.v1");
  const auto move = MoveOf(event);
  ASSERT_TRUE(move.ok());
  EXPECT_FALSE(move->has_value());
}

TEST_F(NeighbourEvents, DamagedOnesAreRefused) {
  event::v1::StageChanged unknown = Lead(thing_, contact_, 1, "DREAMING");
  event::v1::StageChanged nameless = Deal(thing_, contact_, 1, "OPEN");
  nameless.set_contact("acme");
  event::v1::StageChanged crossed = Deal(thing_, contact_, 1, "OPEN");
  crossed.set_subject("leads/" + thing_.ToString());
  event::v1::StageChanged unnumbered = Deal(thing_, contact_, 0, "OPEN");
  for (const auto& event : {unknown, nameless, crossed, unnumbered}) {
    EXPECT_EQ(MoveOf(event).status().code(), absl::StatusCode::kInvalidArgument)
        << event.ShortDebugString();
  }
}

}  // namespace
}  // namespace crm::contact::testing
