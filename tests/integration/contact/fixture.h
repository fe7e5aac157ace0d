#pragma once

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
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
#include "services/contact/normalize/libphonenumber_normalizer.h"
#include "services/contact/rpc/account_rpc.h"
#include "services/contact/rpc/contact_rpc.h"
#include "services/contact/store/contact_table.h"

namespace crm::contact::testing {

// The service as it runs: a gRPC server in this process, on a PostgreSQL of its own.
class RunningService {
 public:
  RunningService();
  ~RunningService();

  v1::ContactService::Stub& contacts() { return *contacts_stub_; }
  v1::AccountService::Stub& accounts() { return *accounts_stub_; }
  pg::Pool& pool() { return *pool_; }
  const std::string& database() const { return database_; }

 private:
  std::string database_;
  base::RandomIdGenerator ids_{&base::SystemClock::Instance()};
  metrics::Registry metrics_;
  std::unique_ptr<pg::Pool> pool_;
  rpc::Executor executor_;
  rpc::PageTokens page_tokens_{"test key"};
  const LibphonenumberNormalizer phones_{"CH"};
  const ContactTable table_;
  std::unique_ptr<aggregate::PgRepository<Contact>> repository_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<ContactRpc> contact_rpc_;
  std::unique_ptr<AccountRpc> account_rpc_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<v1::ContactService::Stub> contacts_stub_;
  std::unique_ptr<v1::AccountService::Stub> accounts_stub_;
};

// Each test is a tenant of its own; a test program has one service.
class ContactServiceTest : public ::testing::Test {
 protected:
  ContactServiceTest();

  static RunningService& Service();
  static std::string NewUuid();

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
  template <class Req, class Resp>
  absl::StatusOr<Resp> Call(grpc::Status (v1::ContactService::Stub::*method)(grpc::ClientContext*,
                                                                             const Req&, Resp*),
                            const Req& request, const std::string& tenant = "") {
    return CallOn(Service().contacts(), method, request, tenant);
  }

  static v1::CreateContactRequest PersonRequest(const std::string& email = "");
  static v1::CreateContactRequest OrganizationRequest(const std::string& domain = "");
  // Fails the test if refused.
  v1::Contact Create(const v1::CreateContactRequest& request);
  v1::Contact Get(const std::string& name);
  absl::StatusOr<v1::DeleteContactResponse> Delete(const std::string& name,
                                                   const std::string& etag = "");
  absl::StatusOr<v1::UndeleteContactResponse> Undelete(const std::string& name);

  const std::string& tenant() const { return tenant_; }

 private:
  const std::string tenant_;
};

// "NOT_FOUND RESOURCE_NOT_FOUND", or "OK".
template <class Resp>
std::string Outcome(const absl::StatusOr<Resp>& result) {
  if (result.ok()) return "OK";
  return absl::StrCat(absl::StatusCodeToString(result.status().code()), " ",
                      error::ReasonOf(result.status()));
}

// The paths of all field violations, sorted.
template <class Resp>
std::vector<std::string> Fields(const absl::StatusOr<Resp>& result) {
  std::vector<std::string> fields;
  const auto details = error::DetailsOf(result.status());
  if (details.has_value()) {
    for (const auto& violation : details->fields) fields.push_back(violation.field);
  }
  std::sort(fields.begin(), fields.end());
  return fields;
}

std::string Metadata(const absl::Status& status, const std::string& key);

using Stub = v1::ContactService::Stub;

}  // namespace crm::contact::testing
