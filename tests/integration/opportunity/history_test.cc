#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {
namespace {

class StageHistory : public OpportunityServiceTest {};

TEST_F(StageHistory, TellsWhoWhenWhyAndWhatItMeant) {
  v1::OpenOpportunityRequest open = OpenRequest();
  open.mutable_effective_time()->set_seconds(1'500'000'000);
  const std::string name = Open(open).name();
  v1::WinOpportunityRequest win;
  win.set_name(name);
  win.set_request_id(NewUuid());
  win.set_override_reason("imported");
  win.mutable_amount()->set_currency_code("USD");
  win.mutable_amount()->set_amount_minor(105400);
  win.mutable_effective_time()->set_seconds(1'500'000'900);
  ASSERT_TRUE(Call(&Stub::WinOpportunity, win).ok());
  const std::vector<v1::StageChange> history = History(name);
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].version(), 1);
  EXPECT_EQ(history[0].from_stage(), "");
  EXPECT_EQ(history[0].from_stage_type(), v1::STAGE_TYPE_UNSPECIFIED);
  EXPECT_EQ(history[0].to_stage(), "discovery");
  EXPECT_EQ(history[0].probability(), 20);
  EXPECT_FALSE(history[0].has_amount());
  EXPECT_FALSE(history[0].has_time_in_previous_stage());
  const v1::StageChange& won = history[1];
  EXPECT_EQ(won.from_stage(), "discovery");
  EXPECT_EQ(won.from_stage_type(), v1::STAGE_TYPE_OPEN);
  EXPECT_EQ(won.to_stage_type(), v1::STAGE_TYPE_WON);
  EXPECT_EQ(won.effective_time().seconds(), 1'500'000'900);
  EXPECT_GT(won.record_time().seconds(), 1'500'000'900);
  EXPECT_EQ(won.time_in_previous_stage().seconds(), 900);
  EXPECT_EQ(won.actor(), "agent-7");
  EXPECT_EQ(won.reason(), "imported");
  EXPECT_TRUE(won.overridden());
  EXPECT_EQ(won.overridden_gates_size(), 8);  // all but the two that ask for the amount
  EXPECT_EQ(won.amount().amount_minor(), 105400);
  EXPECT_EQ(won.probability(), 100);
  EXPECT_EQ(won.forecast_category(), v1::FORECAST_CATEGORY_CLOSED);
  EXPECT_NE(won.event_id(), "");
}

TEST_F(StageHistory, IsReadPageByPage) {
  const std::string name = Open().name();
  for (int i = 0; i < 6; ++i) Move(name, i % 2 == 0 ? "proposal" : "discovery");
  v1::ListStageChangesRequest request;
  request.set_name(name);
  request.set_page_size(3);
  std::vector<int64_t> versions;
  do {
    const auto page = Call(&Stub::ListStageChanges, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::StageChange& change : page->stage_changes()) {
      versions.push_back(change.version());
      EXPECT_EQ(change.has_time_in_previous_stage(), change.version() > 1);
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(versions, ::testing::ElementsAre(1, 2, 3, 4, 5, 6, 7));
}

TEST_F(StageHistory, ATokenBelongsToItsOpportunity) {
  const std::string name = Open().name();
  Move(name, "proposal");
  v1::ListStageChangesRequest request;
  request.set_name(name);
  request.set_page_size(1);
  request.set_page_token(Call(&Stub::ListStageChanges, request)->next_page_token());
  ASSERT_NE(request.page_token(), "");
  request.set_name(Open().name());
  EXPECT_EQ(Outcome(Call(&Stub::ListStageChanges, request)), "INVALID_ARGUMENT PAGE_TOKEN_INVALID");
}

TEST_F(StageHistory, OfWhatDoesNotExistIsNotFound) {
  v1::ListStageChangesRequest request;
  request.set_name("opportunities/" + NewUuid());
  EXPECT_EQ(Outcome(Call(&Stub::ListStageChanges, request)), "NOT_FOUND RESOURCE_NOT_FOUND");
}

}  // namespace
}  // namespace crm::opportunity::testing
