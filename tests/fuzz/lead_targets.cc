// Requests to the lead service.

#include "common/rpc/resource_name.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "crm/lead/v1/report_service.pb.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/lead_edit.h"
#include "services/lead/rpc/assignment_checks.h"
#include "services/lead/rpc/capture_checks.h"
#include "services/lead/rpc/conversion_checks.h"
#include "services/lead/rpc/lead_checks.h"
#include "services/lead/rpc/lead_proto.h"
#include "services/lead/rpc/policy_checks.h"
#include "services/lead/rpc/prediction_checks.h"
#include "services/lead/rpc/report_checks.h"
#include "services/lead/rpc/report_proto.h"
#include "tests/fuzz/handled_request.h"

namespace crm::fuzz {
namespace {

lead::Lead PlainLead() {
  lead::Lead it;
  it.tenant = "acme";
  it.id = base::Uuid(3, 4);
  it.contact = base::Uuid(5, 6);
  it.owner = "agent";
  Require(Open(it, AnOccasion()).ok(), "a plain lead is taken");
  return it;
}

void LogIn(lead::Lead& it, const lead::v1::Activity& message) {
  lead::Activity activity = lead::FromProto(message, Now());
  activity.id = base::Uuid(7, 8);
  activity.actor = "agent";
  activity.record_time = Now();
  if (Taken(LogActivity(it, activity, AnOccasion()))) RequireShownAs<lead::v1::Activity>(activity);
}

void MakeLead(const lead::v1::CreateLeadRequest& request) {
  lead::Lead it;
  it.tenant = "acme";
  it.id = base::Uuid(3, 4);
  const auto named = rpc::ParseName(request.lead().contact(), "contacts");
  Require(named.has_value(), "a name that was checked is one");
  it.contact = *named;
  if (!Taken(Edit(it, lead::EditFrom(request.lead(), lead::SettableFields())))) return;
  if (!Taken(Open(it, AnOccasion()))) return;
  if (request.has_first_activity()) LogIn(it, request.first_activity());
  if (it.state == lead::LeadState::kWorking && request.has_qualification()) {
    Taken(Qualify(it, lead::DefaultPolicy(), request.qualification().override_reason(),
                  AnOccasion()));
  }
  RequireShownAs<lead::v1::Lead>(it);
}

void ChangeLead(const lead::v1::UpdateLeadRequest& request) {
  lead::Lead it = PlainLead();
  if (Taken(Edit(it, lead::EditFrom(request.lead(), lead::UpdatedFields(request))))) {
    RequireShownAs<lead::v1::Lead>(it);
  }
}

void LogActivityOn(const lead::v1::LogActivityRequest& request) {
  lead::Lead it = PlainLead();
  LogIn(it, request.activity());
  RequireShownAs<lead::v1::Lead>(it);
}

void AssessLead(const lead::v1::AssessCriterionRequest& request) {
  RequireShownAs<lead::v1::Assessment>(lead::FromProto(request.assessment(), Now()));
}

template <class Req>
void AskReport(const Req& request) {
  const lead::ReportQuery query =
      lead::QueryFrom(request.view(), request.scope(), request.groups(), request.period(), Now());
  Require(query.view.at <= Now() && query.period.start < query.period.end,
          "a report looks at a time that there was");
}

void PlanConversion(const lead::v1::ConvertLeadRequest& request) { lead::FromProto(request); }

}  // namespace

void LeadRequest(absl::string_view input) {
  static const auto* const methods = new std::vector<HandledMethod>{
      Handled<lead::v1::CreateLeadRequest, lead::Check, MakeLead>(),
      Handled<lead::v1::UpdateLeadRequest, lead::Check, ChangeLead>(),
      Handled<lead::v1::LogActivityRequest, lead::Check, LogActivityOn>(),
      Handled<lead::v1::AssessCriterionRequest, lead::Check, AssessLead>(),
      Handled<lead::v1::ConvertLeadRequest, lead::Check, PlanConversion>(),
      Handled<lead::v1::ListLeadsRequest, lead::Check>(),
      Handled<lead::v1::UpdateActivityRequest, lead::Check>(),
      Handled<lead::v1::EvaluateLeadRequest, lead::Check>(),
      Handled<lead::v1::EvaluateLeadsRequest, lead::Check>(),
      Handled<lead::v1::ListActivitiesRequest, lead::Check>(),
      Handled<lead::v1::ListAssessmentsRequest, lead::Check>(),
      Handled<lead::v1::QualifyLeadRequest, lead::Check>(),
      Handled<lead::v1::DisqualifyLeadRequest, lead::Check>(),
      Handled<lead::v1::ReopenLeadRequest, lead::Check>(),
      Handled<lead::v1::CaptureLeadRequest, lead::Check>(),
      Handled<lead::v1::AssignLeadRequest, lead::Check>(),
      Handled<lead::v1::AssignLeadsRequest, lead::Check>(),
      Handled<lead::v1::PreviewConversionRequest, lead::Check>(),
      Handled<lead::v1::ListConversionsRequest, lead::Check>(),
      Handled<lead::v1::UpdateAssignmentRulesRequest, lead::Check>(),
      Handled<lead::v1::UpdateQualificationPolicyRequest, lead::Check>(),
      Handled<lead::v1::PredictConversionRequest, lead::Check>(),
      Handled<lead::v1::QueryLeadFunnelRequest, lead::Check, AskReport>(),
      Handled<lead::v1::QueryResponseTimeRequest, lead::Check, AskReport>(),
      Handled<lead::v1::QueryQualificationRequest, lead::Check, AskReport>(),
      Handled<lead::v1::QueryConversionRequest, lead::Check, AskReport>(),
  };
  RunMethod(input, *methods);
}

}  // namespace crm::fuzz
