#include "services/lead/rpc/lead_service.h"

#include "common/rpc/batch_limits.h"
#include "crm/lead/v1/assignment_service.grpc.pb.h"
#include "crm/lead/v1/conversion_service.grpc.pb.h"
#include "crm/lead/v1/lead_service.grpc.pb.h"
#include "crm/lead/v1/prediction_service.grpc.pb.h"
#include "crm/lead/v1/qualification_policy_service.grpc.pb.h"
#include "crm/lead/v1/report_service.grpc.pb.h"
#include "services/lead/rpc/assignment_checks.h"
#include "services/lead/rpc/assignment_handlers.h"
#include "services/lead/rpc/capture_checks.h"
#include "services/lead/rpc/conversion_checks.h"
#include "services/lead/rpc/conversion_handlers.h"
#include "services/lead/rpc/lead_checks.h"
#include "services/lead/rpc/lead_handlers.h"
#include "services/lead/rpc/policy_checks.h"
#include "services/lead/rpc/policy_handlers.h"
#include "services/lead/rpc/prediction_checks.h"
#include "services/lead/rpc/prediction_handlers.h"
#include "services/lead/rpc/report_checks.h"
#include "services/lead/rpc/report_handlers.h"

namespace crm::lead {
namespace {

using rpc::Lane;
namespace batch = rpc::batch;

constexpr Lane kAsksContact = rpc::OwnLane(0);
constexpr Lane kAsksOpportunity = rpc::OwnLane(1);
constexpr Lane kReports = rpc::OwnLane(kOwnLanes);

// Those that wait together cost one statement now and then, and one worker.
constexpr size_t kMostWaiting = 1000;

}  // namespace

LeadService::LeadService(const rpc::Binding& binding, const Ports& ports)
    : Service(v1::LeadService::service_full_name(), binding, ports) {
  Batched("CreateLead", kAsksContact, batch::kWrites, Check, CreateLeads);
  Batched("GetLead", Lane::kRead, batch::kGets, Check, GetLeads);
  Single("ListRevisions", Lane::kRead, Check, ListRevisions);
  Batched("BatchGetLeads", Lane::kRead, batch::kBatchGets, Check, BatchGetLeads);
  Single("ListLeads", Lane::kRead, Check, ListLeads);
  Batched("UpdateLead", Lane::kWrite, batch::kWrites, Check, UpdateLeads);
  Batched("LogActivity", Lane::kWrite, batch::kWrites, Check, LogActivities);
  Batched("UpdateActivity", Lane::kWrite, 1, Check, UpdateActivities);
  Batched("AssessCriterion", Lane::kWrite, batch::kWrites, Check, AssessCriteria);
  Batched("EvaluateLead", Lane::kRead, batch::kGets, Check, EvaluateLeads);
  Single("EvaluateLeads", Lane::kRead, Check, CompareVerdicts);
  Single("ListActivities", Lane::kRead, Check, ListActivities);
  Single("ListAssessments", Lane::kRead, Check, ListAssessments);
  Batched("QualifyLead", Lane::kWrite, batch::kWrites, Check, QualifyLeads);
  Batched("DisqualifyLead", Lane::kWrite, batch::kWrites, Check, DisqualifyLeads);
  Batched("ReopenLead", Lane::kWrite, batch::kWrites, Check, ReopenLeads);
  Batched("DeleteLead", Lane::kWrite, batch::kWrites, Check, DeleteLeads);
  Batched("UndeleteLead", Lane::kWrite, batch::kWrites, Check, UndeleteLeads);
  // One call at a time: each asks the contact service by itself.
  Batched("CaptureLead", kAsksContact, 1, Check, CaptureLeads);
  Batched("AssignLead", Lane::kWrite, batch::kWrites, Check, AssignLeadsToOwners);
  Batched("AssignLeads", kAsksContact, 1, Check, DealLeads);
  Batched("ConvertLead", kAsksOpportunity, batch::kWrites, Check, ConvertLeads);
}

QualificationPolicyService::QualificationPolicyService(const rpc::Binding& binding,
                                                       const Ports& ports)
    : Service(v1::QualificationPolicyService::service_full_name(), binding, ports) {
  Single("GetQualificationPolicy", Lane::kRead, Check, GetQualificationPolicy);
  Batched("UpdateQualificationPolicy", Lane::kWrite, 1, Check, UpdateQualificationPolicies);
  Single("ListQualificationPolicyRevisions", Lane::kRead, Check, ListQualificationPolicyRevisions);
}

ConversionService::ConversionService(const rpc::Binding& binding, const ConversionPorts& ports)
    : Service(v1::ConversionService::service_full_name(), binding, ports) {
  Single("PreviewConversion", kAsksContact, Check, PreviewConversion);
  Batched("GetConversion", kAwaitsConversions, kMostWaiting, Check, GetConversions);
  Single("ListConversions", Lane::kRead, Check, ListConversions);
  Single("RetryConversion", Lane::kWrite, Check, RetryConversion);
  Single("AbandonConversion", Lane::kWrite, Check, AbandonConversion);
}

// Training and evaluation take seconds, but a process does one of them at a time: of the workers
// that ask the contact service, of which there are two at least, others go on.
PredictionService::PredictionService(const rpc::Binding& binding, const PredictionPorts& ports)
    : Service(v1::PredictionService::service_full_name(), binding, ports) {
  Batched("TrainModel", kAsksContact, 1, Check, TrainModels);
  Single("GetModel", Lane::kRead, Check, GetModel);
  Single("ListModels", Lane::kRead, Check, ListModels);
  Single("PredictConversion", kAsksContact, Check, PredictConversion);
  Single("EvaluateModel", kAsksContact, Check, EvaluateModel);
}

AssignmentService::AssignmentService(const rpc::Binding& binding, const Ports& ports)
    : Service(v1::AssignmentService::service_full_name(), binding, ports) {
  Single("GetAssignmentRules", Lane::kRead, Check, GetAssignmentRules);
  Batched("UpdateAssignmentRules", Lane::kWrite, 1, Check, UpdateAssignmentRules);
  Single("ListAssignmentRuleRevisions", Lane::kRead, Check, ListAssignmentRuleRevisions);
}

ReportService::ReportService(const rpc::Binding& binding, const ReportPorts& ports)
    : Service(v1::ReportService::service_full_name(), binding, ports) {
  Single("QueryLeadFunnel", kReports, Check, QueryLeadFunnel);
  Single("QueryResponseTime", kReports, Check, QueryResponseTime);
  Single("QueryQualification", kReports, Check, QueryQualification);
  Single("QueryConversion", kReports, Check, QueryConversion);
}

}  // namespace crm::lead
