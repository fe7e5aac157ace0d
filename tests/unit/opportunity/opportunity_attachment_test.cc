// Leads are attached to opportunities that are there: only what is empty is filled.

#include "services/opportunity/domain/opportunity_attachment.h"

#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

// An open one that came from no lead, of the lead's contact.
Opportunity Unattached() {
  Opportunity it = Opened();
  it.lead.reset();
  return it;
}

LeadFacts FromLead() {
  LeadFacts lead;
  Opportunity& offered = lead.offered;
  offered.lead = Id(30);
  offered.contact = Id(2);
  offered.owner = "agent-9";
  offered.external_id = "deal-1";
  offered.amount = base::Money{"EUR", 700};
  offered.expected_close_date = absl::CivilDay(2026, 9, 1);
  offered.needs = {{"presses", NeedStrength::kUnknown, {}, ""}};
  offered.contact_roles = {{Id(2), BuyingRole::kDecisionMaker, true}};
  offered.interests = {"press"};
  offered.attributes = {{"region", "north"}, {"vip", "yes"}};
  return lead;
}

TEST(Attachment, FillsWhatIsEmptyAndMovesNothing) {
  Opportunity it = Unattached();
  it.owner.clear();
  const Opportunity before = it;
  const LeadFacts lead = FromLead();
  ASSERT_TRUE(Attach(it, lead).ok());
  Opportunity expected = before;
  expected.lead = lead.offered.lead;
  expected.owner = lead.offered.owner;
  expected.external_id = lead.offered.external_id;
  expected.amount = lead.offered.amount;
  expected.expected_close_date = lead.offered.expected_close_date;
  expected.needs = lead.offered.needs;
  expected.contact_roles = lead.offered.contact_roles;
  expected.interests = lead.offered.interests;
  expected.attributes = lead.offered.attributes;
  EXPECT_EQ(it, expected);
}

TEST(Attachment, ChangesNothingThatIsThere) {
  Opportunity it = Unattached();
  it.external_id = "own";
  it.amount = base::Money{"USD", 1};
  it.expected_close_date = absl::CivilDay(2026, 4, 1);
  it.needs = {{"paper", NeedStrength::kStrong, kStart, "agent-7"}};
  it.contact_roles = {{Id(2), BuyingRole::kUnknown, false}, {Id(7), BuyingRole::kBuyer, true}};
  it.interests = {"ink"};
  it.attributes = {{"region", "south"}};
  Opportunity expected = it;
  expected.lead = Id(30);
  expected.contact_roles[0].role = BuyingRole::kDecisionMaker;
  expected.attributes = {{"region", "south"}, {"vip", "yes"}};
  ASSERT_TRUE(Attach(it, FromLead()).ok());
  EXPECT_EQ(it, expected);
}

TEST(Attachment, LineItemsKeepTheirSum) {
  Opportunity it = Unattached();
  it.line_items.emplace_back();
  ASSERT_TRUE(Attach(it, FromLead()).ok());
  EXPECT_EQ(it.amount, std::nullopt);
}

TEST(Attachment, AttributesHaveABound) {
  Opportunity it = Unattached();
  for (int i = 0; i < 49; ++i) it.attributes["k" + std::to_string(i)] = "v";
  ASSERT_TRUE(Attach(it, FromLead()).ok());
  EXPECT_EQ(it.attributes.size(), 50u);
}

TEST(Attachment, OfTheSameLeadItIsAlreadyWhateverHasBecomeOfIt) {
  for (const char* stage : {"proposal", "won", "lost"}) {
    Opportunity it = Ready(stage);
    it.lead = Id(30);
    it.delete_time = kStart;
    const Opportunity before = it;
    EXPECT_TRUE(Attach(it, FromLead()).ok());
    EXPECT_EQ(it, before);
  }
}

std::string Refusal(Opportunity it, const LeadFacts& lead = FromLead()) {
  return error::ReasonOf(Attach(it, lead));
}

TEST(Attachment, IsRefusedToWhatIsClosedDeletedOrAnotherLeads) {
  for (const char* stage : {"won", "lost"}) {
    Opportunity closed = Ready(stage);
    closed.lead.reset();
    EXPECT_EQ(Refusal(closed), error::kStateInvalid) << stage;
  }
  Opportunity deleted = Unattached();
  deleted.delete_time = kStart;
  EXPECT_EQ(Refusal(deleted), error::kStateInvalid);
  EXPECT_EQ(Refusal(Opened()), "OTHER_LEAD");
}

TEST(Attachment, TheCustomerIsTheContactItsOrganizationOrOneWithARole) {
  Opportunity it = Unattached();
  it.contact = Id(50);
  EXPECT_EQ(Refusal(it), "OTHER_CUSTOMER");
  LeadFacts lead = FromLead();
  lead.organization = Id(51);
  EXPECT_EQ(Refusal(it, lead), "OTHER_CUSTOMER");
  lead.organization = Id(50);
  EXPECT_EQ(Refusal(it, lead), "");
  it.contact_roles = {{Id(2), BuyingRole::kBlocker, false}};
  EXPECT_EQ(Refusal(it), "");
}

}  // namespace
}  // namespace crm::opportunity::testing
