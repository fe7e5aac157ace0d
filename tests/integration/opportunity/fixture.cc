#include "tests/integration/opportunity/fixture.h"

#include "tests/contract/opportunity/schema.h"

namespace crm::opportunity::testing {

RunningService::RunningService()
    : database_("crm_opportunity", SchemaMigrations()),
      executor_({.own_workers = std::vector<int>(kNeighbourLanes + kReportLanes, 2)}) {
  repository_ = std::make_unique<aggregate::PgRepository<Opportunity>>(
      database_.pool(), table_, base::SystemClock::Instance(), [] {});
  reads_ = std::make_unique<OpportunityReads>(database_.pool());
  pipelines_ = std::make_unique<aggregate::PgRepository<Pipeline>>(
      database_.pool(), pipeline_table_, base::SystemClock::Instance(), [] {});
  pipeline_reads_ = std::make_unique<PipelineReads>(database_.pool(), definitions_,
                                                    base::SystemClock::Instance());
  const rpc::Binding binding{executor_, "crm.opportunity.v1", metrics_};
  const Ports ports{*repository_, *reads_,
                    *pipelines_,  *pipeline_reads_,
                    contacts_,    base::SystemClock::Instance(),
                    ids_,         leads_};
  service_ = std::make_unique<OpportunityService>(binding, ports);
  pipeline_service_ = std::make_unique<PipelineService>(binding, ports);
  reports_ = std::make_unique<ReportReads>(database_.pool());
  report_service_ = std::make_unique<ReportService>(
      binding, ReportPorts{*reports_, base::SystemClock::Instance(), *reads_});
  server_ = std::make_unique<rpc::Server>(rpc::ServerOptions());
  server_->Register(*service_);
  server_->Register(*pipeline_service_);
  server_->Register(*report_service_);
  channel_ = ::crm::testing::Serve(*server_);
  stub_ = v1::OpportunityService::NewStub(channel_);
  pipeline_stub_ = v1::PipelineService::NewStub(channel_);
  report_stub_ = v1::ReportService::NewStub(channel_);
}

RunningService::~RunningService() {
  stub_.reset();
  pipeline_stub_.reset();
  report_stub_.reset();
  channel_.reset();
  server_->Drain(absl::ZeroDuration(), absl::Seconds(5));
  executor_.Stop();
  server_.reset();
}

v1::OpenOpportunityRequest OpportunityServiceTest::OpenRequest() {
  v1::OpenOpportunityRequest request;
  request.mutable_opportunity()->set_display_name("Forty presses");
  request.mutable_opportunity()->set_contact("contacts/" + NewUuid());
  request.mutable_opportunity()->set_lead("leads/" + NewUuid());
  request.mutable_opportunity()->set_owner("agent-7");
  return request;
}

v1::Opportunity OpportunityServiceTest::Open(const v1::OpenOpportunityRequest& request) {
  const auto response = Call(&Stub::OpenOpportunity, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->opportunity() : v1::Opportunity();
}

v1::Opportunity OpportunityServiceTest::OpenIn(const std::string& pipeline) {
  v1::OpenOpportunityRequest request = OpenRequest();
  request.mutable_opportunity()->set_pipeline(pipeline);
  return Open(request);
}

v1::Opportunity OpportunityServiceTest::Get(const std::string& name) {
  v1::GetOpportunityRequest request;
  request.set_name(name);
  const auto response = Call(&Stub::GetOpportunity, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->opportunity() : v1::Opportunity();
}

v1::Opportunity OpportunityServiceTest::Move(const std::string& name, const std::string& stage) {
  v1::MoveOpportunityRequest request;
  request.set_name(name);
  request.set_stage(stage);
  request.set_override_reason("imported");
  const auto response = Call(&Stub::MoveOpportunity, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->opportunity() : v1::Opportunity();
}

v1::Opportunity OpportunityServiceTest::Win(const std::string& name) {
  v1::WinOpportunityRequest request;
  request.set_name(name);
  request.set_override_reason("imported");
  const auto response = Call(&Stub::WinOpportunity, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->opportunity() : v1::Opportunity();
}

std::vector<v1::StageChange> OpportunityServiceTest::History(const std::string& name) {
  v1::ListStageChangesRequest request;
  request.set_name(name);
  const auto response = Call(&Stub::ListStageChanges, request);
  EXPECT_TRUE(response.ok()) << response.status();
  if (!response.ok()) return {};
  return {response->stage_changes().begin(), response->stage_changes().end()};
}

v1::CreatePipelineRequest OpportunityServiceTest::PipelineRequest(const std::string& id) {
  v1::CreatePipelineRequest request;
  request.set_pipeline_id(id);
  v1::Pipeline& pipeline = *request.mutable_pipeline();
  pipeline.set_display_name("Renewals");
  const auto add = [&pipeline](const char* key, v1::StageType type) -> v1::Stage& {
    v1::Stage& stage = *pipeline.add_stages();
    stage.set_key(key);
    stage.set_display_name(absl::StrCat("The ", key));
    stage.set_type(type);
    return stage;
  };
  const auto add_open = [&add](const char* key, int probability) {
    v1::Stage& stage = add(key, v1::STAGE_TYPE_OPEN);
    stage.set_probability(probability);
    stage.set_forecast_category(v1::FORECAST_CATEGORY_PIPELINE);
  };
  add_open("trial", 10);
  add_open("offer", 50);
  add_open("legal", 80);
  add("sold", v1::STAGE_TYPE_WON);
  add("gone", v1::STAGE_TYPE_LOST);
  return request;
}

v1::Pipeline OpportunityServiceTest::CreatePipeline(const v1::CreatePipelineRequest& request) {
  const auto response = Call(&PipelineStub::CreatePipeline, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->pipeline() : v1::Pipeline();
}

v1::Pipeline OpportunityServiceTest::GetPipeline(const std::string& name, int64_t revision) {
  v1::GetPipelineRequest request;
  request.set_name(name);
  request.set_revision(revision);
  const auto response = Call(&PipelineStub::GetPipeline, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->pipeline() : v1::Pipeline();
}

absl::StatusOr<v1::UpdatePipelineResponse> OpportunityServiceTest::UpdatePipeline(
    const v1::Pipeline& pipeline,
    const std::vector<std::pair<std::string, std::string>>& successors) {
  v1::UpdatePipelineRequest request;
  *request.mutable_pipeline() = pipeline;
  request.mutable_update_mask()->add_paths("*");
  for (const auto& [stage, successor] : successors) {
    v1::StageSuccessor& it = *request.add_successors();
    it.set_stage(stage);
    it.set_successor(successor);
  }
  return Call(&PipelineStub::UpdatePipeline, request);
}

}  // namespace crm::opportunity::testing
