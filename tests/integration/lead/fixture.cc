#include "tests/integration/lead/fixture.h"

#include "services/lead/rpc/lead_proto.h"
#include "tests/contract/lead/schema.h"

namespace crm::lead::testing {

RunningService::RunningService()
    : database_("crm_lead", SchemaMigrations()),
      executor_({.own_workers = std::vector<int>(kOwnLanes + kReportLanes, 2)}) {
  leads_ = std::make_unique<aggregate::PgRepository<Lead>>(database_.pool(), table_, clock_, [] {});
  reads_ = std::make_unique<LeadReads>(database_.pool());
  policies_ = std::make_unique<PolicyStore>(database_.pool());
  grounds_ = std::make_unique<GroundsReads>(*reads_, *policies_);
  conversion_store_ = std::make_unique<PgConversionStore>(database_.pool());
  conversion_reads_ = std::make_unique<ConversionReads>(database_.pool());
  conversion_metrics_ = std::make_unique<ConversionMetrics>(metrics_, *conversion_store_, clock_);
  conversions_ = std::make_unique<LeadConversions>(LeadConversions::Ports{
      *leads_, *conversion_store_, opener_, clock_, ids_, ConvertLeadAnswer});
  outcomes_ = std::make_unique<OutcomeReads>(database_.pool());
  collector_ = std::make_unique<OutcomeCollector>(*leads_, *reads_, *outcomes_, organizations_);
  models_ = std::make_unique<ModelStore>(database_.pool());
  predictions_ = std::make_unique<Predictions>(*collector_, *reads_, *models_, clock_);
  const rpc::Binding binding{executor_, "crm.lead.v1", metrics_};
  claims_ = std::make_unique<ClaimStore>(database_.pool());
  captured_contacts_ = std::make_unique<CapturedContacts>(registry_, *claims_);
  captures_ = std::make_unique<LeadCaptures>(
      LeadCaptures::Ports{*leads_, *reads_, *captured_contacts_, ids_});
  assignments_ = std::make_unique<AssignmentStore>(database_.pool());
  const Ports ports{*leads_,       *reads_,       *grounds_,     *policies_,         contacts_,
                    *conversions_, clock_,        ids_,          *conversion_reads_, facts_,
                    *captures_,    *assignments_, organizations_};
  service_ = std::make_unique<LeadService>(binding, ports);
  policy_service_ = std::make_unique<QualificationPolicyService>(binding, ports);
  conversion_service_ = std::make_unique<ConversionService>(
      binding, ConversionPorts{*conversion_store_, *conversion_reads_, clock_, executor_, *leads_,
                               facts_, ids_});
  prediction_service_ =
      std::make_unique<PredictionService>(binding, PredictionPorts{*predictions_, *models_});
  server_ = std::make_unique<rpc::Server>(rpc::ServerOptions());
  server_->Register(*service_);
  server_->Register(*policy_service_);
  server_->Register(*conversion_service_);
  server_->Register(*prediction_service_);
  assignment_service_ = std::make_unique<AssignmentService>(binding, ports);
  server_->Register(*assignment_service_);
  reports_ = std::make_unique<ReportReads>(database_.pool(), "crm:stage-events:opportunity:0");
  report_service_ = std::make_unique<ReportService>(binding, ReportPorts{*reports_, clock_});
  server_->Register(*report_service_);
  channel_ = ::crm::testing::Serve(*server_);
  stub_ = v1::LeadService::NewStub(channel_);
  conversion_stub_ = v1::ConversionService::NewStub(channel_);
  policy_stub_ = v1::QualificationPolicyService::NewStub(channel_);
  prediction_stub_ = v1::PredictionService::NewStub(channel_);
  assignment_stub_ = v1::AssignmentService::NewStub(channel_);
  report_stub_ = v1::ReportService::NewStub(channel_);
}

RunningService::~RunningService() {
  conversion_stub_.reset();
  prediction_stub_.reset();
  assignment_stub_.reset();
  report_stub_.reset();
  policy_stub_.reset();
  stub_.reset();
  channel_.reset();
  server_->Drain(absl::ZeroDuration(), absl::Seconds(5));
  executor_.Stop();
  server_.reset();
}

LeadServiceTest::LeadServiceTest() {
  Service().contacts().SetAway(false);
  Service().registry().SetStatus(absl::OkStatus());
  Service().opener().SetMode(FakeOpportunityOpener::Mode::kNormal);
}

v1::CreateLeadRequest LeadServiceTest::CreateRequest() {
  v1::CreateLeadRequest request;
  request.mutable_lead()->set_contact("contacts/" + NewUuid());
  request.mutable_lead()->set_owner("agent-7");
  request.mutable_lead()->set_source(type::v1::LEAD_SOURCE_WEB);
  request.mutable_lead()->add_interests("GTX Pro");
  return request;
}

v1::Lead LeadServiceTest::Create(const v1::CreateLeadRequest& request) {
  const auto response = Call(&Stub::CreateLead, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->lead() : v1::Lead();
}

v1::Lead LeadServiceTest::Working() {
  v1::CreateLeadRequest request = CreateRequest();
  request.mutable_first_activity()->set_type(v1::ACTIVITY_TYPE_CALL);
  request.mutable_first_activity()->set_direction(v1::ACTIVITY_DIRECTION_OUTBOUND);
  return Create(request);
}

v1::Lead LeadServiceTest::Qualified() {
  v1::QualifyLeadRequest request;
  request.set_name(Working().name());
  request.set_override_reason("known for years");
  const auto response = Call(&Stub::QualifyLead, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->lead() : v1::Lead();
}

v1::Lead LeadServiceTest::Get(const std::string& name) {
  v1::GetLeadRequest request;
  request.set_name(name);
  const auto response = Call(&Stub::GetLead, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->lead() : v1::Lead();
}

absl::StatusOr<v1::LogActivityResponse> LeadServiceTest::Log(const std::string& name,
                                                             v1::ActivityType type,
                                                             v1::ActivityDirection direction) {
  v1::LogActivityRequest request;
  request.set_name(name);
  request.mutable_activity()->set_type(type);
  request.mutable_activity()->set_direction(direction);
  return Call(&Stub::LogActivity, request);
}

absl::StatusOr<v1::AssessCriterionResponse> LeadServiceTest::Assess(const std::string& name,
                                                                    v1::Criterion criterion,
                                                                    v1::Finding finding) {
  v1::AssessCriterionRequest request;
  request.set_name(name);
  request.mutable_assessment()->set_criterion(criterion);
  request.mutable_assessment()->set_finding(finding);
  request.mutable_assessment()->set_source(v1::EVIDENCE_SOURCE_CALL);
  return Call(&Stub::AssessCriterion, request);
}

v1::ConvertLeadRequest LeadServiceTest::ConvertRequest(const std::string& name) {
  v1::ConvertLeadRequest request;
  request.set_name(name);
  request.set_request_id(NewUuid());
  request.set_opportunity_display_name("Forty presses");
  return request;
}

std::string LeadServiceTest::History(const std::string& name) {
  return Service().Sql(absl::StrCat(
      "SELECT string_agg(to_stage, ',' ORDER BY version) FROM stage_history WHERE tenant = '",
      tenant(), "' AND aggregate = '", name.substr(6), "'"));
}

}  // namespace crm::lead::testing
