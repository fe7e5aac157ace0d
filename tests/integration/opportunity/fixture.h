#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/aggregate/pg_repository.h"
#include "common/rpc/executor.h"
#include "common/rpc/proto_values.h"
#include "crm/opportunity/v1/opportunity_service.grpc.pb.h"
#include "crm/opportunity/v1/pipeline_service.grpc.pb.h"
#include "crm/opportunity/v1/report_service.grpc.pb.h"
#include "services/opportunity/rpc/opportunity_service.h"
#include "services/opportunity/store/opportunity_table.h"
#include "services/opportunity/store/pipeline_table.h"
#include "tests/support/fake_contact_directory.h"
#include "tests/support/fake_lead_directory.h"
#include "tests/support/service_fixture.h"

namespace crm::opportunity::testing {

using ::crm::testing::FakeContactDirectory;
using ::crm::testing::FakeLeadDirectory;
using ::crm::testing::Fields;
using ::crm::testing::Metadata;
using ::crm::testing::NewUuid;
using ::crm::testing::Outcome;
using ::crm::testing::Reason;
using ::crm::testing::ServiceDatabase;
using ::crm::testing::SharedService;
using ::crm::testing::TenantTest;

// The service as it runs, but for the contact service: a gRPC server in this process, on a
// PostgreSQL of its own.
class RunningService {
 public:
  RunningService();
  ~RunningService();

  const std::shared_ptr<grpc::Channel>& channel() { return channel_; }
  v1::OpportunityService::Stub& stub() { return *stub_; }
  v1::PipelineService::Stub& pipeline_stub() { return *pipeline_stub_; }
  v1::ReportService::Stub& report_stub() { return *report_stub_; }
  aggregate::Repository<Opportunity>& opportunities() { return *repository_; }
  ServiceDatabase& database() { return database_; }
  FakeContactDirectory& contacts() { return contacts_; }
  FakeLeadDirectory& leads() { return leads_; }
  const rpc::Executor& executor() const { return executor_; }

 private:
  ServiceDatabase database_;
  base::RandomIdGenerator ids_{&base::SystemClock::Instance()};
  metrics::Registry metrics_;
  rpc::Executor executor_;
  FakeContactDirectory contacts_;
  FakeLeadDirectory leads_;
  DefinitionStore definitions_{base::SystemClock::Instance()};
  const OpportunityTable table_{&definitions_, &ids_};
  std::unique_ptr<aggregate::PgRepository<Opportunity>> repository_;
  std::unique_ptr<OpportunityReads> reads_;
  const PipelineTable pipeline_table_;
  std::unique_ptr<aggregate::PgRepository<Pipeline>> pipelines_;
  std::unique_ptr<PipelineReads> pipeline_reads_;
  std::unique_ptr<OpportunityService> service_;
  std::unique_ptr<PipelineService> pipeline_service_;
  std::unique_ptr<ReportReads> reports_;
  std::unique_ptr<ReportService> report_service_;
  std::unique_ptr<rpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::OpportunityService::Stub> stub_;
  std::unique_ptr<v1::PipelineService::Stub> pipeline_stub_;
  std::unique_ptr<v1::ReportService::Stub> report_stub_;
};

// A test program has one service.
class OpportunityServiceTest : public TenantTest {
 protected:
  static RunningService& Service() { return SharedService<RunningService>::Get(); }

  template <class Req, class Resp>
  absl::StatusOr<Resp> Call(
      grpc::Status (v1::OpportunityService::Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
      const Req& request, const std::string& tenant = "") {
    return CallOn(Service().stub(), method, request, tenant);
  }

  template <class Req, class Resp>
  absl::StatusOr<Resp> Call(grpc::Status (v1::PipelineService::Stub::*method)(grpc::ClientContext*,
                                                                              const Req&, Resp*),
                            const Req& request, const std::string& tenant = "") {
    return CallOn(Service().pipeline_stub(), method, request, tenant);
  }

  template <class Req, class Resp>
  absl::StatusOr<Resp> Call(grpc::Status (v1::ReportService::Stub::*method)(grpc::ClientContext*,
                                                                            const Req&, Resp*),
                            const Req& request, const std::string& tenant = "") {
    return CallOn(Service().report_stub(), method, request, tenant);
  }

  // A valid request to open, with contact, lead and owner.
  static v1::OpenOpportunityRequest OpenRequest();
  v1::Opportunity Open(const v1::OpenOpportunityRequest& request = OpenRequest());
  // Opens one in this pipeline.
  v1::Opportunity OpenIn(const std::string& pipeline);
  v1::Opportunity Get(const std::string& name);
  // Moves by override; fails the test if refused.
  v1::Opportunity Move(const std::string& name, const std::string& stage);
  v1::Opportunity Win(const std::string& name);
  std::vector<v1::StageChange> History(const std::string& name);

  // A valid request for a pipeline of OPEN stages trial, offer, legal (10, 50, 80 %), sold and
  // gone.
  static v1::CreatePipelineRequest PipelineRequest(const std::string& id);
  v1::Pipeline CreatePipeline(const v1::CreatePipelineRequest& request);
  v1::Pipeline GetPipeline(const std::string& name, int64_t revision = 0);
  absl::StatusOr<v1::UpdatePipelineResponse> UpdatePipeline(
      const v1::Pipeline& pipeline,
      const std::vector<std::pair<std::string, std::string>>& successors = {});
};

using Stub = v1::OpportunityService::Stub;
using PipelineStub = v1::PipelineService::Stub;
using ReportStub = v1::ReportService::Stub;

}  // namespace crm::opportunity::testing
