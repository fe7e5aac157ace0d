#include <map>

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

  // Puts each bad text into a valid request and expects a violation of just that field.
  template <class Req, class Resp>
  void ExpectTextChecked(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                         const Req& valid, const std::string& path, size_t limit,
                         const std::function<void(Req&, const std::string&)>& set) {
    for (const std::string& bad :
         {std::string(limit + 1, 'x'), std::string("nul\0byte", 8), std::string("\xff\xfe")}) {
      Req request = valid;
      set(request, bad);
      EXPECT_THAT(Wrong(method, request), ElementsAre(path));
    }
  }
};

TEST_F(MalformedTest, MissingFieldsAreAllNamedAtOnce) {
  EXPECT_THAT(Wrong(&Stub::CreateLead, v1::CreateLeadRequest()), ElementsAre("lead"));
  v1::CreateLeadRequest create;
  create.mutable_lead();
  create.mutable_first_activity();
  EXPECT_THAT(Wrong(&Stub::CreateLead, create),
              ElementsAre("first_activity.direction", "first_activity.type", "lead.contact"));
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

TEST_F(MalformedTest, TextsAreCheckedForLengthNulAndUtf8) {
  const std::string name = "leads/" + NewUuid();
  const v1::CreateLeadRequest create = CreateRequest();
  ExpectTextChecked<v1::CreateLeadRequest, v1::CreateLeadResponse>(
      &Stub::CreateLead, create, "lead.owner", 128,
      [](auto& r, const auto& text) { r.mutable_lead()->set_owner(text); });
  ExpectTextChecked<v1::CreateLeadRequest, v1::CreateLeadResponse>(
      &Stub::CreateLead, create, "lead.source_detail", 200,
      [](auto& r, const auto& text) { r.mutable_lead()->set_source_detail(text); });
  ExpectTextChecked<v1::CreateLeadRequest, v1::CreateLeadResponse>(
      &Stub::CreateLead, create, "lead.external_id", 128,
      [](auto& r, const auto& text) { r.mutable_lead()->set_external_id(text); });
  ExpectTextChecked<v1::CreateLeadRequest, v1::CreateLeadResponse>(
      &Stub::CreateLead, create, "lead.interests[0]", 200,
      [](auto& r, const auto& text) { r.mutable_lead()->set_interests(0, text); });
  v1::UpdateLeadRequest update;
  update.mutable_lead()->set_name(name);
  ExpectTextChecked<v1::UpdateLeadRequest, v1::UpdateLeadResponse>(
      &Stub::UpdateLead, update, "lead.owner", 128,
      [](auto& r, const auto& text) { r.mutable_lead()->set_owner(text); });
  v1::LogActivityRequest log;
  log.set_name(name);
  log.mutable_activity()->set_type(v1::ACTIVITY_TYPE_NOTE);
  ExpectTextChecked<v1::LogActivityRequest, v1::LogActivityResponse>(
      &Stub::LogActivity, log, "activity.summary", 4000,
      [](auto& r, const auto& text) { r.mutable_activity()->set_summary(text); });
  v1::AssessCriterionRequest assess;
  assess.set_name(name);
  assess.mutable_assessment()->set_criterion(v1::CRITERION_NEED);
  assess.mutable_assessment()->set_finding(v1::FINDING_MET);
  assess.mutable_assessment()->set_source(v1::EVIDENCE_SOURCE_CALL);
  ExpectTextChecked<v1::AssessCriterionRequest, v1::AssessCriterionResponse>(
      &Stub::AssessCriterion, assess, "assessment.observation", 4000,
      [](auto& r, const auto& text) { r.mutable_assessment()->set_observation(text); });
}

TEST_F(MalformedTest, TextsOfMovesAreCheckedForLengthNulAndUtf8) {
  const std::string name = "leads/" + NewUuid();
  v1::QualifyLeadRequest qualify;
  qualify.set_name(name);
  ExpectTextChecked<v1::QualifyLeadRequest, v1::QualifyLeadResponse>(
      &Stub::QualifyLead, qualify, "override_reason", 4000,
      [](auto& r, const auto& text) { r.set_override_reason(text); });
  v1::DisqualifyLeadRequest disqualify;
  disqualify.set_name(name);
  disqualify.set_reason(v1::DISQUALIFY_REASON_OTHER);
  EXPECT_THAT(Wrong(&Stub::DisqualifyLead, disqualify), ElementsAre("note"));
  ExpectTextChecked<v1::DisqualifyLeadRequest, v1::DisqualifyLeadResponse>(
      &Stub::DisqualifyLead, disqualify, "note", 4000,
      [](auto& r, const auto& text) { r.set_note(text); });
  v1::ReopenLeadRequest reopen;
  reopen.set_name(name);
  ExpectTextChecked<v1::ReopenLeadRequest, v1::ReopenLeadResponse>(
      &Stub::ReopenLead, reopen, "reason", 4000,
      [](auto& r, const auto& text) { r.set_reason(text); });
  const v1::ConvertLeadRequest convert = ConvertRequest(name);
  ExpectTextChecked<v1::ConvertLeadRequest, v1::ConvertLeadResponse>(
      &Stub::ConvertLead, convert, "opportunity_display_name", 200,
      [](auto& r, const auto& text) { r.set_opportunity_display_name(text); });
  ExpectTextChecked<v1::ConvertLeadRequest, v1::ConvertLeadResponse>(
      &Stub::ConvertLead, convert, "owner", 128,
      [](auto& r, const auto& text) { r.set_owner(text); });
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
