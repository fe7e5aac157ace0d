#include <thread>

#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {
namespace {

// Calls a method twice with one request id (the same answer, nothing done twice), then with another
// body (refused).
class LeadIdempotencyTest : public LeadServiceTest {
 protected:
  template <class Req, class Resp>
  void ExpectIdempotent(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                        Req request, const std::function<void(Req&)>& alter) {
    request.set_request_id(NewUuid());
    const auto first = Call(method, request);
    ASSERT_TRUE(first.ok()) << first.status();
    const std::string before = Counts();
    const auto second = Call(method, request);
    ASSERT_TRUE(second.ok()) << second.status();
    EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
    EXPECT_EQ(Counts(), before);
    alter(request);
    EXPECT_EQ(Outcome(Call(method, request)), "INVALID_ARGUMENT REQUEST_ID_REUSED");
    EXPECT_EQ(Counts(), before);
  }

  std::string Counts() {
    return Service().Sql(
        absl::StrCat("SELECT (SELECT count(*) FROM lead WHERE tenant = '", tenant(),
                     "'), (SELECT sum(revision) FROM lead WHERE tenant = '", tenant(),
                     "'), (SELECT count(*) FROM activity WHERE tenant = '", tenant(),
                     "'), (SELECT count(*) FROM assessment WHERE tenant = '", tenant(),
                     "'), (SELECT count(*) FROM stage_history WHERE tenant = '", tenant(), "')"));
  }
};

TEST_F(LeadIdempotencyTest, EveryWritingMethod) {
  ExpectIdempotent<v1::CreateLeadRequest, v1::CreateLeadResponse>(
      &Stub::CreateLead, CreateRequest(), [](auto& r) { r.mutable_lead()->set_owner("b"); });
  const std::string name = Working().name();
  v1::UpdateLeadRequest update;
  update.mutable_lead()->set_name(name);
  update.mutable_lead()->set_owner("c");
  ExpectIdempotent<v1::UpdateLeadRequest, v1::UpdateLeadResponse>(
      &Stub::UpdateLead, update, [](auto& r) { r.mutable_lead()->set_owner("d"); });
  v1::LogActivityRequest log;
  log.set_name(name);
  log.mutable_activity()->set_type(v1::ACTIVITY_TYPE_NOTE);
  ExpectIdempotent<v1::LogActivityRequest, v1::LogActivityResponse>(
      &Stub::LogActivity, log, [](auto& r) { r.mutable_activity()->set_summary("x"); });
  v1::AssessCriterionRequest assess;
  assess.set_name(name);
  assess.mutable_assessment()->set_criterion(v1::CRITERION_NEED);
  assess.mutable_assessment()->set_finding(v1::FINDING_MET);
  assess.mutable_assessment()->set_source(v1::EVIDENCE_SOURCE_CALL);
  ExpectIdempotent<v1::AssessCriterionRequest, v1::AssessCriterionResponse>(
      &Stub::AssessCriterion, assess,
      [](auto& r) { r.mutable_assessment()->set_finding(v1::FINDING_NOT_MET); });
  v1::QualifyLeadRequest qualify;
  qualify.set_name(name);
  qualify.set_override_reason("x");
  ExpectIdempotent<v1::QualifyLeadRequest, v1::QualifyLeadResponse>(
      &Stub::QualifyLead, qualify, [](auto& r) { r.set_override_reason("y"); });
  v1::DisqualifyLeadRequest disqualify;
  disqualify.set_name(name);
  disqualify.set_reason(v1::DISQUALIFY_REASON_NO_NEED);
  ExpectIdempotent<v1::DisqualifyLeadRequest, v1::DisqualifyLeadResponse>(
      &Stub::DisqualifyLead, disqualify, [](auto& r) { r.set_note("y"); });
  v1::ReopenLeadRequest reopen;
  reopen.set_name(name);
  reopen.set_reason("x");
  ExpectIdempotent<v1::ReopenLeadRequest, v1::ReopenLeadResponse>(
      &Stub::ReopenLead, reopen, [](auto& r) { r.set_reason("y"); });
  ExpectIdempotent<v1::ConvertLeadRequest, v1::ConvertLeadResponse>(
      &Stub::ConvertLead, ConvertRequest(Qualified().name()),
      [](auto& r) { r.set_opportunity_display_name("Other"); });
}

TEST_F(LeadIdempotencyTest, ARetriedCreateIsAnsweredThoughTheContactIsGone) {
  v1::CreateLeadRequest request = CreateRequest();
  request.set_request_id(NewUuid());
  const v1::Lead lead = Create(request);
  Service().contacts().SetMissing(*base::Uuid::Parse(request.lead().contact().substr(9)));
  EXPECT_EQ(Call(&Stub::CreateLead, request)->lead().name(), lead.name());
}

TEST_F(LeadIdempotencyTest, AFailedRequestStoresNothing) {
  v1::QualifyLeadRequest request;
  request.set_name(Create().name());
  request.set_override_reason("x");
  request.set_request_id(NewUuid());
  EXPECT_EQ(Reason(Call(&Stub::QualifyLead, request)), "STATE_INVALID");
  ASSERT_TRUE(Log(request.name(), v1::ACTIVITY_TYPE_CALL, v1::ACTIVITY_DIRECTION_INBOUND).ok());
  EXPECT_TRUE(Call(&Stub::QualifyLead, request).ok());
}

TEST_F(LeadIdempotencyTest, StaleEtagsAreRefusedByEveryMove) {
  const v1::Lead lead = Working();
  v1::DisqualifyLeadRequest disqualify;
  disqualify.set_name(lead.name());
  disqualify.set_etag("77");
  disqualify.set_reason(v1::DISQUALIFY_REASON_NO_NEED);
  EXPECT_EQ(Outcome(Call(&Stub::DisqualifyLead, disqualify)), "ABORTED ETAG_MISMATCH");
  v1::ConvertLeadRequest convert = ConvertRequest(Qualified().name());
  convert.set_etag("77");
  EXPECT_EQ(Outcome(Call(&Stub::ConvertLead, convert)), "ABORTED ETAG_MISMATCH");
  disqualify.set_etag(lead.etag());
  EXPECT_TRUE(Call(&Stub::DisqualifyLead, disqualify).ok());
}

TEST_F(LeadIdempotencyTest, OneBadCallDoesNotPoisonItsNeighbours) {
  v1::CreateLeadRequest taken = CreateRequest();
  taken.mutable_lead()->set_external_id("taken");
  Create(taken);
  std::atomic<int> made{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 40; ++i) {
    callers.emplace_back([&, i] {
      v1::CreateLeadRequest request = CreateRequest();
      request.mutable_lead()->set_external_id(i % 10 == 0 ? "taken" : absl::StrCat("free", i));
      const auto result = Call(&Stub::CreateLead, request);
      if (result.ok()) ++made;
      if (Reason(result) == "DUPLICATE_ID") ++refused;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(made, 36);
  EXPECT_EQ(refused, 4);
}

TEST_F(LeadIdempotencyTest, ActivitiesOfOneLeadAtOnceAreAllCounted) {
  const std::string name = Create().name();
  std::vector<std::thread> callers;
  for (int i = 0; i < 30; ++i) {
    callers.emplace_back([&] {
      EXPECT_TRUE(Log(name, v1::ACTIVITY_TYPE_CALL, v1::ACTIVITY_DIRECTION_INBOUND).ok());
    });
  }
  for (std::thread& caller : callers) caller.join();
  const v1::Lead lead = Get(name);
  EXPECT_EQ(lead.activity_count(), 30);
  EXPECT_EQ(History(name), "NEW,WORKING");
  EXPECT_EQ(Service().Sql("SELECT count(*) FROM activity WHERE lead = '" + name.substr(6) + "'"),
            "30");
}

}  // namespace
}  // namespace crm::lead::testing
