#include <set>

#include "services/lead/rpc/lead_filters.h"
#include "tests/integration/lead/fixture.h"
#include "tests/support/filter_cases.h"

namespace crm::lead::testing {
namespace {

using ::testing::ElementsAre;

class ListLeadsTest : public LeadServiceTest {
 protected:
  std::vector<std::string> Names(const std::string& filter) {
    v1::ListLeadsRequest request;
    request.set_filter(filter);
    const auto page = Call(&Stub::ListLeads, request);
    EXPECT_TRUE(page.ok()) << filter << " " << page.status();
    std::vector<std::string> names;
    if (page.ok()) {
      for (const v1::Lead& lead : page->leads()) names.push_back(lead.name());
    }
    return names;
  }

  // Evidence that has gone stale since.
  void AssessLongAgo(const std::string& name) {
    v1::AssessCriterionRequest request;
    request.set_name(name);
    request.mutable_assessment()->set_criterion(v1::CRITERION_NEED);
    request.mutable_assessment()->set_finding(v1::FINDING_MET);
    request.mutable_assessment()->set_source(v1::EVIDENCE_SOURCE_CALL);
    rpc::SetTime(absl::Now() - absl::Hours(24 * 1000),
                 request.mutable_assessment()->mutable_observe_time());
    EXPECT_TRUE(Call(&Stub::AssessCriterion, request).ok());
  }
};

TEST_F(ListLeadsTest, FiltersByEveryField) {
  v1::CreateLeadRequest request = CreateRequest();
  request.mutable_lead()->set_external_id("deal 7");
  request.mutable_lead()->set_owner("anna");
  request.mutable_lead()->mutable_next_step()->set_text("Call them");
  request.mutable_lead()->mutable_next_step()->mutable_due_date()->set_year(2020);
  request.mutable_lead()->mutable_next_step()->mutable_due_date()->set_month(2);
  request.mutable_lead()->mutable_next_step()->mutable_due_date()->set_day(29);
  request.mutable_lead()->set_organization("contacts/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e");
  request.mutable_lead()->add_interests("forty \"presses\"");
  (*request.mutable_lead()->mutable_attributes())["region"] = "north";
  const v1::Lead anna = Create(request);
  const v1::Lead other = Working();
  AssessLongAgo(other.name());
  const std::string organization = anna.organization();
  const std::vector<std::string> both = {anna.name(), other.name()};
  EXPECT_EQ(Names(""), both);
  const std::vector<crm::testing::FilterCase> cases = {
      {"state =", "WORKING", {other.name()}},
      {"state !=", "WORKING", {anna.name()}},
      {"state IN", "(WORKING, NEW)", both},
      {"owner =", "anna", {anna.name()}},
      {"owner !=", "anna", {other.name()}},
      {"owner IN", "(anna, \"nobody\")", {anna.name()}},
      {"contact =", other.contact(), {other.name()}},
      {"contact !=", other.contact(), {anna.name()}},
      {"contact IN", "(" + other.contact() + ")", {other.name()}},
      {"source =", "WEB AND state = NEW", {anna.name()}},
      {"source =", "UNSPECIFIED", {}},
      {"source !=", "WEB", {}},
      {"source IN", "(WEB, REFERRAL) AND state = NEW", {anna.name()}},
      {"external_id =", "\"deal 7\"", {anna.name()}},
      {"external_id !=", "\"deal 7\"", {other.name()}},
      {"external_id IN", "(\"deal 7\", x)", {anna.name()}},
      {"external_id :", "*", {anna.name()}},
      {"organization =", organization, {anna.name()}},
      {"organization !=", organization, {other.name()}},
      {"organization IN", "(" + organization + ")", {anna.name()}},
      {"organization :", "*", {anna.name()}},
      {"interest =", "\"GTX Pro\"", both},
      {"interest =", "\"forty \\\"presses\\\"\"", {anna.name()}},
      {"interest =", "GTX", {}},
      {"verdict =", "INSUFFICIENT_EVIDENCE", {other.name()}},
      {"verdict =", "QUALIFIED", {}},
      {"verdict !=", "INSUFFICIENT_EVIDENCE", {anna.name()}},
      {"verdict IN", "(QUALIFIED, INSUFFICIENT_EVIDENCE)", {other.name()}},
      {"score =", "0", {other.name()}},
      {"score !=", "0", {anna.name()}},
      {"score <", "1", {other.name()}},
      {"score <=", "0", {other.name()}},
      {"score >", "0", {}},
      {"score >=", "0", {other.name()}},
      {"score :", "*", {other.name()}},
      {"stale_evidence =", "true", {other.name()}},
      {"stale_evidence =", "false", {anna.name()}},
      {"last_activity_time <", "2999-01-01", {other.name()}},
      {"last_activity_time <=", "2020-01-01", {}},
      {"last_activity_time >", "2999-01-01", {}},
      {"last_activity_time >=", "2020-01-01", {other.name()}},
      {"last_activity_time :", "*", {other.name()}},
      {"responded =", "true", {other.name()}},
      {"responded =", "false", {anna.name()}},
      {"response_hours =", "0", {other.name()}},
      {"response_hours !=", "0", {anna.name()}},
      {"response_hours <", "1", {other.name()}},
      {"response_hours <=", "0", {other.name()}},
      {"response_hours >", "0", {}},
      {"response_hours >=", "0", {other.name()}},
      {"response_hours :", "*", {other.name()}},
      {"next_step.due_date =", "2020-02-29", {anna.name()}},
      {"next_step.due_date !=", "2020-02-29", {other.name()}},
      {"next_step.due_date <", "2020-02-29", {}},
      {"next_step.due_date <=", "2020-02-29", {anna.name()}},
      {"next_step.due_date >", "2020-02-28", {anna.name()}},
      {"next_step.due_date >=", "2020-03-01", {}},
      {"next_step.due_date :", "*", {anna.name()}},
      {"overdue =", "true", {anna.name()}},
      {"overdue =", "false", {other.name()}},
      {"attributes.region =", "north", {anna.name()}},
      {"attributes.region !=", "north", {other.name()}},
      {"attributes.region IN", "(south, north)", {anna.name()}},
      {"create_time >", "2999-01-01", {}},
      {"create_time <", "2999-01-01", both},
      {"create_time >=", "2999-01-01T00:00:00Z", {}},
      {"create_time <=", "2999-01-01T00:00:00Z", both}};
  crm::testing::ExpectEveryTermFinds(LeadFields(), cases,
                                     [this](const std::string& filter) { return Names(filter); });
}

TEST_F(ListLeadsTest, PagesWithoutHoleOrRepeat) {
  std::vector<std::string> made;
  for (int i = 0; i < 7; ++i) made.push_back(Create().name());
  v1::ListLeadsRequest request;
  request.set_page_size(3);
  std::vector<std::string> seen;
  for (int pages = 0; pages < 3; ++pages) {
    const auto page = Call(&Stub::ListLeads, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Lead& lead : page->leads()) seen.push_back(lead.name());
    request.set_page_token(page->next_page_token());
  }
  EXPECT_EQ(seen, made);
  EXPECT_EQ(request.page_token(), "");
  request.set_order_by("create_time desc");
  request.set_page_size(2000);
  const auto backwards = Call(&Stub::ListLeads, request);
  ASSERT_EQ(backwards->leads_size(), 7);
  EXPECT_EQ(backwards->leads(0).name(), made[6]);
}

TEST_F(ListLeadsTest, RefusesWhatItDoesNotKnow) {
  v1::ListLeadsRequest request;
  request.set_filter("colour = red");
  EXPECT_EQ(Outcome(Call(&Stub::ListLeads, request)), "INVALID_ARGUMENT FILTER_INVALID");
  for (const char* filter : {"state = ASLEEP", "state = UNSPECIFIED", "contact = nobody",
                             "contact = leads/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e"}) {
    request.set_filter(filter);
    EXPECT_EQ(Reason(Call(&Stub::ListLeads, request)), "FILTER_INVALID") << filter;
  }
  request.set_filter("");
  request.set_order_by("owner");
  EXPECT_EQ(Reason(Call(&Stub::ListLeads, request)), "FILTER_INVALID");
  request.set_order_by("");
  request.set_page_token("nonsense");
  EXPECT_EQ(Reason(Call(&Stub::ListLeads, request)), "PAGE_TOKEN_INVALID");
  request.set_page_token("");
  request.set_page_size(-1);
  EXPECT_EQ(Reason(Call(&Stub::ListLeads, request)), "FIELD_INVALID");
}

TEST_F(ListLeadsTest, BatchGetKeepsTheOrderAndNamesTheMissing) {
  const std::string first = Create().name();
  const std::string second = Create().name();
  const std::string unknown = "leads/" + NewUuid();
  v1::BatchGetLeadsRequest request;
  for (const std::string& name : {second, unknown, first}) request.add_names(name);
  const auto found = Call(&Stub::BatchGetLeads, request);
  ASSERT_EQ(found->leads_size(), 2);
  EXPECT_EQ(found->leads(0).name(), second);
  EXPECT_EQ(found->leads(1).name(), first);
  EXPECT_THAT(found->missing_names(), ElementsAre(unknown));
}

}  // namespace
}  // namespace crm::lead::testing
