#pragma once

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/aggregate/pg_repository.h"
#include "common/error/error.h"
#include "common/rpc/executor.h"
#include "common/rpc/server.h"
#include "common/rpc/status_bridge.h"
#include "common/rpc/time_conversion.h"
#include "services/opportunity/rpc/opportunity_rpc.h"
#include "services/opportunity/store/opportunity_table.h"

namespace crm::opportunity::testing {

// The service as it runs: a gRPC server in this process, on a PostgreSQL of its own.
class RunningService {
 public:
  RunningService();
  ~RunningService();

  v1::OpportunityService::Stub& stub() { return *stub_; }
  const std::string& database() const { return database_; }
  const rpc::Executor& executor() const { return executor_; }

 private:
  std::string database_;
  base::RandomIdGenerator ids_{&base::SystemClock::Instance()};
  metrics::Registry metrics_;
  std::unique_ptr<pg::Pool> pool_;
  rpc::Executor executor_;
  rpc::PageTokens page_tokens_{"test key"};
  const OpportunityTable table_;
  std::unique_ptr<aggregate::PgRepository<Opportunity>> repository_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<OpportunityRpc> rpc_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<v1::OpportunityService::Stub> stub_;
};

// Each test is a tenant of its own; a test program has one service.
class OpportunityServiceTest : public ::testing::Test {
 protected:
  OpportunityServiceTest();

  static RunningService& Service();
  static std::string NewUuid();

  // Calls a method of the stub as this test's tenant (or another).
  template <class Req, class Resp>
  absl::StatusOr<Resp> Call(
      grpc::Status (v1::OpportunityService::Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
      const Req& request, const std::string& tenant = "") {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    context.AddMetadata("x-crm-tenant", tenant.empty() ? tenant_ : tenant);
    context.AddMetadata("x-crm-actor", "agent-7");
    Resp response;
    const grpc::Status status = (Service().stub().*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpcStatus(status);
    return response;
  }

  // A valid request to open, with contact, lead and owner.
  static v1::OpenOpportunityRequest OpenRequest();
  v1::Opportunity Open(const v1::OpenOpportunityRequest& request = OpenRequest());
  v1::Opportunity Get(const std::string& name);
  // Moves by override; fails the test if refused.
  v1::Opportunity Move(const std::string& name, const std::string& stage);
  v1::Opportunity Win(const std::string& name);
  std::vector<v1::StageChange> History(const std::string& name);

  const std::string& tenant() const { return tenant_; }

 private:
  const std::string tenant_;
};

// Reason, or "OK".
template <class Resp>
std::string Reason(const absl::StatusOr<Resp>& result) {
  return result.ok() ? "OK" : error::ReasonOf(result.status());
}

// "NOT_FOUND RESOURCE_NOT_FOUND", or "OK".
template <class Resp>
std::string Outcome(const absl::StatusOr<Resp>& result) {
  if (result.ok()) return "OK";
  return absl::StrCat(absl::StatusCodeToString(result.status().code()), " ", Reason(result));
}

// The paths of all field violations, sorted.
template <class Resp>
std::vector<std::string> Fields(const absl::StatusOr<Resp>& result) {
  std::vector<std::string> fields;
  const auto details = error::DetailsOf(result.status());
  if (details) {
    for (const auto& violation : details->fields) fields.push_back(violation.field);
  }
  std::sort(fields.begin(), fields.end());
  return fields;
}

std::string Metadata(const absl::Status& status, const std::string& key);

using Stub = v1::OpportunityService::Stub;

}  // namespace crm::opportunity::testing
