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
#include "services/lead/conversion/conversion_completer.h"
#include "services/lead/rpc/lead_rpc.h"
#include "services/lead/store/lead_table.h"
#include "services/lead/store/pg_conversion_book.h"
#include "tests/unit/lead/fakes.h"

namespace crm::lead::testing {

// A clock that runs on, and can be put forward.
class AdjustableClock final : public base::Clock {
 public:
  absl::Time Now() const override { return absl::Now() + absl::Microseconds(ahead_.load()); }
  void Advance(absl::Duration by) { ahead_ += absl::ToInt64Microseconds(by); }

 private:
  std::atomic<int64_t> ahead_{0};
};

// The service as it runs, but for its neighbours: a gRPC server in this process, on a PostgreSQL of
// its own.
class RunningService {
 public:
  RunningService();
  ~RunningService();

  v1::LeadService::Stub& stub() { return *stub_; }
  FakeContactDirectory& contacts() { return contacts_; }
  FakeOpportunityDesk& desk() { return desk_; }
  LeadConversions& conversions() { return *conversions_; }
  AdjustableClock& clock() { return clock_; }
  // Runs SQL as superuser in the service's schema.
  std::string Sql(const std::string& sql);

 private:
  std::string database_;
  AdjustableClock clock_;
  base::RandomIdGenerator ids_{&base::SystemClock::Instance()};
  metrics::Registry metrics_;
  std::unique_ptr<pg::Pool> pool_;
  rpc::Executor executor_;
  rpc::Executor converters_;
  rpc::PageTokens page_tokens_{"test key"};
  FakeContactDirectory contacts_;
  FakeOpportunityDesk desk_;
  const LeadTable table_;
  std::unique_ptr<aggregate::PgRepository<Lead>> leads_;
  std::unique_ptr<LeadReader> reader_;
  std::unique_ptr<PgConversionBook> book_;
  std::unique_ptr<LeadConversions> conversions_;
  std::unique_ptr<LeadRpc> rpc_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<v1::LeadService::Stub> stub_;
};

using Stub = v1::LeadService::Stub;

// Each test is a tenant of its own; a test program has one service.
class LeadServiceTest : public ::testing::Test {
 protected:
  LeadServiceTest();

  static RunningService& Service();
  static std::string NewUuid();

  // Calls a method of the stub as this test's tenant (or another).
  template <class Req, class Resp>
  absl::StatusOr<Resp> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
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

  static v1::CreateLeadRequest CreateRequest();
  v1::Lead Create(const v1::CreateLeadRequest& request = CreateRequest());
  // A lead in WORKING with a two-way activity.
  v1::Lead Working();
  v1::Lead Qualified();
  v1::Lead Get(const std::string& name);
  absl::StatusOr<v1::LogActivityResponse> Log(const std::string& name, v1::ActivityType type,
                                              v1::ActivityDirection direction);
  absl::StatusOr<v1::AssessCriterionResponse> Assess(const std::string& name,
                                                     v1::Criterion criterion, v1::Finding finding);
  static v1::ConvertLeadRequest ConvertRequest(const std::string& name);
  // "NEW,WORKING": the stage history of a lead.
  std::string History(const std::string& name);

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
std::vector<std::string> FieldsOf(const absl::Status& status);
std::string Metadata(const absl::Status& status, const std::string& key);

}  // namespace crm::lead::testing
