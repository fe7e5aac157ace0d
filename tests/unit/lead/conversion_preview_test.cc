#include "services/lead/domain/conversion_preview.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lead/fake_conversion_facts.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using testing::At;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeConversionFacts;
using ::testing::IsEmpty;
using testing::kStart;

Lead Ready() {
  Lead lead = testing::LeadIn(LeadState::kQualified);
  lead.activities.two_way = true;
  return lead;
}

ConversionPlan Plan(const std::string& override_reason = "") {
  ConversionPlan plan;
  plan.display_name = "A sale";
  plan.override_reason = override_reason;
  return plan;
}

std::vector<std::string> Reasons(const Lead& lead, const ConversionFacts& facts,
                                 const ConversionPlan& plan = Plan()) {
  std::vector<std::string> reasons;
  for (const ConversionObstacle& obstacle :
       PreviewOf(lead, plan, facts, At(kStart + absl::Hours(1))).obstacles) {
    EXPECT_NE(obstacle.text, "");
    reasons.push_back(obstacle.reason);
  }
  return reasons;
}

TEST(ConversionPreviewTest, NothingStandsInTheWayOfALeadThatIsReady) {
  EXPECT_THAT(Reasons(Ready(), FakeConversionFacts::AllThere()), IsEmpty());
}

TEST(ConversionPreviewTest, AllThatStandsInTheWayIsTold) {
  const ConversionFacts there = FakeConversionFacts::AllThere();
  for (const auto& [state, name] : kLeadStateNames) {
    if (state == LeadState::kUnspecified || state == LeadState::kQualified) continue;
    EXPECT_THAT(Reasons(testing::LeadIn(state), there), ElementsAre("STATE_INVALID")) << name;
  }
  Lead silent = Ready();
  silent.activities.two_way = false;
  EXPECT_THAT(Reasons(silent, there), ElementsAre("GATES_UNMET"));
  EXPECT_THAT(Reasons(silent, there, Plan("met him")), IsEmpty());
  ConversionFacts archived = there;
  archived.pipeline_archived = true;
  EXPECT_THAT(Reasons(Ready(), archived), ElementsAre("STATE_INVALID"));
  EXPECT_THAT(Reasons(silent, {}),
              ElementsAre("GATES_UNMET", "REFERENCE_NOT_FOUND", "REFERENCE_NOT_FOUND"));
}

TEST(ConversionPreviewTest, EveryFieldSaysWhereItComesFrom) {
  Lead lead = Ready();
  lead.buying_role = BuyingRole::kDecisionMaker;
  lead.interests = {"GTX Pro", "GTX Basic"};
  lead.source = LeadSource::kReferral;
  lead.external_id = "deal-1";
  lead.attributes = {{"region", "north"}};
  Assessment need;
  need.criterion = Criterion::kNeed;
  need.finding = Finding::kMet;
  need.observation = "forty presses";
  lead.assessments = {need};
  const std::string contact = "contacts/" + lead.contact.ToString();
  const auto fields = [&](const ConversionPlan& plan) {
    return PreviewOf(lead, plan, FakeConversionFacts::AllThere(), At(kStart)).fields;
  };
  EXPECT_THAT(fields(Plan()),
              ElementsAre(PlannedField{"display_name", "A sale", FieldOrigin::kRequest},
                          PlannedField{"contact", contact, FieldOrigin::kLead},
                          PlannedField{"lead", LeadName(lead.id), FieldOrigin::kLead},
                          PlannedField{"pipeline", "pipelines/default", FieldOrigin::kDefault},
                          PlannedField{"owner", "agent", FieldOrigin::kLead},
                          PlannedField{"contact_roles", contact + " DECISION_MAKER primary",
                                       FieldOrigin::kLead},
                          PlannedField{"lead_source", "REFERRAL", FieldOrigin::kLead},
                          PlannedField{"interests", "GTX Pro", FieldOrigin::kLead},
                          PlannedField{"interests", "GTX Basic", FieldOrigin::kLead},
                          PlannedField{"needs", "forty presses", FieldOrigin::kLead},
                          PlannedField{"attributes", "region = north", FieldOrigin::kLead},
                          PlannedField{"external_id", "deal-1", FieldOrigin::kLead}));
  ConversionPlan plan = Plan();
  plan.amount = base::Money{"USD", 7};
  plan.expected_close_date = absl::CivilDay(2026, 3, 1);
  plan.owner = "boss";
  plan.pipeline = "pipelines/renewals";
  const auto asked = fields(plan);
  EXPECT_THAT(asked, Contains(PlannedField{"amount", "7 USD", FieldOrigin::kRequest}));
  EXPECT_THAT(asked,
              Contains(PlannedField{"expected_close_date", "2026-03-01", FieldOrigin::kRequest}));
  EXPECT_THAT(asked, Contains(PlannedField{"owner", "boss", FieldOrigin::kRequest}));
  EXPECT_THAT(asked,
              Contains(PlannedField{"pipeline", "pipelines/renewals", FieldOrigin::kRequest}));
}

TEST(ConversionPreviewTest, ALeadIsLeftAsItIs) {
  const Lead lead = Ready();
  Lead before = lead;
  PreviewOf(lead, Plan(), FakeConversionFacts::AllThere(), At(kStart));
  EXPECT_EQ(lead, before);
}

TEST(ConversionPreviewTest, AnEmployerIsALiveOrganizationAndOfAPerson) {
  const Lead lead = Ready();
  ConversionFacts facts = FakeConversionFacts::AllThere();
  ConversionPlan plan = Plan();
  plan.employer.emplace().display_name = "Acme";
  EXPECT_THAT(Reasons(lead, facts, plan), IsEmpty());
  facts.organization = "contacts/" + lead.contact.ToString();
  EXPECT_THAT(Reasons(lead, facts, plan), ElementsAre("STATE_INVALID"));
  EXPECT_THAT(Reasons(lead, facts), IsEmpty()) << "who asks for none";
  facts.organization.clear();
  plan.employer->organization = testing::IdOf(7);
  facts.employer.missing = true;
  EXPECT_THAT(Reasons(lead, facts, plan), ElementsAre("REFERENCE_NOT_FOUND"));
}

}  // namespace
}  // namespace crm::lead
