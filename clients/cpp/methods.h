#pragma once

#include <absl/time/time.h>

#include <string>

#include "clients/cpp/channels.h"
#include "crm/audit/v1/audit_service.pb.h"
#include "crm/contact/v1/account_service.pb.h"
#include "crm/contact/v1/contact_service.pb.h"
#include "crm/contact/v1/erasure_service.pb.h"
#include "crm/contact/v1/merge.pb.h"
#include "crm/contact/v1/search_service.pb.h"
#include "crm/event/v1/stage_event_reads.pb.h"
#include "crm/event/v1/stage_event_service.pb.h"
#include "crm/event/v1/webhook_reads.pb.h"
#include "crm/event/v1/webhook_writes.pb.h"
#include "crm/lead/v1/assignment_service.pb.h"
#include "crm/lead/v1/conversion_service.pb.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "crm/lead/v1/prediction_service.pb.h"
#include "crm/lead/v1/qualification_policy_service.pb.h"
#include "crm/lead/v1/report_service.pb.h"
#include "crm/opportunity/v1/opportunity_service.pb.h"
#include "crm/opportunity/v1/pipeline_service.pb.h"
#include "crm/opportunity/v1/report_service.pb.h"

// Which method a request belongs to. Every request type belongs to exactly one, so a call is made
// from the request alone:  client.Call(contact::v1::GetContactRequest{…}).
namespace crm::client {

// Default deadlines, from the first byte sent to the last received, attempts of the channel
// included. A call may name another one.
inline constexpr absl::Duration kReadDeadline = absl::Seconds(5);
inline constexpr absl::Duration kListDeadline = absl::Seconds(15);
inline constexpr absl::Duration kWriteDeadline = absl::Seconds(10);
// A conversion spans three services.
inline constexpr absl::Duration kConvertDeadline = absl::Seconds(30);
// All finished leads are read.
inline constexpr absl::Duration kTrainDeadline = absl::Seconds(60);
// Reports read what there is of a tenant.
inline constexpr absl::Duration kReportDeadline = absl::Seconds(60);

template <class Request>
struct MethodOf;  // Response, kService, kDeadline, Path()

template <class Request>
using ResponseOf = typename MethodOf<Request>::Response;

// Requests that make their call idempotent by a request id.
template <class Request>
concept HasRequestId = requires(Request request) {
  request.set_request_id("");
};

#define CRM_CLIENT_METHOD(package, service_name, method, service, deadline)              \
  template <>                                                                            \
  struct MethodOf<crm::package::v1::method##Request> {                                   \
    using Response = crm::package::v1::method##Response;                                 \
    static constexpr Service kService = service;                                         \
    static constexpr absl::Duration kDeadline = deadline;                                \
    static const std::string& Path() {                                                   \
      static const std::string path = "/crm." #package ".v1." #service_name "/" #method; \
      return path;                                                                       \
    }                                                                                    \
  };

#define CRM_CONTACT_METHOD(method, deadline) \
  CRM_CLIENT_METHOD(contact, ContactService, method, Service::kContact, deadline)
CRM_CONTACT_METHOD(CreateContact, kWriteDeadline)
CRM_CONTACT_METHOD(GetContact, kReadDeadline)
CRM_CONTACT_METHOD(BatchGetContacts, kListDeadline)
CRM_CONTACT_METHOD(ListContacts, kListDeadline)
CRM_CONTACT_METHOD(FindContacts, kReadDeadline)
CRM_CONTACT_METHOD(UpdateContact, kWriteDeadline)
CRM_CONTACT_METHOD(UpsertContacts, kListDeadline)
CRM_CONTACT_METHOD(DeleteContact, kWriteDeadline)
CRM_CONTACT_METHOD(UndeleteContact, kWriteDeadline)
CRM_CONTACT_METHOD(ListRevisions, kListDeadline)
#undef CRM_CONTACT_METHOD

CRM_CLIENT_METHOD(contact, ErasureService, EraseContact, Service::kContact, kConvertDeadline)
CRM_CLIENT_METHOD(contact, ErasureService, GetErasure, Service::kContact, kReadDeadline)

CRM_CLIENT_METHOD(contact, ContactSearchService, SearchContacts, Service::kContact, kListDeadline)
CRM_CLIENT_METHOD(contact, ContactSearchService, FindDuplicates, Service::kContact, kListDeadline)
CRM_CLIENT_METHOD(contact, ContactSearchService, ListDuplicateGroups, Service::kContact,
                  kListDeadline)
CRM_CLIENT_METHOD(contact, AccountService, GetAccount, Service::kContact, kReadDeadline)
CRM_CLIENT_METHOD(contact, AccountService, ListAccounts, Service::kContact, kListDeadline)
CRM_CLIENT_METHOD(contact, AccountService, UpdateAccount, Service::kContact, kWriteDeadline)
CRM_CLIENT_METHOD(contact, AccountService, CloseAccount, Service::kContact, kWriteDeadline)
CRM_CLIENT_METHOD(contact, AccountService, ReopenAccount, Service::kContact, kWriteDeadline)
CRM_CLIENT_METHOD(contact, MergeService, PreviewMerge, Service::kContact, kReadDeadline)
CRM_CLIENT_METHOD(contact, MergeService, MergeContacts, Service::kContact, kWriteDeadline)
CRM_CLIENT_METHOD(contact, MergeService, UnmergeContact, Service::kContact, kWriteDeadline)

#define CRM_LEAD_METHOD(method, deadline) \
  CRM_CLIENT_METHOD(lead, LeadService, method, Service::kLead, deadline)
CRM_LEAD_METHOD(CreateLead, kWriteDeadline)
CRM_LEAD_METHOD(GetLead, kReadDeadline)
CRM_LEAD_METHOD(BatchGetLeads, kListDeadline)
CRM_LEAD_METHOD(ListLeads, kListDeadline)
CRM_LEAD_METHOD(UpdateLead, kWriteDeadline)
CRM_LEAD_METHOD(LogActivity, kWriteDeadline)
CRM_LEAD_METHOD(AssessCriterion, kWriteDeadline)
CRM_LEAD_METHOD(EvaluateLead, kReadDeadline)
CRM_LEAD_METHOD(EvaluateLeads, kListDeadline)
CRM_LEAD_METHOD(ListActivities, kListDeadline)
CRM_LEAD_METHOD(ListAssessments, kListDeadline)
CRM_LEAD_METHOD(QualifyLead, kWriteDeadline)
CRM_LEAD_METHOD(DisqualifyLead, kWriteDeadline)
CRM_LEAD_METHOD(ReopenLead, kWriteDeadline)
CRM_LEAD_METHOD(ConvertLead, kConvertDeadline)
CRM_LEAD_METHOD(DeleteLead, kWriteDeadline)
CRM_LEAD_METHOD(UpdateActivity, kWriteDeadline)
CRM_LEAD_METHOD(UndeleteLead, kWriteDeadline)
CRM_LEAD_METHOD(ListRevisions, kListDeadline)
CRM_LEAD_METHOD(CaptureLead, kWriteDeadline)
CRM_LEAD_METHOD(AssignLead, kWriteDeadline)
CRM_LEAD_METHOD(AssignLeads, kListDeadline)
#undef CRM_LEAD_METHOD

#define CRM_POLICY_METHOD(method, deadline) \
  CRM_CLIENT_METHOD(lead, QualificationPolicyService, method, Service::kLead, deadline)
CRM_POLICY_METHOD(GetQualificationPolicy, kReadDeadline)
CRM_POLICY_METHOD(UpdateQualificationPolicy, kWriteDeadline)
CRM_POLICY_METHOD(ListQualificationPolicyRevisions, kListDeadline)
#undef CRM_POLICY_METHOD

#define CRM_CONVERSION_METHOD(method, deadline) \
  CRM_CLIENT_METHOD(lead, ConversionService, method, Service::kLead, deadline)
CRM_CONVERSION_METHOD(PreviewConversion, kReadDeadline)
CRM_CONVERSION_METHOD(GetConversion, kListDeadline)
CRM_CONVERSION_METHOD(ListConversions, kListDeadline)
CRM_CONVERSION_METHOD(RetryConversion, kWriteDeadline)
CRM_CONVERSION_METHOD(AbandonConversion, kWriteDeadline)
#undef CRM_CONVERSION_METHOD

#define CRM_PREDICTION_METHOD(method, deadline) \
  CRM_CLIENT_METHOD(lead, PredictionService, method, Service::kLead, deadline)
CRM_PREDICTION_METHOD(TrainModel, kTrainDeadline)
CRM_PREDICTION_METHOD(GetModel, kReadDeadline)
CRM_PREDICTION_METHOD(ListModels, kListDeadline)
CRM_PREDICTION_METHOD(PredictConversion, kReadDeadline)
CRM_PREDICTION_METHOD(EvaluateModel, kTrainDeadline)
#undef CRM_PREDICTION_METHOD

#define CRM_ASSIGNMENT_METHOD(method, deadline) \
  CRM_CLIENT_METHOD(lead, AssignmentService, method, Service::kLead, deadline)
CRM_ASSIGNMENT_METHOD(GetAssignmentRules, kReadDeadline)
CRM_ASSIGNMENT_METHOD(UpdateAssignmentRules, kWriteDeadline)
CRM_ASSIGNMENT_METHOD(ListAssignmentRuleRevisions, kListDeadline)
#undef CRM_ASSIGNMENT_METHOD

#define CRM_LEAD_REPORT_METHOD(method) \
  CRM_CLIENT_METHOD(lead, ReportService, method, Service::kLead, kReportDeadline)
CRM_LEAD_REPORT_METHOD(QueryLeadFunnel)
CRM_LEAD_REPORT_METHOD(QueryResponseTime)
CRM_LEAD_REPORT_METHOD(QueryQualification)
CRM_LEAD_REPORT_METHOD(QueryConversion)
#undef CRM_LEAD_REPORT_METHOD

#define CRM_OPPORTUNITY_METHOD(method, deadline) \
  CRM_CLIENT_METHOD(opportunity, OpportunityService, method, Service::kOpportunity, deadline)
CRM_OPPORTUNITY_METHOD(OpenOpportunity, kWriteDeadline)
CRM_OPPORTUNITY_METHOD(AttachLead, kWriteDeadline)
CRM_OPPORTUNITY_METHOD(GetOpportunity, kReadDeadline)
CRM_OPPORTUNITY_METHOD(BatchGetOpportunities, kListDeadline)
CRM_OPPORTUNITY_METHOD(ListOpportunities, kListDeadline)
CRM_OPPORTUNITY_METHOD(UpdateOpportunity, kWriteDeadline)
CRM_OPPORTUNITY_METHOD(MoveOpportunity, kWriteDeadline)
CRM_OPPORTUNITY_METHOD(WinOpportunity, kWriteDeadline)
CRM_OPPORTUNITY_METHOD(LoseOpportunity, kWriteDeadline)
CRM_OPPORTUNITY_METHOD(ReopenOpportunity, kWriteDeadline)
CRM_OPPORTUNITY_METHOD(CloneOpportunity, kWriteDeadline)
CRM_OPPORTUNITY_METHOD(DeleteOpportunity, kWriteDeadline)
CRM_OPPORTUNITY_METHOD(UndeleteOpportunity, kWriteDeadline)
CRM_OPPORTUNITY_METHOD(ListStageChanges, kListDeadline)
CRM_OPPORTUNITY_METHOD(ListRevisions, kListDeadline)
CRM_OPPORTUNITY_METHOD(CheckMove, kReadDeadline)
CRM_OPPORTUNITY_METHOD(BatchMoveOpportunities, kListDeadline)
CRM_OPPORTUNITY_METHOD(CorrectStageChange, kWriteDeadline)
CRM_OPPORTUNITY_METHOD(MoveToPipeline, kWriteDeadline)
#undef CRM_OPPORTUNITY_METHOD

#define CRM_PIPELINE_METHOD(method, deadline) \
  CRM_CLIENT_METHOD(opportunity, PipelineService, method, Service::kOpportunity, deadline)
CRM_PIPELINE_METHOD(CreatePipeline, kWriteDeadline)
CRM_PIPELINE_METHOD(GetPipeline, kReadDeadline)
CRM_PIPELINE_METHOD(ListPipelines, kListDeadline)
CRM_PIPELINE_METHOD(UpdatePipeline, kWriteDeadline)
CRM_PIPELINE_METHOD(ArchivePipeline, kWriteDeadline)
CRM_PIPELINE_METHOD(UnarchivePipeline, kWriteDeadline)
#undef CRM_PIPELINE_METHOD

#define CRM_REPORT_METHOD(method) \
  CRM_CLIENT_METHOD(opportunity, ReportService, method, Service::kOpportunity, kReportDeadline)
CRM_REPORT_METHOD(SummarizePipeline)
CRM_REPORT_METHOD(QueryFunnel)
CRM_REPORT_METHOD(QueryTimeInStage)
CRM_REPORT_METHOD(QueryWinRate)
CRM_REPORT_METHOD(QueryFlow)
CRM_REPORT_METHOD(QuerySalesVelocity)
CRM_REPORT_METHOD(QueryForecast)
CRM_REPORT_METHOD(CompareForecasts)
CRM_REPORT_METHOD(ListAtRisk)
CRM_REPORT_METHOD(GetTimeline)
#undef CRM_REPORT_METHOD

#undef CRM_CLIENT_METHOD

// Each server serves these for its own logs, so the service is named with the call.
#define CRM_SHARED_METHOD(package, service_name, method, deadline)                       \
  template <>                                                                            \
  struct MethodOf<crm::package::v1::method##Request> {                                   \
    using Response = crm::package::v1::method##Response;                                 \
    static constexpr absl::Duration kDeadline = deadline;                                \
    static const std::string& Path() {                                                   \
      static const std::string path = "/crm." #package ".v1." #service_name "/" #method; \
      return path;                                                                       \
    }                                                                                    \
  }
CRM_SHARED_METHOD(event, StageEventService, ListStageEvents, kListDeadline);
CRM_SHARED_METHOD(event, StageEventService, DigestStageEvents, kListDeadline);
CRM_SHARED_METHOD(event, StageEventService, ListPresentStages, kListDeadline);
CRM_SHARED_METHOD(event, StageEventService, ListStageMoves, kListDeadline);
CRM_SHARED_METHOD(audit, AuditService, ListAccess, kListDeadline);

#define CRM_WEBHOOK_METHOD(method, deadline) \
  CRM_SHARED_METHOD(event, WebhookService, method, deadline)
CRM_WEBHOOK_METHOD(CreateWebhook, kWriteDeadline);
CRM_WEBHOOK_METHOD(GetWebhook, kReadDeadline);
CRM_WEBHOOK_METHOD(ListWebhooks, kListDeadline);
CRM_WEBHOOK_METHOD(UpdateWebhook, kWriteDeadline);
CRM_WEBHOOK_METHOD(DeleteWebhook, kWriteDeadline);
CRM_WEBHOOK_METHOD(EnableWebhook, kWriteDeadline);
CRM_WEBHOOK_METHOD(DisableWebhook, kWriteDeadline);
CRM_WEBHOOK_METHOD(RotateWebhookSecret, kWriteDeadline);
CRM_WEBHOOK_METHOD(TestWebhook, kWriteDeadline);
CRM_WEBHOOK_METHOD(ReplayWebhook, kWriteDeadline);
CRM_WEBHOOK_METHOD(ListWebhookDeliveries, kListDeadline);
#undef CRM_WEBHOOK_METHOD
#undef CRM_SHARED_METHOD

}  // namespace crm::client
