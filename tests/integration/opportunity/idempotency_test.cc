#include <google/protobuf/util/message_differencer.h>

#include <mutex>
#include <set>
#include <thread>

#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {
namespace {

using google::protobuf::util::MessageDifferencer;

class Repeating : public OpportunityServiceTest {
 protected:
  // The same request gets the same answer; `alter` makes it another one, which is refused.
  template <class Req, class Resp>
  void Check(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*), Req request,
             const std::function<void(Req&)>& alter) {
    request.set_request_id(NewUuid());
    const auto first = Call(method, request);
    ASSERT_TRUE(first.ok()) << first.status();
    const auto second = Call(method, request);
    ASSERT_TRUE(second.ok()) << second.status();
    EXPECT_TRUE(MessageDifferencer::Equals(*first, *second));
    alter(request);
    const auto reused = Call(method, request);
    EXPECT_EQ(Outcome(reused), "INVALID_ARGUMENT REQUEST_ID_REUSED");
    EXPECT_EQ(Metadata(reused.status(), "requestId"), request.request_id());
  }
};

TEST_F(Repeating, Open) {
  Check<v1::OpenOpportunityRequest, v1::OpenOpportunityResponse>(
      &Stub::OpenOpportunity, OpenRequest(),
      [](auto& request) { request.mutable_opportunity()->set_owner("agent-8"); });
}

TEST_F(Repeating, OpenWithAnId) {
  v1::OpenOpportunityRequest request = OpenRequest();
  request.set_opportunity_id(NewUuid());
  Check<v1::OpenOpportunityRequest, v1::OpenOpportunityResponse>(
      &Stub::OpenOpportunity, request,
      [](auto& request) { request.mutable_opportunity()->set_owner("agent-8"); });
  EXPECT_EQ(History("opportunities/" + request.opportunity_id()).size(), 1u);
}

TEST_F(Repeating, Update) {
  v1::UpdateOpportunityRequest request;
  request.mutable_opportunity()->set_name(Open().name());
  request.mutable_opportunity()->set_owner("agent-8");
  request.mutable_opportunity()->set_etag("1");
  Check<v1::UpdateOpportunityRequest, v1::UpdateOpportunityResponse>(
      &Stub::UpdateOpportunity, request,
      [](auto& request) { request.mutable_opportunity()->set_owner("agent-9"); });
}

TEST_F(Repeating, MoveWinLoseReopen) {
  const std::string name = Open().name();
  v1::MoveOpportunityRequest move;
  move.set_name(name);
  move.set_stage("proposal");
  move.set_override_reason("imported");
  Check<v1::MoveOpportunityRequest, v1::MoveOpportunityResponse>(
      &Stub::MoveOpportunity, move, [](auto& request) { request.set_stage("contract"); });
  v1::WinOpportunityRequest win;
  win.set_name(name);
  win.set_override_reason("imported");
  Check<v1::WinOpportunityRequest, v1::WinOpportunityResponse>(
      &Stub::WinOpportunity, win, [](auto& request) { request.set_override_reason("other"); });
  v1::ReopenOpportunityRequest reopen;
  reopen.set_name(name);
  reopen.set_stage("discovery");
  reopen.set_reason("annulled");
  Check<v1::ReopenOpportunityRequest, v1::ReopenOpportunityResponse>(
      &Stub::ReopenOpportunity, reopen, [](auto& request) { request.set_reason("other"); });
  v1::LoseOpportunityRequest lose;
  lose.set_name(name);
  lose.set_loss_reason(v1::LOSS_REASON_BUDGET);
  Check<v1::LoseOpportunityRequest, v1::LoseOpportunityResponse>(
      &Stub::LoseOpportunity, lose,
      [](auto& request) { request.set_loss_reason(v1::LOSS_REASON_PRICE); });
  EXPECT_EQ(History(name).size(), 5u);
}

TEST_F(Repeating, AFailedCallStoresNothing) {
  const std::string name = Open().name();
  v1::MoveOpportunityRequest move;
  move.set_name(name);
  move.set_stage("proposal");
  move.set_request_id(NewUuid());
  EXPECT_EQ(Reason(Call(&Stub::MoveOpportunity, move)), "GATES_UNMET");
  move.set_override_reason("imported");
  EXPECT_TRUE(Call(&Stub::MoveOpportunity, move).ok());
}

TEST_F(Repeating, FiftyAtOnceOpenOne) {
  v1::OpenOpportunityRequest request = OpenRequest();
  request.set_opportunity_id(NewUuid());
  request.set_request_id(NewUuid());
  std::mutex mutex;
  std::set<std::string> answers;
  std::vector<std::thread> callers;
  for (int i = 0; i < 50; ++i) {
    callers.emplace_back([&] {
      const auto result = Call(&Stub::OpenOpportunity, request);
      const std::lock_guard lock(mutex);
      answers.insert(result.ok() ? result->SerializeAsString() : result.status().ToString());
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(answers.size(), 1u) << *answers.begin() << *answers.rbegin();
  EXPECT_EQ(History("opportunities/" + request.opportunity_id()).size(), 1u);
}

TEST_F(Repeating, AfterTheAnswerWasForgottenTheIdStillTellsTheLead) {
  v1::OpenOpportunityRequest request = OpenRequest();
  request.set_opportunity_id(NewUuid());
  request.set_request_id(NewUuid());
  const v1::Opportunity opened = Open(request);
  Service().database().Sql(
      absl::StrCat("DELETE FROM idempotency WHERE request_id = '", request.request_id(), "'"));
  const auto again = Call(&Stub::OpenOpportunity, request);
  EXPECT_EQ(Outcome(again), "ALREADY_EXISTS DUPLICATE_ID");
  EXPECT_EQ(Metadata(again.status(), "name"), opened.name());
  EXPECT_EQ(Metadata(again.status(), "lead"), opened.lead());
}

}  // namespace
}  // namespace crm::opportunity::testing
