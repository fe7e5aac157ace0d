#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/pg/migrator.h"
#include "common/pg/pool.h"
#include "common/rpc/server.h"
#include "common/rpc/status_bridge.h"

// What the tests of a whole service in one process share. One thread uses each thing at a time.
namespace crm::testing {

// Aborts unless OK.
void Require(const absl::Status& status);

// A UUIDv7.
std::string NewUuid();

// A new database on the shared PostgreSQL with one service's schema in it.
class ServiceDatabase {
 public:
  ServiceDatabase(const std::string& schema, const std::vector<pg::MigrationSet>& migrations);

  // Connections as the service's own role.
  pg::Pool& pool() { return *pool_; }
  // Where it is, as superuser.
  std::string Url() const;
  // What to write before SQL that is to be planned and walled as the program's.
  std::string AsApp(const std::string& tenant) const;
  // Runs SQL as superuser in the service's schema.
  std::string Sql(const std::string& sql) const;
  // Every row of every table of the schema, as text.
  std::string Everything() const;

 private:
  const std::string schema_;
  const std::string database_;
  std::unique_ptr<pg::Pool> pool_;
};

// Starts the server, announces it and connects to it.
std::shared_ptr<grpc::Channel> Serve(rpc::Server& server);

// The one Service of a test program: comes up with the first test that asks for it and goes down
// after the last test.
template <class Service>
class SharedService final : public ::testing::Environment {
 public:
  static Service& Get() {
    if (!shared_->service_) shared_->service_ = std::make_unique<Service>();
    return *shared_->service_;
  }
  void TearDown() override { service_.reset(); }

 private:
  static SharedService* Register() {
    auto* const shared = new SharedService();
    ::testing::AddGlobalTestEnvironment(shared);
    return shared;
  }

  inline static SharedService* const shared_ = Register();
  std::unique_ptr<Service> service_;
};

// Each test is a tenant of its own.
class TenantTest : public ::testing::Test {
 protected:
  const std::string& tenant() const { return tenant_; }

  // Tenant, actor and a deadline that no test reaches.
  void Identify(grpc::ClientContext& context, const std::string& tenant = "") const;

  // Calls a method as this test's tenant (or another).
  template <class Stub, class Req, class Resp>
  absl::StatusOr<Resp> CallOn(Stub& stub,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                              const Req& request, const std::string& tenant = "") {
    grpc::ClientContext context;
    Identify(context, tenant);
    Resp response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpcStatus(status);
    return response;
  }

 private:
  const std::string tenant_ = "t-" + NewUuid();
};

// "RESOURCE_NOT_FOUND", or "OK".
std::string Reason(const absl::Status& status);
// "NOT_FOUND RESOURCE_NOT_FOUND", or "OK".
std::string Outcome(const absl::Status& status);
// The paths of all field violations, sorted.
std::vector<std::string> Fields(const absl::Status& status);
// The value of ErrorInfo.metadata[key]; empty where there is none.
std::string Metadata(const absl::Status& status, const std::string& key);

template <class Resp>
std::string Reason(const absl::StatusOr<Resp>& result) {
  return Reason(result.status());
}
template <class Resp>
std::string Outcome(const absl::StatusOr<Resp>& result) {
  return Outcome(result.status());
}
template <class Resp>
std::vector<std::string> Fields(const absl::StatusOr<Resp>& result) {
  return Fields(result.status());
}

}  // namespace crm::testing
