#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/aggregate/pg_repository.h"
#include "common/rpc/executor.h"
#include "common/rpc/proto_values.h"
#include "crm/contact/v1/account_service.grpc.pb.h"
#include "crm/contact/v1/contact_service.grpc.pb.h"
#include "crm/contact/v1/erasure_service.grpc.pb.h"
#include "crm/contact/v1/merge.grpc.pb.h"
#include "crm/contact/v1/search_service.grpc.pb.h"
#include "services/contact/normalize/libphonenumber_normalizer.h"
#include "services/contact/rpc/contact_service.h"
#include "services/contact/store/account_table.h"
#include "services/contact/store/contact_table.h"
#include "services/contact/store/erasure_store.h"
#include "services/contact/store/survivor_store.h"
#include "tests/support/fake_access_sink.h"
#include "tests/support/service_fixture.h"

namespace crm::contact::testing {

using ::crm::testing::Fields;
using ::crm::testing::Metadata;
using ::crm::testing::NewUuid;
using ::crm::testing::Outcome;
using ::crm::testing::Reason;
using ::crm::testing::ServiceDatabase;
using ::crm::testing::SharedService;
using ::crm::testing::TenantTest;

// The service as it runs: a gRPC server in this process, on a PostgreSQL of its own.
class RunningService {
 public:
  RunningService();
  ~RunningService();

  const std::shared_ptr<grpc::Channel>& channel() { return channel_; }
  std::string address() const { return absl::StrCat("127.0.0.1:", server_->selected_port()); }
  v1::ContactService::Stub& contacts() { return *contacts_stub_; }
  v1::AccountService::Stub& accounts() { return *accounts_stub_; }
  v1::ContactSearchService::Stub& search() { return *search_stub_; }
  v1::ErasureService::Stub& erasures() { return *erasures_stub_; }
  const ErasureStore& erasure_store() const { return *erasure_store_; }
  v1::MergeService::Stub& merges() { return *merges_stub_; }
  pg::Pool& pool() { return database_.pool(); }
  ::crm::testing::FakeAccessSink& accesses() { return accesses_; }
  std::string Sql(const std::string& sql) const { return database_.Sql(sql); }
  std::string Everything() const { return database_.Everything(); }

 private:
  ServiceDatabase database_;
  base::RandomIdGenerator ids_{&base::SystemClock::Instance()};
  metrics::Registry metrics_;
  ::crm::testing::FakeAccessSink accesses_;
  rpc::Executor executor_;
  const LibphonenumberNormalizer phones_{"CH"};
  const ContactTable table_;
  std::unique_ptr<aggregate::PgRepository<Contact>> repository_;
  const AccountTable account_table_;
  std::unique_ptr<aggregate::PgRepository<Account>> accounts_;
  std::unique_ptr<ResolvingContacts> resolving_;
  std::unique_ptr<ResolvingAccounts> resolving_accounts_;
  std::unique_ptr<ContactReads> reads_;
  std::unique_ptr<SearchStore> search_store_;
  std::unique_ptr<DuplicateStore> duplicate_store_;
  std::unique_ptr<ContactService> contact_service_;
  std::unique_ptr<AccountService> account_service_;
  std::unique_ptr<ContactSearchService> search_service_;
  std::unique_ptr<ErasureStore> erasure_store_;
  std::unique_ptr<ErasureService> erasure_service_;
  std::unique_ptr<MergeStore> merges_;
  std::unique_ptr<MergeService> merge_service_;
  std::unique_ptr<rpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::ContactService::Stub> contacts_stub_;
  std::unique_ptr<v1::AccountService::Stub> accounts_stub_;
  std::unique_ptr<v1::ContactSearchService::Stub> search_stub_;
  std::unique_ptr<v1::ErasureService::Stub> erasures_stub_;
  std::unique_ptr<v1::MergeService::Stub> merges_stub_;
};

// A test program has one service.
class ContactServiceTest : public TenantTest {
 protected:
  static RunningService& Service() { return SharedService<RunningService>::Get(); }

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
};

using Stub = v1::ContactService::Stub;

}  // namespace crm::contact::testing
