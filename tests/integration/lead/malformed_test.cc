// Requests whose fields do not fit each other or the rules of one method; what holds for all
// methods is in bad_input_test.cc.

#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {
namespace {

using ::testing::ElementsAre;

class MalformedTest : public LeadServiceTest {
 protected:
  template <class Req, class Resp>
  std::vector<std::string> Wrong(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&,
                                                              Resp*),
                                 const Req& request) {
    const auto result = Call(method, request);
    EXPECT_EQ(Outcome(result), "INVALID_ARGUMENT FIELD_INVALID") << request.ShortDebugString();
    return Fields(result);
  }
};

TEST_F(MalformedTest, MissingFieldsAreAllNamedAtOnce) {
  EXPECT_THAT(Wrong(&Stub::CreateLead, v1::CreateLeadRequest()), ElementsAre("lead"));
  v1::CreateLeadRequest create;
  create.mutable_lead();
  create.mutable_first_activity();
  EXPECT_THAT(Wrong(&Stub::CreateLead, create),
              ElementsAre("first_activity.direction", "first_activity.type", "lead.contact"));
  create.clear_first_activity();
  create.mutable_qualification();
  EXPECT_THAT(Wrong(&Stub::CreateLead, create),
              ElementsAre("first_activity", "lead.contact", "qualification.override_reason"));
  EXPECT_THAT(Wrong(&Stub::GetLead, v1::GetLeadRequest()), ElementsAre("name"));
  EXPECT_THAT(Wrong(&Stub::BatchGetLeads, v1::BatchGetLeadsRequest()), ElementsAre("names"));
  EXPECT_THAT(Wrong(&Stub::UpdateLead, v1::UpdateLeadRequest()), ElementsAre("lead"));
  EXPECT_THAT(Wrong(&Stub::LogActivity, v1::LogActivityRequest()), ElementsAre("activity", "name"));
  EXPECT_THAT(Wrong(&Stub::AssessCriterion, v1::AssessCriterionRequest()),
              ElementsAre("assessment", "name"));
  v1::AssessCriterionRequest assess;
  assess.mutable_assessment();
  EXPECT_THAT(
      Wrong(&Stub::AssessCriterion, assess),
      ElementsAre("assessment.criterion", "assessment.finding", "assessment.source", "name"));
  EXPECT_THAT(Wrong(&Stub::EvaluateLead, v1::EvaluateLeadRequest()), ElementsAre("name"));
  EXPECT_THAT(Wrong(&Stub::QualifyLead, v1::QualifyLeadRequest()), ElementsAre("name"));
  EXPECT_THAT(Wrong(&Stub::DisqualifyLead, v1::DisqualifyLeadRequest()),
              ElementsAre("name", "reason"));
  EXPECT_THAT(Wrong(&Stub::ReopenLead, v1::ReopenLeadRequest()), ElementsAre("name", "reason"));
  EXPECT_THAT(Wrong(&Stub::ConvertLead, v1::ConvertLeadRequest()),
              ElementsAre("name", "opportunity_display_name", "request_id"));
}

TEST_F(MalformedTest, NamesIdsAndEtagsMustBeWellFormed) {
  for (const std::string& bad : {std::string("lead/1"), std::string("leads/1"),
                                 "contacts/" + NewUuid(), "leads/" + NewUuid() + "x"}) {
    v1::GetLeadRequest get;
    get.set_name(bad);
    EXPECT_THAT(Wrong(&Stub::GetLead, get), ElementsAre("name"));
    v1::BatchGetLeadsRequest batch;
    batch.add_names(bad);
    EXPECT_THAT(Wrong(&Stub::BatchGetLeads, batch), ElementsAre("names[0]"));
  }
  v1::CreateLeadRequest create = CreateRequest();
  create.set_lead_id("7");
  create.set_request_id("8");
  EXPECT_THAT(Wrong(&Stub::CreateLead, create), ElementsAre("lead_id", "request_id"));
  v1::QualifyLeadRequest qualify;
  qualify.set_name("leads/" + NewUuid());
  qualify.set_etag("one");
  qualify.set_request_id("8");
  EXPECT_THAT(Wrong(&Stub::QualifyLead, qualify), ElementsAre("etag", "request_id"));
  v1::ConvertLeadRequest convert = ConvertRequest("leads/" + NewUuid());
  convert.set_pipeline("default");
  convert.mutable_amount()->set_currency_code("XYZ");
  convert.mutable_expected_close_date()->set_month(13);
  EXPECT_THAT(Wrong(&Stub::ConvertLead, convert),
              ElementsAre("amount.currency_code", "expected_close_date", "pipeline"));
}

TEST_F(MalformedTest, FieldsMustFitTogether) {
  v1::AssessCriterionRequest assess;
  assess.set_name("leads/" + NewUuid());
  assess.mutable_assessment()->set_criterion(v1::CRITERION_NEED);
  assess.mutable_assessment()->set_finding(v1::FINDING_MET);
  assess.mutable_assessment()->set_source(v1::EVIDENCE_SOURCE_CALL);
  assess.mutable_assessment()->mutable_budget()->set_currency_code("USD");
  assess.mutable_assessment()->set_budget_status(v1::BUDGET_STATUS_APPROVED);
  auto& date = *assess.mutable_assessment()->mutable_expected_purchase_date();
  date.set_year(2027);
  date.set_month(1);
  date.set_day(1);
  EXPECT_THAT(Wrong(&Stub::AssessCriterion, assess),
              ElementsAre("assessment.budget", "assessment.budget_status",
                          "assessment.expected_purchase_date"));
  v1::LogActivityRequest log;
  log.set_name("leads/" + NewUuid());
  log.mutable_activity()->set_type(v1::ACTIVITY_TYPE_NOTE);
  log.mutable_activity()->set_direction(v1::ACTIVITY_DIRECTION_INBOUND);
  EXPECT_THAT(Wrong(&Stub::LogActivity, log), ElementsAre("activity.direction"));
  log.mutable_activity()->set_type(static_cast<v1::ActivityType>(99));
  EXPECT_THAT(Wrong(&Stub::LogActivity, log), ElementsAre("activity.type"));
}

TEST_F(MalformedTest, CollectionsAreBounded) {
  v1::CreateLeadRequest create = CreateRequest();
  for (int i = 0; i < 50; ++i) create.mutable_lead()->add_interests("more");
  EXPECT_THAT(Wrong(&Stub::CreateLead, create), ElementsAre("lead.interests"));
  v1::BatchGetLeadsRequest batch;
  for (int i = 0; i < 1001; ++i) batch.add_names("leads/" + NewUuid());
  EXPECT_THAT(Wrong(&Stub::BatchGetLeads, batch), ElementsAre("names"));
  batch.clear_names();
  batch.add_names("leads/" + NewUuid());
  batch.add_names(batch.names(0));
  EXPECT_THAT(Wrong(&Stub::BatchGetLeads, batch), ElementsAre("names[1]"));
}

TEST_F(MalformedTest, WhatHasNotHappenedYetIsRefused) {
  const std::string name = Create().name();
  v1::LogActivityRequest log;
  log.set_name(name);
  log.mutable_activity()->set_type(v1::ACTIVITY_TYPE_NOTE);
  rpc::SetTime(Service().clock().Now() + absl::Hours(1),
               log.mutable_activity()->mutable_occur_time());
  EXPECT_THAT(Wrong(&Stub::LogActivity, log), ElementsAre("activity.occur_time"));
  v1::CreateLeadRequest create = CreateRequest();
  *create.mutable_effective_time() = log.activity().occur_time();
  EXPECT_EQ(Outcome(Call(&Stub::CreateLead, create)), "INVALID_ARGUMENT EFFECTIVE_TIME_INVALID");
}

}  // namespace
}  // namespace crm::lead::testing
