// Corrections of the history, and the time in each stage.

#include "google/rpc/status.pb.h"
#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {
namespace {

constexpr int64_t kOpened = 1'600'000'000;

class Correction : public OpportunityServiceTest {
 protected:
  // Opened at kOpened, in needs_confirmed after 100 s, in proposal after 300 s.
  std::string Deal() {
    v1::OpenOpportunityRequest open = OpenRequest();
    open.mutable_effective_time()->set_seconds(kOpened);
    const std::string name = Open(open).name();
    MoveAt(name, "needs_confirmed", kOpened + 100);
    MoveAt(name, "proposal", kOpened + 300);
    return name;
  }

  void MoveAt(const std::string& name, const std::string& stage, int64_t time) {
    v1::MoveOpportunityRequest request;
    request.set_name(name);
    request.set_stage(stage);
    request.set_override_reason("imported");
    request.mutable_effective_time()->set_seconds(time);
    const auto moved = Call(&Stub::MoveOpportunity, request);
    EXPECT_TRUE(moved.ok()) << moved.status();
  }

  static v1::CorrectStageChangeRequest Correct(const std::string& name, int64_t version,
                                               const std::string& stage, int64_t time = 0) {
    v1::CorrectStageChangeRequest request;
    request.set_name(name);
    request.set_version(version);
    request.set_stage(stage);
    request.set_reason("wrong column");
    if (time != 0) request.mutable_effective_time()->set_seconds(time);
    return request;
  }

  std::vector<v1::StageTime> Times(const std::string& name) {
    v1::GetOpportunityRequest request;
    request.set_name(name);
    request.set_view(v1::OPPORTUNITY_VIEW_FULL);
    const auto response = Call(&Stub::GetOpportunity, request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return {};
    return {response->stage_times().begin(), response->stage_times().end()};
  }
};

TEST_F(Correction, OfTheLatestMoveMovesTheOpportunity) {
  const std::string name = Deal();
  const auto corrected =
      Call(&Stub::CorrectStageChange, Correct(name, 3, "contract", kOpened + 200));
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  const v1::Opportunity& now = corrected->opportunity();
  EXPECT_EQ(now.stage(), "contract");
  EXPECT_EQ(now.probability(), 90);
  EXPECT_EQ(now.stage_enter_time().seconds(), kOpened + 200);
  EXPECT_EQ(now.stage_version(), 4);
  const std::vector<v1::StageChange> history = History(name);
  ASSERT_EQ(history.size(), 4u);
  EXPECT_EQ(history[2].superseded_by_version(), 4);
  EXPECT_EQ(history[2].to_stage(), "proposal") << "the old one stays as it was";
  const v1::StageChange& change = history[3];
  EXPECT_EQ(change.kind(), v1::STAGE_CHANGE_KIND_CORRECTED);
  EXPECT_EQ(change.from_stage(), "proposal");
  EXPECT_EQ(change.to_stage(), "contract");
  EXPECT_EQ(change.correction().version(), 3);
  EXPECT_EQ(change.correction().stage(), "contract");
  EXPECT_EQ(change.correction().superseded_effective_time().seconds(), kOpened + 300);
  EXPECT_EQ(change.reason(), "wrong column");
  EXPECT_FALSE(change.has_time_in_previous_stage());
}

TEST_F(Correction, OfAnEarlierMoveChangesTheTimesInStagesAlone) {
  const std::string name = Deal();
  ASSERT_TRUE(Call(&Stub::CorrectStageChange, Correct(name, 2, "", kOpened + 250)).ok());
  EXPECT_EQ(Get(name).stage(), "proposal");
  const std::vector<v1::StageTime> times = Times(name);
  ASSERT_EQ(times.size(), 3u);
  EXPECT_EQ(times[0].stage(), "discovery");
  EXPECT_EQ(times[0].total().seconds(), 250);
  EXPECT_EQ(times[1].stage_name(), "Needs confirmed");
  EXPECT_EQ(times[1].total().seconds(), 50);
  EXPECT_TRUE(times[2].running());
  EXPECT_GT(times[2].latest_visit().seconds(), 100);
}

TEST_F(Correction, OfTheOpeningMovesTheOpenTime) {
  const std::string name = Deal();
  ASSERT_TRUE(Call(&Stub::CorrectStageChange, Correct(name, 1, "", kOpened - 50)).ok());
  const v1::Opportunity now = Get(name);
  EXPECT_EQ(now.open_time().seconds(), kOpened - 50);
  EXPECT_EQ(now.stage(), "proposal");
  EXPECT_EQ(Times(name)[0].total().seconds(), 150);
}

TEST_F(Correction, IsIdempotent) {
  const std::string name = Deal();
  v1::CorrectStageChangeRequest request = Correct(name, 3, "contract");
  request.set_request_id(NewUuid());
  const auto first = Call(&Stub::CorrectStageChange, request);
  const auto again = Call(&Stub::CorrectStageChange, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(History(name).size(), 4u);
}

TEST_F(Correction, RefusesWhatCannotBe) {
  const std::string name = Deal();
  const auto outcome = [&](const v1::CorrectStageChangeRequest& request) {
    return Outcome(Call(&Stub::CorrectStageChange, request));
  };
  EXPECT_EQ(outcome(Correct(name, 9, "contract")), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
  EXPECT_EQ(outcome(Correct(name, 3, "nowhere")), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
  EXPECT_EQ(outcome(Correct(name, 3, "won")), "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_EQ(outcome(Correct(name, 3, "proposal")), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_EQ(outcome(Correct(name, 3, "")), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_EQ(outcome(Correct(name, 2, "", kOpened + 301)),
            "INVALID_ARGUMENT EFFECTIVE_TIME_INVALID");
  EXPECT_EQ(outcome(Correct("opportunities/" + NewUuid(), 1, "proposal")),
            "NOT_FOUND RESOURCE_NOT_FOUND");
  EXPECT_EQ(outcome(Correct(name, 3, "contract")), "OK");
  EXPECT_EQ(outcome(Correct(name, 3, "discovery")), "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_EQ(outcome(Correct(name, 4, "discovery")), "OK") << "a correction is corrected";
}

TEST_F(Correction, BasicViewReadsNoHistory) {
  v1::GetOpportunityRequest request;
  request.set_name(Deal());
  EXPECT_EQ(Call(&Stub::GetOpportunity, request)->stage_times_size(), 0);
}

TEST_F(Correction, ACheckSaysWhatAMoveNeedsAndChangesNothing) {
  const v1::Opportunity before = Open();
  v1::CheckMoveRequest request;
  request.set_name(before.name());
  request.set_stage("needs_confirmed");
  const auto check = Call(&Stub::CheckMove, request);
  ASSERT_TRUE(check.ok()) << check.status();
  EXPECT_FALSE(check->allowed());
  EXPECT_EQ(check->method(), "MoveOpportunity");
  ASSERT_EQ(check->gates_size(), 2);
  EXPECT_EQ(check->gates(0).gate(), "needs_confirmed/need_confirmed");
  EXPECT_FALSE(check->gates(0).met());
  EXPECT_EQ(check->gates(0).demand(), "At least one need is confirmed.");
  EXPECT_EQ(check->etag(), before.etag());

  request.set_stage("lost");
  EXPECT_TRUE(Call(&Stub::CheckMove, request)->allowed());
  request.set_stage("discovery");
  EXPECT_NE(Call(&Stub::CheckMove, request)->obstacle(), "");
  request.set_stage("won");
  request.mutable_amount()->set_currency_code("EUR");
  const auto win = Call(&Stub::CheckMove, request);
  ASSERT_TRUE(win.ok()) << win.status();
  for (const v1::GateCheck& gate : win->gates()) {
    EXPECT_EQ(gate.met(), gate.gate() == "proposal/amount" || gate.gate() == "won/amount")
        << gate.gate();
  }
  request.set_stage("nowhere");
  EXPECT_EQ(Outcome(Call(&Stub::CheckMove, request)), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
  EXPECT_EQ(Get(before.name()).etag(), before.etag());
}

TEST_F(Correction, ABatchOfMovesAnswersEachForItself) {
  v1::BatchMoveOpportunitiesRequest request;
  const auto add = [&](const std::string& name, const std::string& stage) {
    v1::MoveOpportunityRequest& one = *request.add_requests();
    one.set_name(name);
    one.set_stage(stage);
    one.set_override_reason("imported");
    one.set_request_id(NewUuid());
  };
  const std::string twice = Open().name();
  add(twice, "proposal");
  add(twice, "contract");
  add("opportunities/" + NewUuid(), "proposal");
  add(Open().name(), "nowhere");
  for (int i = 0; i < 50; ++i) add(Open().name(), "proposal");
  const auto first = Call(&Stub::BatchMoveOpportunities, request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(first->results_size(), 54);
  EXPECT_EQ(first->results(1).opportunity().stage(), "contract");
  EXPECT_EQ(first->results(2).error().code(), static_cast<int>(grpc::StatusCode::NOT_FOUND));
  EXPECT_EQ(first->results(2).error().details_size(), 1);
  EXPECT_EQ(first->results(3).error().code(),
            static_cast<int>(grpc::StatusCode::FAILED_PRECONDITION));
  for (int i = 4; i < 54; ++i) EXPECT_EQ(first->results(i).opportunity().stage(), "proposal");
  const auto again = Call(&Stub::BatchMoveOpportunities, request);
  ASSERT_TRUE(again.ok()) << again.status();
  for (const int i : {0, 1, 4, 53}) {
    EXPECT_EQ(again->results(i).SerializeAsString(), first->results(i).SerializeAsString()) << i;
  }
}

TEST_F(Correction, ASaleIsLostToACompetitor) {
  v1::OpenOpportunityRequest open = OpenRequest();
  open.mutable_opportunity()->add_competitors()->set_display_name("Old Ltd");
  const std::string name = Open(open).name();
  v1::LoseOpportunityRequest lose;
  lose.set_name(name);
  lose.set_loss_reason(v1::LOSS_REASON_COMPETITION);
  lose.set_competitor("New Ltd");
  ASSERT_TRUE(Call(&Stub::LoseOpportunity, lose).ok());
  const v1::Opportunity lost = Get(name);
  ASSERT_EQ(lost.competitors_size(), 2);
  EXPECT_EQ(lost.competitors(0).status(), v1::COMPETITOR_STATUS_UNSPECIFIED);
  EXPECT_EQ(lost.competitors(1).display_name(), "New Ltd");
  EXPECT_EQ(lost.competitors(1).status(), v1::COMPETITOR_STATUS_CHOSEN);
}

}  // namespace
}  // namespace crm::opportunity::testing
