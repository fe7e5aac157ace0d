#include <set>
#include <thread>

#include "services/lead/conversion/conversion_completer.h"
#include "tests/integration/lead/fixture.h"
#include "tests/support/await.h"

namespace crm::lead::testing {
namespace {

using Mode = FakeOpportunityOpener::Mode;

class ConvertLeadTest : public LeadServiceTest {
 protected:
  static base::Uuid IdIn(const std::string& name) { return *base::Uuid::Parse(name.substr(6)); }

  // Exactly one opportunity, the recorded one, and one move of each kind.
  void ExpectConvertedOnce(const std::string& name) {
    const v1::Lead lead = Get(name);
    EXPECT_EQ(lead.state(), v1::LEAD_STATE_CONVERTED);
    const auto opened = Service().opener().OpenedFor(IdIn(name));
    ASSERT_EQ(opened.size(), 1u);
    EXPECT_EQ(OpportunityName(opened[0].opportunity), lead.opportunity());
    EXPECT_EQ(History(name), "NEW,WORKING,QUALIFIED,CONVERTING,CONVERTED");
    EXPECT_EQ(ConversionStates(name), "COMPLETED");
  }

  std::string ConversionStates(const std::string& name) {
    return Service().Sql("SELECT state FROM conversion WHERE lead = '" + name.substr(6) +
                         "' ORDER BY create_time");
  }

  // Runs the completer until nothing of this lead is unfinished.
  void RunCompleter(const std::string& name) {
    Service().clock().Advance(absl::Minutes(2));  // past every lease and back-off
    ConversionCompleter completer(Service().conversions(), Service().conversion_metrics());
    completer.Start();
    EXPECT_TRUE(::crm::testing::Await(
        absl::Seconds(20), [&] { return Get(name).state() != v1::LEAD_STATE_CONVERTING; }));
    completer.Stop();
  }
};

TEST_F(ConvertLeadTest, MakesOneOpportunity) {
  v1::ConvertLeadRequest request = ConvertRequest(Qualified().name());
  request.mutable_amount()->set_currency_code("USD");
  request.mutable_amount()->set_amount_minor(125000);
  const auto converted = Call(&Stub::ConvertLead, request);
  ASSERT_TRUE(converted.ok()) << converted.status();
  EXPECT_EQ(converted->state(), v1::CONVERSION_STATE_COMPLETED);
  EXPECT_EQ(converted->lead().state(), v1::LEAD_STATE_CONVERTED);
  EXPECT_EQ(converted->opportunity(), converted->lead().opportunity());
  ExpectConvertedOnce(request.name());
  const OpportunityOrder order = Service().opener().OpenedFor(IdIn(request.name()))[0];
  EXPECT_EQ(order.tenant, tenant());
  EXPECT_EQ(order.actor, "agent-7");
  EXPECT_EQ(order.plan.owner, "agent-7");
  EXPECT_EQ(order.plan.amount, (base::Money{"USD", 125000}));
}

TEST_F(ConvertLeadTest, NeedsATwoWayActivityOrAnOverride) {
  const std::string name = Create().name();
  ASSERT_TRUE(Log(name, v1::ACTIVITY_TYPE_EMAIL, v1::ACTIVITY_DIRECTION_OUTBOUND).ok());
  v1::QualifyLeadRequest qualify;
  qualify.set_name(name);
  qualify.set_override_reason("x");
  ASSERT_TRUE(Call(&Stub::QualifyLead, qualify).ok());
  v1::ConvertLeadRequest request = ConvertRequest(name);
  EXPECT_EQ(Outcome(Call(&Stub::ConvertLead, request)), "FAILED_PRECONDITION GATES_UNMET");
  request.set_override_reason("met at the fair");
  EXPECT_TRUE(Call(&Stub::ConvertLead, request).ok());
  ExpectConvertedOnce(name);
}

TEST_F(ConvertLeadTest, FiftySameCallsAtOnceMakeOneOpportunityAndGiveOneAnswer) {
  const v1::ConvertLeadRequest request = ConvertRequest(Qualified().name());
  absl::Mutex mutex;
  std::set<std::string> answers;
  std::vector<std::thread> callers;
  for (int i = 0; i < 50; ++i) {
    callers.emplace_back([&] {
      const auto answer = Call(&Stub::ConvertLead, request);
      EXPECT_TRUE(answer.ok()) << answer.status();
      absl::MutexLock lock(&mutex);
      if (answer.ok()) answers.insert(answer->SerializeAsString());
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(answers.size(), 1u);
  ExpectConvertedOnce(request.name());
}

TEST_F(ConvertLeadTest, OfManyRequestsForOneLeadOneWins) {
  const std::string name = Qualified().name();
  std::atomic<int> won{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 20; ++i) {
    callers.emplace_back([&] {
      const auto answer = Call(&Stub::ConvertLead, ConvertRequest(name));
      if (answer.ok()) {
        ++won;
      } else {
        EXPECT_EQ(Outcome(answer), "FAILED_PRECONDITION STATE_INVALID");
        EXPECT_EQ(Metadata(answer.status(), "opportunity").substr(0, 14), "opportunities/");
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(won, 1);
  ExpectConvertedOnce(name);
}

TEST_F(ConvertLeadTest, ManyLeadsAtOnce) {
  std::vector<std::string> names;
  for (int i = 0; i < 30; ++i) names.push_back(Qualified().name());
  std::vector<std::thread> callers;
  for (const std::string& name : names) {
    callers.emplace_back([&] { EXPECT_TRUE(Call(&Stub::ConvertLead, ConvertRequest(name)).ok()); });
  }
  for (std::thread& caller : callers) caller.join();
  for (const std::string& name : names) ExpectConvertedOnce(name);
}

TEST_F(ConvertLeadTest, TheSameAnswerAlsoAfterTheStoredOneIsGone) {
  const v1::ConvertLeadRequest request = ConvertRequest(Qualified().name());
  const auto first = Call(&Stub::ConvertLead, request);
  ASSERT_TRUE(first.ok()) << first.status();
  Service().Sql("DELETE FROM idempotency");
  const auto again = Call(&Stub::ConvertLead, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  Service().Sql("DELETE FROM idempotency");
  v1::ConvertLeadRequest other = request;
  other.set_opportunity_display_name("Another");
  EXPECT_EQ(Outcome(Call(&Stub::ConvertLead, other)), "INVALID_ARGUMENT REQUEST_ID_REUSED");
  ExpectConvertedOnce(request.name());
}

TEST_F(ConvertLeadTest, ARequestIdOfAnotherCallIsRefusedBeforeAnythingIsMade) {
  v1::CreateLeadRequest create = CreateRequest();
  create.set_request_id(NewUuid());
  Create(create);
  v1::ConvertLeadRequest request = ConvertRequest(Qualified().name());
  request.set_request_id(create.request_id());
  EXPECT_EQ(Reason(Call(&Stub::ConvertLead, request)), "REQUEST_ID_REUSED");
  const v1::ConvertLeadRequest used = ConvertRequest(Qualified().name());
  ASSERT_TRUE(Call(&Stub::ConvertLead, used).ok());
  request.set_request_id(used.request_id());
  EXPECT_EQ(Reason(Call(&Stub::ConvertLead, request)), "REQUEST_ID_REUSED");
  EXPECT_EQ(Get(request.name()).state(), v1::LEAD_STATE_QUALIFIED);
  EXPECT_TRUE(Service().opener().OpenedFor(IdIn(request.name())).empty());
}

TEST_F(ConvertLeadTest, WhileTheOpportunityServiceIsAwayNothingElseMayChangeTheLead) {
  const v1::ConvertLeadRequest request = ConvertRequest(Qualified().name());
  Service().opener().SetMode(Mode::kAway);
  const auto away = Call(&Stub::ConvertLead, request);
  EXPECT_EQ(Outcome(away), "UNAVAILABLE NEIGHBOUR_UNAVAILABLE");
  EXPECT_TRUE(error::DetailsOf(away.status())->retry_after.has_value());
  EXPECT_EQ(Get(request.name()).state(), v1::LEAD_STATE_CONVERTING);
  v1::UpdateLeadRequest update;
  update.mutable_lead()->set_name(request.name());
  update.mutable_lead()->set_owner("b");
  EXPECT_EQ(Reason(Call(&Stub::UpdateLead, update)), "STATE_INVALID");
  v1::DisqualifyLeadRequest disqualify;
  disqualify.set_name(request.name());
  disqualify.set_reason(v1::DISQUALIFY_REASON_NO_NEED);
  EXPECT_EQ(Reason(Call(&Stub::DisqualifyLead, disqualify)), "STATE_INVALID");
  EXPECT_EQ(Reason(Log(request.name(), v1::ACTIVITY_TYPE_NOTE, v1::ACTIVITY_DIRECTION_UNSPECIFIED)),
            "STATE_INVALID");
  EXPECT_EQ(Reason(Call(&Stub::ConvertLead, ConvertRequest(request.name()))), "STATE_INVALID");
  Service().opener().SetMode(Mode::kNormal);
  EXPECT_TRUE(Call(&Stub::ConvertLead, request).ok());
  ExpectConvertedOnce(request.name());
}

TEST_F(ConvertLeadTest, TheCompleterCompletesUnfinishedConversions) {
  for (const Mode mode : {Mode::kAway, Mode::kReplyLost}) {
    const v1::ConvertLeadRequest request = ConvertRequest(Qualified().name());
    Service().opener().SetMode(mode);
    EXPECT_FALSE(Call(&Stub::ConvertLead, request).ok());
    Service().opener().SetMode(Mode::kNormal);
    RunCompleter(request.name());
    ExpectConvertedOnce(request.name());
    EXPECT_TRUE(Call(&Stub::ConvertLead, request).ok());
  }
}

TEST_F(ConvertLeadTest, TheCompleterAndRetriesAtOnceDoItOnce) {
  const v1::ConvertLeadRequest request = ConvertRequest(Qualified().name());
  Service().opener().SetMode(Mode::kReplyLost);
  EXPECT_FALSE(Call(&Stub::ConvertLead, request).ok());
  Service().opener().SetMode(Mode::kNormal);
  std::vector<std::thread> retries;
  for (int i = 0; i < 10; ++i) {
    retries.emplace_back([&] { EXPECT_TRUE(Call(&Stub::ConvertLead, request).ok()); });
  }
  RunCompleter(request.name());
  for (std::thread& retry : retries) retry.join();
  ExpectConvertedOnce(request.name());
}

TEST_F(ConvertLeadTest, ARefusalLeavesAQualifiedLeadThatCanBeConvertedByANewRequest) {
  const v1::ConvertLeadRequest request = ConvertRequest(Qualified().name());
  Service().opener().SetMode(Mode::kRefusing);
  for (int i = 0; i < 2; ++i) {
    const auto refused = Call(&Stub::ConvertLead, request);
    EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION CONVERSION_REFUSED");
    EXPECT_EQ(Metadata(refused.status(), "cause"), "REFERENCE_NOT_FOUND");
  }
  EXPECT_EQ(Get(request.name()).state(), v1::LEAD_STATE_QUALIFIED);
  EXPECT_EQ(Get(request.name()).opportunity(), "");
  Service().opener().SetMode(Mode::kNormal);
  EXPECT_TRUE(Call(&Stub::ConvertLead, ConvertRequest(request.name())).ok());
  EXPECT_EQ(Service().opener().OpenedFor(IdIn(request.name())).size(), 1u);
  EXPECT_EQ(ConversionStates(request.name()), "COMPENSATED\nCOMPLETED");
}

TEST_F(ConvertLeadTest, ARefusedRequestStaysRefusedAfterLaterOnes) {
  const v1::ConvertLeadRequest first = ConvertRequest(Qualified().name());
  const v1::ConvertLeadRequest second = ConvertRequest(first.name());
  Service().opener().SetMode(Mode::kRefusing);
  EXPECT_EQ(Reason(Call(&Stub::ConvertLead, first)), "CONVERSION_REFUSED");
  EXPECT_EQ(Reason(Call(&Stub::ConvertLead, second)), "CONVERSION_REFUSED");
  Service().opener().SetMode(Mode::kNormal);
  const auto again = Call(&Stub::ConvertLead, first);
  EXPECT_EQ(Reason(again), "CONVERSION_REFUSED") << again.status();
  EXPECT_EQ(Metadata(again.status(), "cause"), "REFERENCE_NOT_FOUND");
  EXPECT_EQ(Get(first.name()).state(), v1::LEAD_STATE_QUALIFIED);
}

TEST_F(ConvertLeadTest, ALostReplyThenRefusalsLeaveNoOpportunityBehind) {
  const v1::ConvertLeadRequest request = ConvertRequest(Qualified().name());
  Service().opener().SetMode(Mode::kReplyLost);
  EXPECT_FALSE(Call(&Stub::ConvertLead, request).ok());
  Service().opener().SetMode(Mode::kRefusing);
  EXPECT_TRUE(Call(&Stub::ConvertLead, request).ok());
  ExpectConvertedOnce(request.name());
}

TEST_F(ConvertLeadTest, FaultsWithoutEndWaitForAnOperator) {
  const v1::ConvertLeadRequest request = ConvertRequest(Qualified().name());
  Service().opener().SetMode(Mode::kFaulty);
  EXPECT_EQ(Outcome(Call(&Stub::ConvertLead, request)), "UNAVAILABLE NEIGHBOUR_UNAVAILABLE");
  Service().clock().Advance(kMostFaultTime + absl::Seconds(1));
  EXPECT_EQ(Outcome(Call(&Stub::ConvertLead, request)), "UNAVAILABLE NEIGHBOUR_UNAVAILABLE");
  const auto stuck = Call(&Stub::ConvertLead, request);
  EXPECT_EQ(Outcome(stuck), "FAILED_PRECONDITION CONVERSION_NEEDS_ATTENTION");
  EXPECT_EQ(Metadata(stuck.status(), "cause"), "PERMISSION_DENIED");
  EXPECT_EQ(Get(request.name()).state(), v1::LEAD_STATE_CONVERTING);
  Service().opener().SetMode(Mode::kNormal);
  EXPECT_EQ(Reason(Call(&Stub::ConvertLead, request)), "CONVERSION_NEEDS_ATTENTION");
  Service().Sql("UPDATE conversion SET state = 'STARTED' WHERE state = 'NEEDS_ATTENTION'");
  RunCompleter(request.name());
  ExpectConvertedOnce(request.name());
}

TEST_F(ConvertLeadTest, ConversionsThatHangHoldUpNoOtherWrite) {
  std::vector<v1::ConvertLeadRequest> requests;
  for (int i = 0; i < 2; ++i) requests.push_back(ConvertRequest(Qualified().name()));
  const std::string other = Create().name();
  Service().opener().SetMode(Mode::kHanging);
  std::vector<std::thread> callers;
  for (int i = 0; i < 2; ++i) {  // one after the other, so that no batch takes both
    callers.emplace_back(
        [&, i] { EXPECT_TRUE(Call(&Stub::ConvertLead, requests[static_cast<size_t>(i)]).ok()); });
    EXPECT_TRUE(Service().opener().AwaitHanging(i + 1));
  }
  const auto logged = Log(other, v1::ACTIVITY_TYPE_CALL, v1::ACTIVITY_DIRECTION_OUTBOUND);
  EXPECT_TRUE(logged.ok()) << logged.status();
  Service().opener().SetMode(Mode::kNormal);
  for (std::thread& caller : callers) caller.join();
  for (const v1::ConvertLeadRequest& request : requests) ExpectConvertedOnce(request.name());
}

}  // namespace
}  // namespace crm::lead::testing
