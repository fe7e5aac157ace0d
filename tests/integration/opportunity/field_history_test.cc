// ListRevisions, and opportunities as they were.

#include "tests/support/field_history.h"

#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {
namespace {

using ::crm::testing::ChangesIn;
using ::testing::Contains;
using ::testing::ElementsAre;

class FieldHistory : public OpportunityServiceTest {
 protected:
  absl::StatusOr<v1::Opportunity> Ask(v1::GetOpportunityRequest request) {
    const auto response = Call(&Stub::GetOpportunity, request);
    if (!response.ok()) return response.status();
    return response->opportunity();
  }
  absl::StatusOr<v1::Opportunity> AsOf(const std::string& name, int64_t revision) {
    v1::GetOpportunityRequest request;
    request.set_name(name);
    request.set_as_of_revision(revision);
    return Ask(request);
  }
  absl::StatusOr<v1::Opportunity> AsOf(const std::string& name,
                                       const google::protobuf::Timestamp& time) {
    v1::GetOpportunityRequest request;
    request.set_name(name);
    *request.mutable_as_of_time() = time;
    return Ask(request);
  }
  v1::Opportunity Update(const v1::Opportunity& to, const std::string& field) {
    v1::UpdateOpportunityRequest request;
    *request.mutable_opportunity() = to;
    request.mutable_opportunity()->clear_etag();
    request.mutable_update_mask()->add_paths(field);
    const auto response = Call(&Stub::UpdateOpportunity, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->opportunity() : v1::Opportunity();
  }
  std::vector<type::v1::Revision> Revisions(const std::string& name, int page_size = 0) {
    std::vector<type::v1::Revision> revisions;
    v1::ListRevisionsRequest request;
    request.set_name(name);
    request.set_page_size(page_size);
    do {
      const auto page = Call(&Stub::ListRevisions, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      revisions.insert(revisions.end(), page->revisions().begin(), page->revisions().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return revisions;
  }
};

TEST_F(FieldHistory, TellsEveryRevisionAsItWasAnswered) {
  std::vector<v1::Opportunity> answered = {Open()};
  v1::Opportunity it = answered[0];
  const std::string name = it.name();
  it.set_display_name("Größe \"XL\"");
  answered.push_back(Update(it, "display_name"));
  it.mutable_amount()->set_currency_code("USD");
  it.mutable_amount()->set_amount_minor(999'999'999'999'999);
  answered.push_back(Update(it, "amount"));
  it.add_needs()->set_text("presses");
  it.mutable_needs(0)->mutable_confirm_time()->set_seconds(1'500'000'000);
  answered.push_back(Update(it, "needs"));
  (*it.mutable_attributes())["colour"] = "red";
  answered.push_back(Update(it, "attributes"));
  answered.push_back(Move(name, "proposal"));
  answered.push_back(Win(name));
  crm::testing::ExpectToldAsAnswered<v1::Opportunity>(
      answered, [&](int64_t revision) { return AsOf(name, revision); },
      [&](const google::protobuf::Timestamp& time) { return AsOf(name, time); });
}

TEST_F(FieldHistory, ListsWhoDidWhatByWhichMethod) {
  v1::OpenOpportunityRequest open = OpenRequest();
  open.set_request_id(NewUuid());
  v1::Opportunity it = Open(open);
  it.set_owner("agent-8");
  it.mutable_expected_close_date()->set_year(2027);
  it.mutable_expected_close_date()->set_month(2);
  it.mutable_expected_close_date()->set_day(1);
  Update(it, "owner");
  Update(it, "expected_close_date");
  Move(it.name(), "proposal");
  const std::vector<type::v1::Revision> revisions = Revisions(it.name());
  ASSERT_EQ(revisions.size(), 4u);
  EXPECT_EQ(revisions[0].revision(), 1);
  EXPECT_EQ(revisions[0].actor(), "agent-7");
  EXPECT_EQ(revisions[0].method(), "OpenOpportunity");
  EXPECT_EQ(revisions[0].request_id(), open.request_id());
  EXPECT_THAT(ChangesIn(revisions[0]), Contains("stage: - > discovery"));
  EXPECT_THAT(ChangesIn(revisions[0]), Contains("stage_version: - > 1"));
  EXPECT_THAT(ChangesIn(revisions[0]), Contains("contact: - > " + it.contact()));
  EXPECT_THAT(ChangesIn(revisions[1]), ElementsAre("owner: agent-7 > agent-8"));
  EXPECT_EQ(revisions[1].method(), "UpdateOpportunity");
  EXPECT_EQ(revisions[1].request_id(), "");
  ASSERT_EQ(revisions[2].changes_size(), 1);
  EXPECT_TRUE(revisions[2].changes(0).from().has_null_value());
  EXPECT_EQ(revisions[2].changes(0).to().struct_value().fields().at("year").number_value(), 2027);
  EXPECT_EQ(revisions[3].method(), "MoveOpportunity");
  EXPECT_THAT(ChangesIn(revisions[3]), Contains("stage: discovery > proposal"));
  EXPECT_THAT(
      ChangesIn(revisions[3]),
      Contains("forecast_category: FORECAST_CATEGORY_PIPELINE > FORECAST_CATEGORY_BEST_CASE"));
  EXPECT_THAT(ChangesIn(revisions[3]),
              Contains("probability: number_value: 20 > number_value: 60"));
}

TEST_F(FieldHistory, IsReadPageByPage) {
  const std::string name = Open().name();
  for (int i = 0; i < 6; ++i) Move(name, i % 2 == 0 ? "proposal" : "discovery");
  std::vector<int64_t> numbers;
  for (const auto& revision : Revisions(name, 3)) numbers.push_back(revision.revision());
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3, 4, 5, 6, 7));
}

TEST_F(FieldHistory, RefusesWhatCannotBeTold) {
  const v1::Opportunity it = Open();
  EXPECT_EQ(Outcome(AsOf(it.name(), 2)), "OUT_OF_RANGE REVISION_OUT_OF_RANGE");
  EXPECT_EQ(Metadata(AsOf(it.name(), 2).status(), "latest"), "1");
  EXPECT_EQ(Outcome(AsOf(it.name(), int64_t{0})), "INVALID_ARGUMENT FIELD_INVALID");
  google::protobuf::Timestamp before = it.create_time();
  before.set_seconds(before.seconds() - 1);
  EXPECT_EQ(Outcome(AsOf(it.name(), before)), "NOT_FOUND RESOURCE_NOT_FOUND");
  google::protobuf::Timestamp future = it.create_time();
  future.set_seconds(future.seconds() + 3600);
  EXPECT_EQ(AsOf(it.name(), future)->ShortDebugString(), it.ShortDebugString());
  v1::ListRevisionsRequest request;
  request.set_name("opportunities/" + NewUuid());
  EXPECT_EQ(Outcome(Call(&Stub::ListRevisions, request)), "NOT_FOUND RESOURCE_NOT_FOUND");
  request.set_name(it.name());
  EXPECT_EQ(Outcome(Call(&Stub::ListRevisions, request, "another")),
            "NOT_FOUND RESOURCE_NOT_FOUND");
  request.set_page_token("x");
  EXPECT_EQ(Outcome(Call(&Stub::ListRevisions, request)), "INVALID_ARGUMENT PAGE_TOKEN_INVALID");
}

TEST_F(FieldHistory, OfAnOpportunityOlderThanItIsEmpty) {
  const std::string name = Open().name();
  Service().database().Sql("DELETE FROM revision WHERE id = '" + name.substr(14) + "'");
  EXPECT_TRUE(Revisions(name).empty());
}

}  // namespace
}  // namespace crm::opportunity::testing
