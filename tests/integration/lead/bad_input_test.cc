// Every method with every kind of bad input.

#include "tests/support/bad_input.h"

#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {
namespace {

using crm::testing::MethodCase;

constexpr char kContact[] = "contacts/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e";

constexpr char kConversion[] = "name: \"conversions/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e\"";

// What only the server sets in a lead.
std::vector<std::string> ServersFields(std::vector<std::string> more) {
  for (const char* field :
       {"lead.current_assessments", "lead.verdict", "lead.disqualify_note", "lead.override_reason",
        "lead.opportunity", "lead.assignment", "first_activity.id", "first_activity.actor"}) {
    more.push_back(field);
  }
  return more;
}

std::vector<MethodCase> Methods() {
  const std::string contact = std::string("contact: \"") + kContact + "\"";
  return {
      {"CreateLead",
       "lead { " + contact +
           " owner: \"agent-7\" } first_activity { type: ACTIVITY_TYPE_CALL direction: "
           "ACTIVITY_DIRECTION_OUTBOUND } qualification { override_reason: \"known for years\" }",
       {"lead", "lead.contact", "first_activity", "first_activity.type", "first_activity.direction",
        "qualification.override_reason"},
       ServersFields({"lead.name", "lead.etag"})},
      {"GetLead", "name: \"$NAME\"", {"name"}},
      {"ListRevisions", "name: \"$NAME\"", {"name"}},
      {"BatchGetLeads", "names: \"$NAME\"", {"names"}},
      {"ListLeads", ""},
      {"UpdateLead",
       "lead { name: \"$NAME\" owner: \"agent-8\" }",
       {"lead", "lead.name"},
       ServersFields({"lead.contact"})},
      {"LogActivity",
       "name: \"$NAME\" activity { type: ACTIVITY_TYPE_CALL direction: "
       "ACTIVITY_DIRECTION_OUTBOUND }",
       {"name", "activity", "activity.type", "activity.direction"},
       {"activity.id", "activity.actor"}},
      {"UpdateActivity",
       "name: \"$NAME\" activity { id: \"018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e\" summary: \"more\" "
       "}",
       {"name", "activity", "activity.id"},
       {"activity.actor"}},
      {"AssessCriterion",
       "name: \"$NAME\" assessment { criterion: CRITERION_ABILITY finding: FINDING_MET source: "
       "EVIDENCE_SOURCE_CALL budget { currency_code: \"EUR\" } }",
       {"name", "assessment", "assessment.criterion", "assessment.finding", "assessment.source",
        "assessment.budget.currency_code"},
       {"assessment.id", "assessment.assessor"}},
      {"EvaluateLead", "name: \"$NAME\"", {"name"}, {"draft_policy.etag", "draft_policy.actor"}},
      {"EvaluateLeads", "names: \"$NAME\"", {"names"}, {"draft_policy.etag", "draft_policy.actor"}},
      {"ListActivities", "name: \"$NAME\"", {"name"}},
      {"ListAssessments", "name: \"$NAME\"", {"name"}},
      {"QualifyLead", "name: \"$NAME\" override_reason: \"known for years\"", {"name"}},
      {"DisqualifyLead",
       "name: \"$NAME\" reason: DISQUALIFY_REASON_OTHER note: \"gone\"",
       {"name", "reason", "note"}},
      {"ReopenLead", "name: \"$NAME\" reason: \"back again\"", {"name", "reason"}},
      {"DeleteLead", "name: \"$NAME\"", {"name"}},
      {"UndeleteLead", "name: \"$NAME\"", {"name"}},
      {"CaptureLead",
       "contact { email: \"anna@acme.example\" } note: \"Please call me.\"",
       {"contact", "contact.email"}},
      {"AssignLead",
       "name: \"$NAME\" owner: \"agent-8\" reason: \"holiday\"",
       {"name", "owner", "reason"}},
      {"AssignLeads", "leads: \"$NAME\""},
      {"ConvertLead",
       "name: \"$NAME\" request_id: \"018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e\" "
       "opportunity_display_name: \"Forty presses\" pipeline: \"pipelines/default\"",
       {"name", "request_id", "opportunity_display_name"}},
  };
}

std::vector<MethodCase> ReportMethods() {
  const std::string asked =
      "view { as_of { seconds: 1000000000 } time_zone: \"Europe/Berlin\" } scope { owners: "
      "\"mara\" sources: LEAD_SOURCE_WEB source_details: \"fair\" states: LEAD_STATE_NEW } groups "
      "{ by: REPORT_GROUPING_ATTRIBUTE attribute: \"campaign\" } period { start { year: 2026 "
      "month: 1 day: 1 } end { year: 2026 month: 2 day: 1 } }";
  const std::vector<std::string> required = {"period", "period.start", "period.end"};
  return {{"QueryLeadFunnel", asked, required},
          {"QueryResponseTime", asked, required},
          {"QueryQualification", asked, required},
          {"QueryConversion", asked, required}};
}

TEST_F(LeadServiceTest, NoMethodTakesBadInput) {
  v1::CreateLeadRequest request = CreateRequest();
  request.set_request_id(NewUuid());
  request.mutable_first_activity()->set_type(v1::ACTIVITY_TYPE_CALL);
  request.mutable_first_activity()->set_direction(v1::ACTIVITY_DIRECTION_INBOUND);
  v1::QualifyLeadRequest qualify;
  qualify.set_name(Create(request).name());
  qualify.set_override_reason("known for years");
  ASSERT_TRUE(Call(&Stub::QualifyLead, qualify).ok());
  crm::testing::ExpectBadInputRefused(
      v1::LeadService::service_full_name(), Methods(),
      {Service().channel(), tenant(), qualify.name(), request.request_id(),
       [] { return Service().Everything(); }});
  crm::testing::ExpectBadInputRefused(
      v1::QualificationPolicyService::service_full_name(),
      {{"GetQualificationPolicy", ""},
       {"UpdateQualificationPolicy",
        "policy { rules { criterion: CRITERION_NEED weight: 100 required: true } threshold: 50 "
        "longest_days_to_purchase: 90 stale_after_days: 90 }",
        {"policy", "policy.rules", "policy.threshold", "policy.longest_days_to_purchase",
         "policy.stale_after_days"},
        {"policy.actor"}},
       {"ListQualificationPolicyRevisions", ""}},
      {Service().channel(), tenant(), qualify.name(), request.request_id(),
       [] { return Service().Everything(); }});
  crm::testing::ExpectBadInputRefused(
      v1::ConversionService::service_full_name(),
      {{"PreviewConversion",
        "name: \"$NAME\" opportunity_display_name: \"Forty presses\" pipeline: "
        "\"pipelines/default\"",
        {"name", "opportunity_display_name"}},
       {"GetConversion", kConversion, {"name"}},
       {"ListConversions", ""},
       {"RetryConversion", kConversion, {"name"}},
       {"AbandonConversion", kConversion, {"name"}}},
      {Service().channel(), tenant(), qualify.name(), request.request_id(),
       [] { return Service().Everything(); }});
  crm::testing::ExpectBadInputRefused(
      v1::PredictionService::service_full_name(),
      {{"TrainModel", ""},
       {"GetModel", ""},
       {"ListModels", ""},
       {"PredictConversion", "name: \"$NAME\"", {"name"}},
       {"EvaluateModel", ""}},
      {Service().channel(), tenant(), qualify.name(), request.request_id(),
       [] { return Service().Everything(); }});
  crm::testing::ExpectBadInputRefused(
      v1::AssignmentService::service_full_name(),
      {{"GetAssignmentRules", ""},
       {"UpdateAssignmentRules",
        "rules { rules { name: \"web\" countries: \"Jordan\" way: ASSIGNMENT_WAY_ROUND_ROBIN team: "
        "\"anna\" } }",
        {"rules"},
        {"rules.actor"}},
       {"ListAssignmentRuleRevisions", ""}},
      {Service().channel(), tenant(), qualify.name(), request.request_id(),
       [] { return Service().Everything(); }});
  crm::testing::ExpectBadInputRefused(
      v1::ReportService::service_full_name(), ReportMethods(),
      {Service().channel(), tenant(), qualify.name(), request.request_id(),
       [] { return Service().Everything(); }});
}

}  // namespace
}  // namespace crm::lead::testing
