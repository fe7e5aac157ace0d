#include <thread>

#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAre;

class Moving : public OpportunityServiceTest {
 protected:
  v1::MoveOpportunityRequest To(const std::string& name, const std::string& stage) {
    v1::MoveOpportunityRequest request;
    request.set_name(name);
    request.set_stage(stage);
    return request;
  }
};

TEST_F(Moving, TellsAllUnmetGatesTogether) {
  const v1::Opportunity it = Open();
  const auto result = Call(&Stub::MoveOpportunity, To(it.name(), "proposal"));
  EXPECT_EQ(Outcome(result), "FAILED_PRECONDITION GATES_UNMET");
  EXPECT_EQ(Metadata(result.status(), "gates"),
            "needs_confirmed/need_confirmed,needs_confirmed/strong_need,proposal/amount,"
            "proposal/expected_close_date,proposal/primary_contact");
  const auto details = error::DetailsOf(result.status());
  ASSERT_EQ(details->preconditions.size(), 5u);
  EXPECT_EQ(details->preconditions[0].type, "GATE");
  EXPECT_EQ(details->preconditions[0].subject, it.name());
  EXPECT_EQ(Get(it.name()).etag(), it.etag());
}

TEST_F(Moving, WalksToASaleWhenTheGatesAreMet) {
  v1::OpenOpportunityRequest request = OpenRequest();
  v1::Opportunity& facts = *request.mutable_opportunity();
  facts.mutable_amount()->set_currency_code("USD");
  facts.mutable_amount()->set_amount_minor(100);
  facts.mutable_expected_close_date()->set_year(2027);
  facts.mutable_expected_close_date()->set_month(1);
  facts.mutable_expected_close_date()->set_day(1);
  v1::Need* const need = facts.add_needs();
  need->set_text("presses");
  need->set_strength(v1::NEED_STRENGTH_STRONG);
  need->mutable_confirm_time()->set_seconds(1700000000);
  v1::ContactRole* const role = facts.add_contact_roles();
  role->set_contact(facts.contact());
  role->set_role(type::v1::BUYING_ROLE_DECISION_MAKER);
  role->set_primary(true);
  facts.mutable_present_supplier()->set_status(v1::SUPPLIER_STATUS_NONE);
  facts.mutable_payment_terms()->set_status(v1::PAYMENT_TERMS_STATUS_AGREED);
  facts.mutable_contract()->set_status(v1::CONTRACT_STATUS_SIGNED);
  const std::string name = Open(request).name();
  for (const char* stage : {"needs_confirmed", "proposal", "payment_terms", "contract"}) {
    const auto moved = Call(&Stub::MoveOpportunity, To(name, stage));
    ASSERT_TRUE(moved.ok()) << stage << moved.status();
    EXPECT_EQ(moved->opportunity().stage(), stage);
  }
  v1::WinOpportunityRequest win;
  win.set_name(name);
  win.mutable_amount()->set_currency_code("USD");
  win.mutable_amount()->set_amount_minor(250);
  const auto won = Call(&Stub::WinOpportunity, win);
  ASSERT_TRUE(won.ok()) << won.status();
  EXPECT_EQ(won->opportunity().stage_type(), v1::STAGE_TYPE_WON);
  EXPECT_EQ(won->opportunity().amount().amount_minor(), 250);
  EXPECT_EQ(won->opportunity().probability(), 100);
  EXPECT_TRUE(won->opportunity().has_close_time());
  EXPECT_EQ(won->opportunity().stage_version(), 6);
  for (const v1::StageChange& change : History(name)) EXPECT_FALSE(change.overridden());
}

TEST_F(Moving, LosesAndComesBack) {
  const std::string name = Open().name();
  v1::LoseOpportunityRequest lose;
  lose.set_name(name);
  lose.set_loss_reason(v1::LOSS_REASON_OTHER);
  lose.set_note("moved away");
  const auto lost = Call(&Stub::LoseOpportunity, lose);
  ASSERT_TRUE(lost.ok()) << lost.status();
  EXPECT_EQ(lost->opportunity().probability(), 0);
  EXPECT_EQ(lost->opportunity().forecast_category(), v1::FORECAST_CATEGORY_OMITTED);
  EXPECT_EQ(lost->opportunity().loss_note(), "moved away");
  EXPECT_EQ(Outcome(Call(&Stub::LoseOpportunity, lose)), "FAILED_PRECONDITION STATE_INVALID");

  v1::ReopenOpportunityRequest reopen;
  reopen.set_name(name);
  reopen.set_stage("won");
  reopen.set_reason("they came back");
  EXPECT_EQ(Outcome(Call(&Stub::ReopenOpportunity, reopen)), "FAILED_PRECONDITION STATE_INVALID");
  reopen.set_stage("contract");
  const auto back = Call(&Stub::ReopenOpportunity, reopen);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->opportunity().probability(), 90);
  EXPECT_EQ(back->opportunity().loss_reason(), v1::LOSS_REASON_UNSPECIFIED);
  EXPECT_FALSE(back->opportunity().has_close_time());
  EXPECT_EQ(Get(name).stage(), "contract");
}

TEST_F(Moving, AnIllegalMoveSaysWhereItMayGo) {
  const std::string name = Open().name();
  const auto won = Call(&Stub::MoveOpportunity, To(name, "won"));
  EXPECT_EQ(Outcome(won), "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_EQ(Metadata(won.status(), "state"), "discovery");
  EXPECT_EQ(Metadata(won.status(), "allowedStates"),
            "needs_confirmed,proposal,payment_terms,contract");
  EXPECT_EQ(Metadata(won.status(), "useMethod"), "WinOpportunity");
  const auto unknown = Call(&Stub::MoveOpportunity, To(name, "demo"));
  EXPECT_EQ(Outcome(unknown), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
  EXPECT_EQ(Metadata(unknown.status(), "resource"), "pipelines/default/stages/demo");
}

TEST_F(Moving, EffectiveTimesNeverGoBack) {
  v1::OpenOpportunityRequest open = OpenRequest();
  open.mutable_effective_time()->set_seconds(1'500'000'000);
  const std::string name = Open(open).name();
  v1::MoveOpportunityRequest request = To(name, "proposal");
  request.set_override_reason("imported");
  request.mutable_effective_time()->set_seconds(1'499'999'999);
  const auto early = Call(&Stub::MoveOpportunity, request);
  EXPECT_EQ(Outcome(early), "INVALID_ARGUMENT EFFECTIVE_TIME_INVALID");
  EXPECT_EQ(Metadata(early.status(), "earliest"), "2017-07-14T02:40:00Z");
  EXPECT_THAT(Fields(early), ElementsAre("effective_time"));
  request.mutable_effective_time()->set_seconds(1'500'086'400);
  const auto moved = Call(&Stub::MoveOpportunity, request);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->opportunity().stage_enter_time().seconds(), 1'500'086'400);
}

TEST_F(Moving, AStaleEtagIsRefusedByEveryMove) {
  const v1::Opportunity it = Open();
  Move(it.name(), "proposal");
  v1::MoveOpportunityRequest move = To(it.name(), "contract");
  move.set_etag(it.etag());
  EXPECT_EQ(Outcome(Call(&Stub::MoveOpportunity, move)), "ABORTED ETAG_MISMATCH");
  v1::WinOpportunityRequest win;
  win.set_name(it.name());
  win.set_etag(it.etag());
  EXPECT_EQ(Outcome(Call(&Stub::WinOpportunity, win)), "ABORTED ETAG_MISMATCH");
  v1::LoseOpportunityRequest lose;
  lose.set_name(it.name());
  lose.set_etag(it.etag());
  lose.set_loss_reason(v1::LOSS_REASON_PRICE);
  EXPECT_EQ(Outcome(Call(&Stub::LoseOpportunity, lose)), "ABORTED ETAG_MISMATCH");
  v1::ReopenOpportunityRequest reopen;
  reopen.set_name(it.name());
  reopen.set_etag(it.etag());
  reopen.set_stage("contract");
  reopen.set_reason("why not");
  EXPECT_EQ(Outcome(Call(&Stub::ReopenOpportunity, reopen)), "ABORTED ETAG_MISMATCH");
  move.set_etag(Get(it.name()).etag());
  move.set_override_reason("imported");
  EXPECT_TRUE(Call(&Stub::MoveOpportunity, move).ok());
}

TEST_F(Moving, AnotherTenantsOpportunityDoesNotExist) {
  const std::string name = Open().name();
  v1::MoveOpportunityRequest move = To(name, "proposal");
  EXPECT_EQ(Outcome(Call(&Stub::MoveOpportunity, move, "stranger")),
            "NOT_FOUND RESOURCE_NOT_FOUND");
  v1::WinOpportunityRequest win;
  win.set_name(name);
  EXPECT_EQ(Outcome(Call(&Stub::WinOpportunity, win, "stranger")), "NOT_FOUND RESOURCE_NOT_FOUND");
  v1::LoseOpportunityRequest lose;
  lose.set_name(name);
  lose.set_loss_reason(v1::LOSS_REASON_PRICE);
  EXPECT_EQ(Outcome(Call(&Stub::LoseOpportunity, lose, "stranger")),
            "NOT_FOUND RESOURCE_NOT_FOUND");
  v1::ReopenOpportunityRequest reopen;
  reopen.set_name(name);
  reopen.set_stage("contract");
  reopen.set_reason("why not");
  EXPECT_EQ(Outcome(Call(&Stub::ReopenOpportunity, reopen, "stranger")),
            "NOT_FOUND RESOURCE_NOT_FOUND");
  v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(name);
  update.mutable_opportunity()->set_owner("thief");
  EXPECT_EQ(Outcome(Call(&Stub::UpdateOpportunity, update, "stranger")),
            "NOT_FOUND RESOURCE_NOT_FOUND");
  v1::ListStageChangesRequest history;
  history.set_name(name);
  EXPECT_EQ(Outcome(Call(&Stub::ListStageChanges, history, "stranger")),
            "NOT_FOUND RESOURCE_NOT_FOUND");
  v1::GetOpportunityRequest get;
  get.set_name(name);
  EXPECT_EQ(Outcome(Call(&Stub::GetOpportunity, get, "stranger")), "NOT_FOUND RESOURCE_NOT_FOUND");
  v1::BatchGetOpportunitiesRequest batch;
  batch.add_names(name);
  const auto missing = Call(&Stub::BatchGetOpportunities, batch, "stranger");
  ASSERT_TRUE(missing.ok());
  EXPECT_EQ(missing->opportunities_size(), 0);
  EXPECT_THAT(missing->missing_names(), ElementsAre(name));
}

TEST_F(Moving, InACrowdEachCallGetsItsOwnAnswer) {
  constexpr int kCalls = 48;
  std::vector<std::string> names;
  for (int i = 0; i < kCalls; ++i) names.push_back(Open().name());
  std::vector<std::string> outcomes(kCalls);
  std::vector<std::thread> callers;
  for (int i = 0; i < kCalls; ++i) {
    callers.emplace_back([&, i] {
      v1::MoveOpportunityRequest request = To(names[i], i % 6 == 0 ? "won" : "proposal");
      if (i % 6 != 1) request.set_override_reason("imported");
      outcomes[i] = Reason(Call(&Stub::MoveOpportunity, request));
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (int i = 0; i < kCalls; ++i) {
    EXPECT_EQ(outcomes[i], i % 6 == 0 ? "STATE_INVALID" : i % 6 == 1 ? "GATES_UNMET" : "OK");
  }
}

TEST_F(Moving, OneOpportunityMovedByManyMovesOneByOne) {
  constexpr int kCalls = 40;
  const std::string name = Open().name();
  std::vector<std::thread> callers;
  for (int i = 0; i < kCalls; ++i) {
    callers.emplace_back([&, i] {
      v1::MoveOpportunityRequest request = To(name, i % 2 == 0 ? "proposal" : "contract");
      request.set_override_reason("imported");
      Call(&Stub::MoveOpportunity, request).status().IgnoreError();
    });
  }
  for (std::thread& caller : callers) caller.join();
  const std::vector<v1::StageChange> history = History(name);
  for (size_t i = 0; i < history.size(); ++i) {
    EXPECT_EQ(history[i].version(), static_cast<int64_t>(i + 1));
    if (i > 0) {
      EXPECT_EQ(history[i].from_stage(), history[i - 1].to_stage());
    }
  }
  EXPECT_EQ(Get(name).stage_version(), static_cast<int64_t>(history.size()));
}

}  // namespace
}  // namespace crm::opportunity::testing
