#include "tests/e2e/tenant_walls_cases.h"

#include <iterator>

namespace crm::testing {
namespace {

constexpr char kContacts[] = "crm.contact.v1.ContactService";
constexpr char kSearch[] = "crm.contact.v1.ContactSearchService";
constexpr char kErasures[] = "crm.contact.v1.ErasureService";
constexpr char kAccounts[] = "crm.contact.v1.AccountService";
constexpr char kMerges[] = "crm.contact.v1.MergeService";
constexpr char kLeads[] = "crm.lead.v1.LeadService";
constexpr char kPolicies[] = "crm.lead.v1.QualificationPolicyService";
constexpr char kRules[] = "crm.lead.v1.AssignmentService";
constexpr char kModels[] = "crm.lead.v1.PredictionService";
constexpr char kLeadReports[] = "crm.lead.v1.ReportService";
constexpr char kConversions[] = "crm.lead.v1.ConversionService";
constexpr char kOpportunities[] = "crm.opportunity.v1.OpportunityService";
constexpr char kPipelines[] = "crm.opportunity.v1.PipelineService";
constexpr char kReports[] = "crm.opportunity.v1.ReportService";
constexpr char kAccesses[] = "crm.audit.v1.AuditService";
constexpr char kEvents[] = "crm.event.v1.StageEventService";
constexpr char kWebhooks[] = "crm.event.v1.WebhookService";

#define CRM_PERIOD \
  "period { start { year: 2020 month: 1 day: 1 } end { year: 2090 month: 1 day: 1 } }"

constexpr Stranger kMissing = Stranger::kMissing;
constexpr Stranger kUnmet = Stranger::kUnmet;
constexpr Stranger kOwn = Stranger::kOwn;

const std::vector<WallCase>& ContactCases() {
  static const auto* const cases = new std::vector<WallCase>{
      {kContacts, "CreateContact",
       "contact { display_name: '$Tenant Works' organization { domain: '$Tenant.example' } }", kOwn,
       "works=contact.name"},
      {kContacts, "CreateContact",
       "contact { display_name: '$Tenant Person' person {} employments { organization: '$works' } "
       "emails { address: 'ada@shared.example' } }",
       kUnmet, "person=contact.name"},
      {kContacts, "GetContact", "name: '$person'"},
      {kContacts, "GetContact", "name: '$person' as_of_revision: 1"},
      {kContacts, "BatchGetContacts", "names: '$person' names: '$works'", kMissing},
      {kContacts, "ListContacts", "", kOwn},
      {kContacts, "ListContacts", "show_deleted: true", kOwn},
      {kContacts, "ListContacts", "filter: 'employments.organization = \"$works\"'", kMissing},
      {kContacts, "FindContacts", "email: 'ada@shared.example'", kMissing},
      {kContacts, "FindContacts", "domain: 'Alphorn.example' display_name: 'Alphorn Person'",
       kMissing},
      {kContacts, "UpdateContact",
       "contact { name: '$person' owner: 'mara' } update_mask { paths: 'owner' }"},
      {kContacts, "UpsertContacts",
       "requests { contact { organization { domain: '$Tenant.example' } owner: 'mara' } }", kOwn},
      {kContacts, "ListRevisions", "name: '$person'"},
      {kContacts, "CreateContact",
       "contact { display_name: '$Tenant Twin' person {} external_id: 'twin-$Tenant' }", kOwn,
       "twin=contact.name"},
      {kMerges, "PreviewMerge", "survivor: '$person' others: '$twin'"},
      {kMerges, "MergeContacts", "survivor: '$person' others: '$twin'"},
      {kContacts, "GetContact", "name: '$twin'"},
      {kMerges, "UnmergeContact", "name: '$twin'"},
      {kContacts, "CreateContact",
       "contact { display_name: '$Tenant Like' person {} emails { address: 'a@$Tenant.example' } }",
       kOwn, "like=contact.name"},
      {kContacts, "CreateContact",
       "contact { display_name: '$Tenant Like' person {} emails { address: 'b@$Tenant.example' } }",
       kOwn, "alike=contact.name"},
      {kContacts, "UpdateContact",
       "contact { name: '$like' employments { organization: '$works' job_title: '$Tenant' primary: "
       "true } } update_mask { paths: 'employments' }"},
      {kContacts, "UpdateContact",
       "contact { name: '$person' attributes { key: 'note' value: '$Tenant' } } update_mask { "
       "paths: 'attributes' }"},
      {kSearch, "SearchContacts", "query: 'Alphorn'", kMissing},
      {kSearch, "SearchContacts", "query: 'ada@shared.example'", kMissing},
      {kSearch, "FindDuplicates", "name: '$like'"},
      {kSearch, "FindDuplicates",
       "contact { display_name: 'Alphorn Like' person {} emails { address: 'a@alphorn.example' } }",
       kMissing},
      {kSearch, "ListDuplicateGroups", "", kOwn},
  };
  return *cases;
}

const std::vector<WallCase>& LeadCases() {
  static const auto* const cases = new std::vector<WallCase>{
      {kLeads, "CreateLead",
       "lead { contact: '$person' owner: 'mara' source_detail: '$Tenant' } first_activity { "
       "type: ACTIVITY_TYPE_CALL direction: ACTIVITY_DIRECTION_INBOUND summary: '$Tenant' }",
       kUnmet, "lead=lead.name"},
      {kLeads, "CreateLead",
       "lead { contact: '$person' } first_activity { type: ACTIVITY_TYPE_NOTE } qualification { "
       "override_reason: '$Tenant' }",
       kUnmet},
      {kLeads, "GetLead", "name: '$lead'"},
      {kLeads, "BatchGetLeads", "names: '$lead'", kMissing},
      {kLeads, "ListLeads", "", kOwn},
      {kLeads, "ListLeads", "filter: 'contact = \"$person\"'", kMissing},
      {kLeads, "UpdateLead",
       "lead { name: '$lead' source_detail: '$Tenant!' } update_mask { paths: 'source_detail' }"},
      {kLeads, "LogActivity",
       "name: '$lead' activity { type: ACTIVITY_TYPE_CALL direction: "
       "ACTIVITY_DIRECTION_OUTBOUND summary: '$Tenant' }",
       Stranger::kNotFound, "activity=activity.id"},
      {kLeads, "UpdateActivity", "name: '$lead' activity { id: '$activity' summary: '$Tenant' }"},
      {kLeads, "AssessCriterion",
       "name: '$lead' assessment { criterion: CRITERION_NEED finding: FINDING_MET source: "
       "EVIDENCE_SOURCE_CALL observation: '$Tenant' }"},
      {kLeads, "EvaluateLead", "name: '$lead'"},
      {kLeads, "EvaluateLeads", "names: '$lead'", kMissing},
      {kLeads, "ListActivities", "name: '$lead'"},
      {kLeads, "ListAssessments", "name: '$lead'"},
      {kLeads, "ListRevisions", "name: '$lead'"},
      {kLeads, "AssignLead", "name: '$lead' owner: 'otto' reason: '$Tenant'"},
      {kRules, "UpdateAssignmentRules",
       "rules { rules { name: '$Tenant' way: ASSIGNMENT_WAY_ROUND_ROBIN team: '$Tenant' } }", kOwn},
      {kRules, "GetAssignmentRules", "", kOwn},
      {kRules, "ListAssignmentRuleRevisions", "", kOwn},
      {kLeads, "AssignLeads", "leads: '$lead'", kMissing},
      {kLeads, "CaptureLead",
       "contact { email: 'eve@$Tenant.example' display_name: '$Tenant Eve' } note: '$Tenant'", kOwn,
       "captured=lead.name"},
      {kLeads, "CaptureLead",
       "contact { email: 'ada@shared.example' display_name: 'Ada' } note: '$Tenant'", kMissing},
      {kLeads, "DisqualifyLead",
       "name: '$captured' reason: DISQUALIFY_REASON_OTHER note: '$Tenant'"},
      {kLeads, "ReopenLead", "name: '$captured' reason: '$Tenant'"},
      {kLeads, "DeleteLead", "name: '$captured'"},
      {kLeads, "UndeleteLead", "name: '$captured'"},
      {kPolicies, "GetQualificationPolicy", "", kOwn},
      {kPolicies, "UpdateQualificationPolicy",
       "policy { rules { criterion: CRITERION_NEED weight: 100 required: true } threshold: 50 "
       "longest_days_to_purchase: 91 stale_after_days: 90 }",
       kOwn},
      {kPolicies, "ListQualificationPolicyRevisions", "", kOwn},
      {kModels, "TrainModel", "", kUnmet},
      {kModels, "GetModel", "", kUnmet},
      {kModels, "ListModels", "", kOwn},
      {kModels, "EvaluateModel", "", kUnmet},
      {kModels, "PredictConversion", "name: '$lead'"},
      {kLeads, "QualifyLead", "name: '$lead' override_reason: '$Tenant'"},
      {kConversions, "PreviewConversion",
       "name: '$lead' opportunity_display_name: '$Tenant' pipeline: 'pipelines/default'"},
      {kLeads, "ConvertLead",
       "name: '$lead' request_id: '$conversion' opportunity_display_name: '$Tenant' pipeline: "
       "'pipelines/default'",
       Stranger::kNotFound, "deal=opportunity"},
      {kConversions, "GetConversion", "name: 'conversions/$conversion' wait: true"},
      {kConversions, "ListConversions", "", kOwn},
      {kConversions, "RetryConversion", "name: 'conversions/$conversion'"},
      {kConversions, "AbandonConversion", "name: 'conversions/$conversion'"},
  };
  return *cases;
}

const std::vector<WallCase>& OpportunityCases() {
  static const auto* const cases = new std::vector<WallCase>{
      {kOpportunities, "OpenOpportunity",
       "opportunity { display_name: '$Tenant Deal' contact: '$person' }", kUnmet,
       "other=opportunity.name"},
      {kOpportunities, "GetOpportunity", "name: '$deal'"},
      {kOpportunities, "GetOpportunity", "name: '$deal' view: OPPORTUNITY_VIEW_FULL"},
      {kOpportunities, "BatchGetOpportunities", "names: '$deal'", kMissing},
      {kOpportunities, "ListOpportunities", "", kOwn},
      {kOpportunities, "ListOpportunities", "filter: 'contact = \"$person\"'", kMissing},
      {kOpportunities, "UpdateOpportunity",
       "opportunity { name: '$deal' next_step { text: '$Tenant' } } update_mask { paths: "
       "'next_step' }"},
      {kOpportunities, "CheckMove", "name: '$deal' stage: 'proposal'"},
      {kOpportunities, "MoveOpportunity",
       "name: '$deal' stage: 'proposal' override_reason: '$Tenant'"},
      {kOpportunities, "BatchMoveOpportunities",
       "requests { name: '$deal' stage: 'discovery' override_reason: '$Tenant' }", kMissing},
      {kOpportunities, "CorrectStageChange",
       "name: '$deal' version: 2 stage: 'contract' reason: '$Tenant'"},
      {kOpportunities, "LoseOpportunity",
       "name: '$deal' loss_reason: LOSS_REASON_OTHER note: '$Tenant'"},
      {kOpportunities, "ReopenOpportunity", "name: '$deal' stage: 'discovery' reason: '$Tenant'"},
      {kOpportunities, "WinOpportunity",
       "name: '$deal' amount { currency_code: 'EUR' amount_minor: 100 } override_reason: "
       "'$Tenant'"},
      {kOpportunities, "CloneOpportunity", "name: '$deal' display_name: '$Tenant'"},
      {kOpportunities, "ListStageChanges", "name: '$deal'"},
      {kOpportunities, "ListRevisions", "name: '$deal'"},
      {kOpportunities, "AttachLead",
       "name: '$other' opportunity { lead: '$captured' contact: '$person' }", kUnmet},
      {kPipelines, "CreatePipeline",
       "pipeline_id: '$slug' pipeline { display_name: '$Tenant' stages { key: 'trial' "
       "display_name: "
       "'Trial' type: STAGE_TYPE_OPEN probability: 10 forecast_category: "
       "FORECAST_CATEGORY_PIPELINE } stages { key: 'won' display_name: 'Won' type: STAGE_TYPE_WON "
       "} stages { key: 'lost' display_name: 'Lost' type: STAGE_TYPE_LOST } }",
       kOwn},
      {kPipelines, "GetPipeline", "name: 'pipelines/alpha'"},
      {kPipelines, "ListPipelines", "", kOwn},
      {kLeadReports, "QueryLeadFunnel", "groups { by: REPORT_GROUPING_OWNER } " CRM_PERIOD, kOwn},
      {kLeadReports, "QueryResponseTime", CRM_PERIOD, kOwn},
      {kLeadReports, "QueryQualification", CRM_PERIOD, kOwn},
      {kLeadReports, "QueryConversion", "groups { by: REPORT_GROUPING_SOURCE } " CRM_PERIOD, kOwn},
      {kReports, "SummarizePipeline", "groups { by: REPORT_GROUPING_OWNER }", kOwn},
      {kReports, "QueryFunnel", "scope { pipeline: 'pipelines/alpha' } " CRM_PERIOD},
      {kReports, "QueryFunnel", CRM_PERIOD, kOwn},
      {kReports, "QueryTimeInStage", "groups { by: REPORT_GROUPING_PIPELINE } " CRM_PERIOD, kOwn},
      {kReports, "QueryWinRate", "groups { by: REPORT_GROUPING_OWNER } " CRM_PERIOD, kOwn},
      {kReports, "QueryFlow", CRM_PERIOD, kOwn},
      {kReports, "QuerySalesVelocity", "groups { by: REPORT_GROUPING_OWNER } " CRM_PERIOD, kOwn},
      {kReports, "QueryForecast", "groups { by: REPORT_GROUPING_OWNER } " CRM_PERIOD, kOwn},
      {kReports, "CompareForecasts", "first_as_of { seconds: 1600000000 } most_things: 10", kOwn},
      {kReports, "ListAtRisk", "silent_days: 1", kOwn},
      {kReports, "GetTimeline", "name: '$deal' page_size: 10"},
      {kPipelines, "UpdatePipeline",
       "pipeline { name: 'pipelines/alpha' display_name: '$Tenant!' } update_mask { paths: "
       "'display_name' }"},
      {kOpportunities, "MoveToPipeline",
       "name: '$other' pipeline: 'pipelines/alpha' stage: 'trial' override_reason: '$Tenant'"},
      {kPipelines, "ArchivePipeline", "name: 'pipelines/alpha'"},
      {kPipelines, "UnarchivePipeline", "name: 'pipelines/alpha'"},
      {kOpportunities, "DeleteOpportunity", "name: '$other'"},
      {kOpportunities, "UndeleteOpportunity", "name: '$other'"},
  };
  return *cases;
}

// Once the events of the won opportunity came to the contact service.
const std::vector<WallCase>& LastCases() {
  static const auto* const cases = new std::vector<WallCase>{
      {kAccounts, "ListAccounts", "", kOwn, "account=accounts[0].name"},
      {kAccounts, "GetAccount", "name: '$account'"},
      {kAccounts, "ListRevisions", "name: '$account'"},
      {kAccounts, "ListAccounts", "filter: 'customer = \"$person\"'", kMissing},
      {kAccounts, "UpdateAccount",
       "account { name: '$account' owner: '$slug' attributes { key: 'note' value: '$Tenant' } } "
       "update_mask { paths: 'owner' paths: 'attributes' }"},
      {kAccounts, "CloseAccount",
       "name: '$account' reason: ACCOUNT_CLOSE_REASON_OTHER note: '$Tenant'"},
      {kAccounts, "ReopenAccount", "name: '$account'"},
      {kContacts, "DeleteContact", "name: '$person'"},
      {kContacts, "UndeleteContact", "name: '$person'"},
      {kErasures, "EraseContact", "name: '$alike' reason: ERASURE_REASON_PERSON_REQUEST"},
      {kErasures, "GetErasure", "name: '$alike'"},
      {kAccesses, "ListAccess", "", kOwn},
      {kAccesses, "ListAccess", "filter: 'name = \"$deal\"'", kMissing},
      {kEvents, "ListStageEvents", "", kOwn},
      {kEvents, "ListStageEvents", "newest_first: true", kOwn},
      {kEvents, "ListStageEvents", "subject: '$deal'", kOwn},
      {kEvents, "DigestStageEvents", "after_sequence: 0", kOwn},
      {kEvents, "ListPresentStages", "", kOwn},
      {kEvents, "ListStageMoves", "", kOwn},
      {kEvents, "SubscribeStageEvents", "after_sequence: 0 subjects: '$deal'", kOwn},
      {kWebhooks, "CreateWebhook",
       "webhook { display_name: '$Tenant' url: 'https://$slug.invalid/hook' }", kOwn,
       "webhook=webhook.name"},
      // At once, so that nothing is sent and changes on its own; what would be sent is tried by
      // names.
      {kWebhooks, "DisableWebhook", "name: '$webhook'"},
      {kWebhooks, "GetWebhook", "name: '$webhook'"},
      {kWebhooks, "ListWebhooks", "", kOwn},
      {kWebhooks, "ListWebhookDeliveries", "webhook: '$webhook'"},
      {kWebhooks, "UpdateWebhook", "webhook { name: '$webhook' display_name: '$Tenant' }"},
      {kWebhooks, "RotateWebhookSecret", "name: '$webhook'"},
      {kWebhooks, "ReplayWebhook", "name: '$webhook' after_sequence: 0"},
  };
  return *cases;
}

}  // namespace

std::vector<WallCase> WallCases() {
  std::vector<WallCase> all;
  for (const auto* cases : {&ContactCases(), &LeadCases(), &OpportunityCases(), &LastCases()}) {
    std::copy(cases->begin(), cases->end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace crm::testing
