#include "tests/integration/opportunity/fixture.h"

#include "tests/contract/opportunity/schema.h"

namespace crm::opportunity::testing {

RunningService::RunningService()
    : database_("crm_opportunity", SchemaMigrations()),
      executor_({.own_workers = std::vector<int>(kNeighbourLanes, 2)}) {
  repository_ = std::make_unique<aggregate::PgRepository<Opportunity>>(
      database_.pool(), table_, base::SystemClock::Instance(), [] {});
  reads_ = std::make_unique<OpportunityReads>(database_.pool());
  service_ = std::make_unique<OpportunityService>(
      rpc::Binding{executor_, "crm.opportunity.v1", metrics_},
      Ports{*repository_, *reads_, contacts_, base::SystemClock::Instance(), ids_});
  server_ = std::make_unique<rpc::Server>(rpc::ServerOptions());
  server_->Register(*service_);
  channel_ = ::crm::testing::Serve(*server_);
  stub_ = v1::OpportunityService::NewStub(channel_);
}

RunningService::~RunningService() {
  stub_.reset();
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

}  // namespace crm::opportunity::testing
