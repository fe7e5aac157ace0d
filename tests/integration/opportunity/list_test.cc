#include <set>

#include "services/opportunity/rpc/opportunity_filters.h"
#include "tests/integration/opportunity/fixture.h"
#include "tests/support/filter_cases.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Listing : public OpportunityServiceTest {
 protected:
  absl::StatusOr<v1::ListOpportunitiesResponse> Page(const std::string& filter, int size = 0,
                                                     const std::string& token = "",
                                                     const std::string& order = "") {
    v1::ListOpportunitiesRequest request;
    request.set_filter(filter);
    request.set_page_size(size);
    request.set_page_token(token);
    request.set_order_by(order);
    return Call(&Stub::ListOpportunities, request);
  }
  static void SetDay(int year, int month, int day, type::v1::Date* date) {
    date->set_year(year);
    date->set_month(month);
    date->set_day(day);
  }
  std::string Clone(const std::string& name) {
    v1::CloneOpportunityRequest request;
    request.set_name(name);
    const auto cloned = Call(&Stub::CloneOpportunity, request);
    EXPECT_TRUE(cloned.ok()) << cloned.status();
    return cloned.ok() ? cloned->opportunity().name() : "";
  }
  std::vector<std::string> Names(const std::string& filter) {
    const auto page = Page(filter);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    if (page.ok()) {
      for (const v1::Opportunity& it : page->opportunities()) names.push_back(it.name());
    }
    return names;
  }
};

TEST_F(Listing, PagesOverEverythingOnceInEitherOrder) {
  std::vector<std::string> opened;
  for (int i = 0; i < 7; ++i) opened.push_back(Open().name());
  for (const char* order : {"", "create_time desc"}) {
    std::vector<std::string> seen;
    std::string token;
    do {
      const auto page = Page("", 3, token, order);
      ASSERT_TRUE(page.ok()) << page.status();
      EXPECT_LE(page->opportunities_size(), 3);
      for (const v1::Opportunity& it : page->opportunities()) seen.push_back(it.name());
      token = page->next_page_token();
    } while (!token.empty());
    if (*order != '\0') std::reverse(seen.begin(), seen.end());
    EXPECT_EQ(seen, opened);
  }
}

TEST_F(Listing, FiltersByEveryDocumentedField) {
  v1::OpenOpportunityRequest request = OpenRequest();
  v1::Opportunity& facts = *request.mutable_opportunity();
  facts.set_external_id("deal 1");
  facts.set_owner("agent-9");
  facts.set_lead_source(type::v1::LEAD_SOURCE_EVENT);
  facts.mutable_amount()->set_currency_code("EUR");
  facts.mutable_amount()->set_amount_minor(500);
  SetDay(2020, 6, 30, facts.mutable_expected_close_date());
  facts.mutable_next_step()->set_text("Call them");
  SetDay(2026, 5, 1, facts.mutable_next_step()->mutable_due_date());
  (*facts.mutable_attributes())["region"] = "north";
  (*facts.mutable_attributes())["vip"] = "say \"yes\"";
  request.mutable_effective_time()->set_seconds(1'577'836'800);  // 2020-01-01
  const v1::Opportunity one = Open(request);
  const v1::Opportunity two = Move(Clone(one.name()), "proposal");
  v1::OpenOpportunityRequest bare = OpenRequest();
  bare.mutable_opportunity()->clear_lead();
  const v1::Opportunity won = Win(Open(bare).name());
  const std::string a = one.name();
  const std::string b = two.name();
  const std::string c = won.name();
  const std::vector<std::string> all = {a, b, c};
  const std::vector<crm::testing::FilterCase> cases = {
      {"stage =", "proposal", {b}},
      {"stage !=", "proposal", {a, c}},
      {"stage IN", "(proposal, won)", {b, c}},
      {"stage_type =", "WON", {c}},
      {"stage_type =", "OPEN", {a, b}},
      {"stage_type !=", "OPEN", {c}},
      {"stage_type IN", "(LOST, WON)", {c}},
      {"owner =", "agent-9", {a, b}},
      {"owner !=", "agent-9", {c}},
      {"owner IN", "(agent-9, x)", {a, b}},
      {"contact =", one.contact(), {a, b}},
      {"contact !=", one.contact(), {c}},
      {"contact IN", absl::StrCat("(", one.contact(), ",", won.contact(), ")"), all},
      {"lead =", one.lead(), {a}},
      {"lead !=", one.lead(), {b, c}},
      {"lead IN", absl::StrCat("(", one.lead(), ")"), {a}},
      {"lead :", "*", {a}},
      {"pipeline =", "pipelines/default AND stage = won", {c}},
      {"pipeline =", "pipelines/other", {}},
      {"pipeline !=", "pipelines/other", all},
      {"pipeline IN", "(pipelines/other, pipelines/default)", all},
      {"external_id =", "\"deal 1\"", {a}},
      {"external_id !=", "\"deal 1\"", {b, c}},
      {"external_id IN", "(\"deal 1\", \"deal 2\")", {a}},
      {"external_id :", "*", {a}},
      {"cloned_from =", a, {b}},
      {"cloned_from !=", a, {a, c}},
      {"cloned_from IN", "(" + a + ")", {b}},
      {"cloned_from :", "*", {b}},
      {"amount =", "500EUR", {a, b}},
      {"amount =", "500USD", {}},
      {"amount >", "\"499 EUR\"", {a, b}},
      {"amount >=", "\"501 EUR\"", {}},
      {"amount <", "\"501 EUR\"", {a, b}},
      {"amount <=", "\"500 EUR\" AND amount >= \"500 EUR\"", {a, b}},
      {"amount <=", "\"500 USD\"", {}},
      {"amount :", "*", {a, b}},
      {"expected_close_date =", "2020-06-30", {a}},
      {"expected_close_date !=", "2020-06-30", {b, c}},
      {"expected_close_date <", "2020-07-01", {a}},
      {"expected_close_date <=", "2020-06-29", {}},
      {"expected_close_date >", "2020-06-30", {}},
      {"expected_close_date >=", "2020-06-30", {a}},
      {"expected_close_date :", "*", {a}},
      {"lead_source =", "EVENT", {a}},
      {"lead_source =", "UNSPECIFIED", {b, c}},
      {"lead_source !=", "EVENT", {b, c}},
      {"lead_source IN", "(WEB, EVENT)", {a}},
      {"forecast_category =", "BEST_CASE", {b}},
      {"forecast_category !=", "BEST_CASE", {a, c}},
      {"forecast_category IN", "(PIPELINE, CLOSED)", {a, c}},
      {"overdue =", "true", {a}},
      {"overdue =", "false", {b, c}},
      {"days_in_stage >", "30", {a}},
      {"days_in_stage >=", "0", all},
      {"days_in_stage <", "30", {b, c}},
      {"days_in_stage <=", "36500", all},
      {"days_since_update >", "30", {}},
      {"days_since_update >=", "0", all},
      {"days_since_update <", "1", all},
      {"days_since_update <=", "1", all},
      {"next_step.due_date =", "2026-05-01", {a}},
      {"next_step.due_date !=", "2026-05-01", {b, c}},
      {"next_step.due_date <", "2026-05-02", {a}},
      {"next_step.due_date <=", "2026-05-01", {a}},
      {"next_step.due_date >", "2026-05-01", {}},
      {"next_step.due_date >=", "2026-05-01", {a}},
      {"next_step.due_date :", "*", {a}},
      {"attributes.region =", "north", {a, b}},
      {"attributes.region =", "south", {}},
      {"attributes.region !=", "north", {c}},
      {"attributes.region IN", "(north, south)", {a, b}},
      {"attributes.vip =", "\"say \\\"yes\\\"\" AND attributes.region = north", {a, b}},
      {"stage_enter_time >", "2020-01-01", {b, c}},
      {"stage_enter_time >=", "2020-01-01", all},
      {"stage_enter_time <", "2020-01-02", {a}},
      {"stage_enter_time <=", "2020-01-01T00:00:00Z", {a}},
      {"update_time >", "2020-01-01", all},
      {"update_time >=", "2020-01-01", all},
      {"update_time <", "2020-01-01", {}},
      {"update_time <=", "2020-01-01", {}},
      {"create_time >", "2020-01-01", all},
      {"create_time >=", "2020-01-01T00:00:00Z", all},
      {"create_time >=", "9999-12-31T23:59:59.999999Z", {}},
      {"create_time <", "2020-01-01", {}},
      {"create_time <=", "2020-01-01T00:00:00Z", {}},
      {"create_time <=", "2999-01-01T02:00:00+02:00", all}};
  crm::testing::ExpectEveryTermFinds(OpportunityFields(), cases,
                                     [this](const std::string& filter) { return Names(filter); });
}

TEST_F(Listing, RefusesFiltersItDoesNotKnow) {
  const auto unknown = Page("colour = red");
  EXPECT_EQ(Outcome(unknown), "INVALID_ARGUMENT FILTER_INVALID");
  EXPECT_EQ(Metadata(unknown.status(), "field"), "colour");
  for (const char* filter :
       {"owner > x", "create_time = 2020-01-01T00:00:00Z", "stage_type = SOLD", "contact = bob",
        "amount > 5", "amount != 5EUR", "attributes = x", "attributes.Region = x", "overdue = yes",
        "days_in_stage > -1", "expected_close_date = 2026-02-30", "stage : *", "lead : x",
        "lead = contacts/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e", "pipeline = default", "stage",
        "stage = a OR stage = b", "create_time >= yesterday",
        "create_time >= 10000-01-01T00:00:00Z"}) {
    EXPECT_EQ(Outcome(Page(filter)), "INVALID_ARGUMENT FILTER_INVALID") << filter;
  }
  EXPECT_EQ(Outcome(Page("", 0, "", "display_name")), "INVALID_ARGUMENT FILTER_INVALID");
}

TEST_F(Listing, ATokenIsBoundToItsArguments) {
  for (int i = 0; i < 3; ++i) Open();
  const auto page = Page("", 1);
  ASSERT_TRUE(page.ok());
  const std::string token = page->next_page_token();
  EXPECT_TRUE(Page("", 2, token).ok());
  EXPECT_EQ(Outcome(Page("stage = won", 1, token)), "INVALID_ARGUMENT PAGE_TOKEN_INVALID");
  EXPECT_EQ(Outcome(Page("", 1, "forged")), "INVALID_ARGUMENT PAGE_TOKEN_INVALID");
  v1::ListOpportunitiesRequest request;
  request.set_page_size(1);
  request.set_page_token(token);
  EXPECT_EQ(Outcome(Call(&Stub::ListOpportunities, request, "stranger")),
            "INVALID_ARGUMENT PAGE_TOKEN_INVALID");
}

TEST_F(Listing, GreatPagesCountAsAThousandAndNegativeOnesAreRefused) {
  Open();
  EXPECT_TRUE(Page("", 1'000'000).ok());
  const auto negative = Page("", -1);
  EXPECT_EQ(Outcome(negative), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_THAT(Fields(negative), ElementsAre("page_size"));
}

TEST_F(Listing, ShowsNothingOfOtherTenants) {
  Open();
  const auto page =
      Call(&Stub::ListOpportunities, v1::ListOpportunitiesRequest(), "t-" + NewUuid());
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->opportunities_size(), 0);
}

TEST_F(Listing, BatchGetKeepsTheOrderAndNamesTheMissing) {
  const std::string first = Open().name();
  const std::string second = Open().name();
  const std::string missing = "opportunities/" + NewUuid();
  v1::BatchGetOpportunitiesRequest request;
  request.add_names(second);
  request.add_names(missing);
  request.add_names(first);
  const auto response = Call(&Stub::BatchGetOpportunities, request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->opportunities_size(), 2);
  EXPECT_EQ(response->opportunities(0).name(), second);
  EXPECT_EQ(response->opportunities(1).name(), first);
  EXPECT_THAT(response->missing_names(), ElementsAre(missing));
}

}  // namespace
}  // namespace crm::opportunity::testing
