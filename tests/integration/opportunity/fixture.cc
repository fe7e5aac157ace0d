#include "tests/integration/opportunity/fixture.h"

#include <cstdlib>

#include "tests/contract/opportunity/schema.h"
#include "tests/support/postgres_server.h"
#include "tests/support/server_folder.h"

namespace crm::opportunity::testing {
namespace {

using ::crm::testing::PostgresServer;

void Require(const absl::Status& status) {
  if (!status.ok()) ::crm::testing::Abort(status.ToString());
}

}  // namespace

RunningService::RunningService()
    : database_(PostgresServer::Shared().CreateDatabase()), executor_(rpc::ExecutorOptions()) {
  PostgresServer& postgres = PostgresServer::Shared();
  postgres.CreateSchema(database_, "crm_opportunity");
  Require(pg::Migrate({postgres.Url(database_), "crm_opportunity", "test"}, SchemaMigrations())
              .status());
  pool_ = std::make_unique<pg::Pool>(
      pg::ConnectionOptions{postgres.Url(database_, "crm_opportunity_app"), "crm_opportunity",
                            "test"},
      8);
  repository_ = std::make_unique<aggregate::PgRepository<Opportunity>>(
      *pool_, table_, base::SystemClock::Instance(), [] {});
  catalog_ = std::make_unique<Catalog>(*pool_);
  rpc_ = std::make_unique<OpportunityRpc>(
      rpc::Binding{executor_, "crm.opportunity.v1", metrics_},
      OpportunityPorts{*repository_, *catalog_, base::SystemClock::Instance(), ids_, page_tokens_});
  server_ = std::make_unique<rpc::Server>(rpc::ServerOptions());
  server_->Register(rpc_.get(), v1::OpportunityService::service_full_name());
  Require(server_->Start());
  server_->SetServing(true);
  stub_ = v1::OpportunityService::NewStub(grpc::CreateChannel(
      absl::StrCat("127.0.0.1:", server_->selected_port()), grpc::InsecureChannelCredentials()));
}

RunningService::~RunningService() {
  stub_.reset();
  server_->Drain(absl::ZeroDuration(), absl::Seconds(5));
  executor_.Stop();
  server_.reset();
}

namespace {

// Comes up with the first test and goes down after the last.
class ServiceEnvironment final : public ::testing::Environment {
 public:
  void TearDown() override { service_.reset(); }
  RunningService& service() {
    if (!service_) service_ = std::make_unique<RunningService>();
    return *service_;
  }

 private:
  std::unique_ptr<RunningService> service_;
};

ServiceEnvironment* const kEnvironment = new ServiceEnvironment();
[[maybe_unused]] const auto* const kRegistered = ::testing::AddGlobalTestEnvironment(kEnvironment);

}  // namespace

OpportunityServiceTest::OpportunityServiceTest() : tenant_("t-" + NewUuid()) {}

RunningService& OpportunityServiceTest::Service() { return kEnvironment->service(); }

std::string OpportunityServiceTest::NewUuid() {
  static auto* const ids = new base::RandomIdGenerator(&base::SystemClock::Instance());
  return ids->New().ToString();
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

std::string Metadata(const absl::Status& status, const std::string& key) {
  const auto details = error::DetailsOf(status);
  if (!details) return "";
  for (const auto& [name, value] : details->metadata) {
    if (name == key) return value;
  }
  return "";
}

}  // namespace crm::opportunity::testing
