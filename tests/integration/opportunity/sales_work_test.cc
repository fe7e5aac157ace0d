// Line items, competitors, next step, team and attributes as callers see them.

#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAre;

class SalesWork : public OpportunityServiceTest {
 protected:
  absl::StatusOr<v1::OpenOpportunityResponse> OpenWith(const v1::Opportunity& facts) {
    v1::OpenOpportunityRequest request = OpenRequest();
    request.mutable_opportunity()->MergeFrom(facts);
    return Call(&Stub::OpenOpportunity, request);
  }
  absl::StatusOr<v1::UpdateOpportunityResponse> Update(const v1::Opportunity& opportunity,
                                                       const std::vector<std::string>& mask) {
    v1::UpdateOpportunityRequest request;
    *request.mutable_opportunity() = opportunity;
    request.mutable_opportunity()->clear_etag();
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    return Call(&Stub::UpdateOpportunity, request);
  }

  static void AddLine(v1::Opportunity& it, int64_t quantity, int64_t price,
                      const char* currency = "EUR") {
    v1::LineItem& item = *it.add_line_items();
    item.set_product("press");
    item.set_quantity_thousandths(quantity);
    item.mutable_unit_price()->set_currency_code(currency);
    item.mutable_unit_price()->set_amount_minor(price);
  }
};

TEST_F(SalesWork, RefusesWhatIsMalformedAllAtOnce) {
  v1::Opportunity it;
  AddLine(it, 0, -1, "eur");
  it.mutable_line_items(0)->set_product("");
  it.mutable_line_items(0)->set_discount_per_mille(1001);
  it.add_line_items()->set_quantity_thousandths(1'000'000'000'001);
  for (int i = 0; i < 2; ++i) {
    it.add_competitors()->set_display_name("Rival");
    it.add_team()->set_actor("agent-9");
  }
  it.mutable_competitors(0)->set_status(static_cast<v1::CompetitorStatus>(9));
  it.mutable_competitors(0)->set_note(std::string(4001, 'x'));
  it.mutable_team(0)->set_role(std::string(201, 'x'));
  it.mutable_next_step()->mutable_due_date()->set_year(2026);
  (*it.mutable_attributes())["Region"] = "north";
  (*it.mutable_attributes())["empty"] = "";
  (*it.mutable_attributes())["long"] = std::string(1001, 'x');
  EXPECT_THAT(
      Fields(OpenWith(it)),
      ElementsAre(
          "opportunity.attributes", "opportunity.attributes[\"empty\"]",
          "opportunity.attributes[\"long\"]", "opportunity.competitors[0].note",
          "opportunity.competitors[0].status", "opportunity.competitors[1].display_name",
          "opportunity.line_items[0].discount_per_mille", "opportunity.line_items[0].product",
          "opportunity.line_items[0].quantity_thousandths",
          "opportunity.line_items[0].unit_price.amount_minor",
          "opportunity.line_items[0].unit_price.currency_code", "opportunity.line_items[1].product",
          "opportunity.line_items[1].quantity_thousandths", "opportunity.line_items[1].unit_price",
          "opportunity.next_step.due_date", "opportunity.next_step.text",
          "opportunity.team[0].role", "opportunity.team[1].actor"));
}

TEST_F(SalesWork, BoundsItsLists) {
  v1::Opportunity it;
  for (int i = 0; i < 101; ++i) AddLine(it, 1000, 1);
  for (int i = 0; i < 51; ++i) {
    it.add_competitors()->set_display_name(absl::StrCat("rival ", i));
    it.add_team()->set_actor(absl::StrCat("agent ", i));
    (*it.mutable_attributes())[absl::StrCat("key_", i)] = "x";
  }
  EXPECT_THAT(Fields(OpenWith(it)), ElementsAre("opportunity.attributes", "opportunity.competitors",
                                                "opportunity.line_items", "opportunity.team"));
}

TEST_F(SalesWork, TakesNoNulAndNoBrokenTextInAttributes) {
  const std::string nul("a\0b", 3);
  v1::Opportunity it;
  (*it.mutable_attributes())["region"] = nul;
  EXPECT_THAT(Fields(OpenWith(it)), ElementsAre("opportunity.attributes[\"region\"]"));
  it.mutable_attributes()->clear();
  (*it.mutable_attributes())[nul] = "north";
  EXPECT_THAT(Fields(OpenWith(it)), ElementsAre("opportunity.attributes (a key)"));
}

TEST_F(SalesWork, LineItemsMakeTheAmountAndRefuseAnother) {
  v1::Opportunity facts;
  AddLine(facts, 2500, 1001);
  AddLine(facts, 1000, 500);
  const auto opened = OpenWith(facts);
  ASSERT_TRUE(opened.ok()) << opened.status();
  v1::Opportunity it = opened->opportunity();
  EXPECT_EQ(it.amount().amount_minor(), 3002);
  EXPECT_EQ(it.line_items(0).amount().amount_minor(), 2502);

  it.mutable_amount()->set_amount_minor(9);
  const auto by_hand = Update(it, {"amount"});
  EXPECT_EQ(Outcome(by_hand), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_THAT(Fields(by_hand), ElementsAre("opportunity.amount"));
  it.mutable_line_items(1)->mutable_unit_price()->set_currency_code("USD");
  EXPECT_THAT(Fields(Update(it, {"line_items"})),
              ElementsAre("opportunity.line_items[1].unit_price.currency_code"));
  it = opened->opportunity();
  it.mutable_line_items()->RemoveLast();
  const auto shorter = Update(it, {});
  ASSERT_TRUE(shorter.ok()) << shorter.status();
  EXPECT_EQ(shorter->opportunity().amount().amount_minor(), 2502);
  it.clear_line_items();
  const auto none = Update(it, {"line_items"});
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(none->opportunity().amount().amount_minor(), 2502);
  it.mutable_amount()->set_amount_minor(9);
  EXPECT_EQ(Outcome(Update(it, {"amount"})), "OK");

  facts.mutable_amount()->set_currency_code("EUR");
  facts.mutable_amount()->set_amount_minor(1);
  EXPECT_THAT(Fields(OpenWith(facts)), ElementsAre("opportunity.amount"));
}

// The account of the customer counts what was won, and no event tells it of an edit.
TEST_F(SalesWork, AWonAmountCannotBeEditedSoThatTheAccountAgrees) {
  v1::Opportunity facts;
  AddLine(facts, 1000, 500);
  const std::string name = OpenWith(facts)->opportunity().name();
  v1::Opportunity it = Win(name);
  const std::string etag = Get(name).etag();
  it.clear_line_items();
  it.mutable_amount()->set_amount_minor(1);
  for (const std::vector<std::string>& mask : std::vector<std::vector<std::string>>{
           {"amount", "line_items"}, {"line_items", "owner"}, {"*"}, {}}) {
    const auto edited = Update(it, mask);
    if (mask.size() == 2 && mask[1] == "owner") {
      EXPECT_EQ(Metadata(edited.status(), "requested"), "line_items");
    }
    EXPECT_EQ(Outcome(edited), "FAILED_PRECONDITION STATE_INVALID");
    EXPECT_EQ(Metadata(edited.status(), "useMethod"), "ReopenOpportunity");
  }
  EXPECT_EQ(Get(name).etag(), etag);
}

}  // namespace
}  // namespace crm::opportunity::testing
