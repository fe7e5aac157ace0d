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
  request.mutable_opportunity()->set_external_id("deal 1");
  request.mutable_opportunity()->set_owner("agent-9");
  const v1::Opportunity one = Open(request);
  const v1::Opportunity two = Move(Open().name(), "proposal");
  const v1::Opportunity won = Win(Open().name());
  const std::vector<std::string> all = {one.name(), two.name(), won.name()};
  const std::vector<crm::testing::FilterCase> cases = {
      {"stage =", "proposal", {two.name()}},
      {"stage_type =", "WON", {won.name()}},
      {"stage_type =", "OPEN", {one.name(), two.name()}},
      {"owner =", "agent-9", {one.name()}},
      {"contact =", two.contact(), {two.name()}},
      {"lead =", two.lead(), {two.name()}},
      {"external_id =", "\"deal 1\"", {one.name()}},
      {"pipeline =", "pipelines/default AND stage = won", {won.name()}},
      {"pipeline =", "pipelines/other", {}},
      {"create_time >=", "2020-01-01T00:00:00Z", all},
      {"create_time >=", "9999-12-31T23:59:59.999999Z", {}},
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
       {"owner != x", "create_time > 2020-01-01T00:00:00Z", "stage_type = SOLD", "contact = bob",
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
