#include "tests/integration/contact/fixture.h"

#include "tests/contract/contact/schema.h"

namespace crm::contact::testing {

RunningService::RunningService()
    : database_("crm_contact", SchemaMigrations()), executor_(rpc::ExecutorOptions()) {
  const base::Clock& clock = base::SystemClock::Instance();
  repository_ =
      std::make_unique<aggregate::PgRepository<Contact>>(database_.pool(), table_, clock, [] {});
  rpc::Binding binding{executor_, "crm.contact.v1", metrics_};
  binding.accesses = &accesses_;
  reads_ = std::make_unique<ContactReads>(database_.pool());
  search_store_ = std::make_unique<SearchStore>(database_.pool());
  accounts_ = std::make_unique<aggregate::PgRepository<Account>>(database_.pool(), account_table_,
                                                                 clock, [] {});
  duplicate_store_ = std::make_unique<DuplicateStore>(database_.pool());
  resolving_ = std::make_unique<ResolvingContacts>(*repository_);
  resolving_accounts_ = std::make_unique<ResolvingAccounts>(*accounts_);
  merges_ = std::make_unique<MergeStore>(database_.pool(), ids_, [] {});
  const Ports ports{*resolving_,
                    *resolving_accounts_,
                    *reads_,
                    phones_,
                    clock,
                    ids_,
                    *search_store_,
                    *duplicate_store_,
                    UsualMailDomains(),
                    repository_.get()};
  contact_service_ = std::make_unique<ContactService>(binding, ports);
  account_service_ = std::make_unique<AccountService>(binding, ports);
  search_service_ = std::make_unique<ContactSearchService>(binding, ports);
  erasure_store_ = std::make_unique<ErasureStore>(database_.pool(), ids_, [] {});
  erasure_service_ =
      std::make_unique<ErasureService>(binding, ErasurePorts{*erasure_store_, clock});
  merge_service_ = std::make_unique<MergeService>(binding, MergePorts{*merges_, clock, ids_});
  server_ = std::make_unique<rpc::Server>(rpc::ServerOptions());
  server_->Register(*contact_service_);
  server_->Register(*account_service_);
  server_->Register(*search_service_);
  server_->Register(*erasure_service_);
  server_->Register(*merge_service_);
  channel_ = ::crm::testing::Serve(*server_);
  contacts_stub_ = v1::ContactService::NewStub(channel_);
  accounts_stub_ = v1::AccountService::NewStub(channel_);
  search_stub_ = v1::ContactSearchService::NewStub(channel_);
  erasures_stub_ = v1::ErasureService::NewStub(channel_);
  merges_stub_ = v1::MergeService::NewStub(channel_);
}

RunningService::~RunningService() {
  contacts_stub_.reset();
  accounts_stub_.reset();
  search_stub_.reset();
  erasures_stub_.reset();
  merges_stub_.reset();
  channel_.reset();
  server_->Drain(absl::ZeroDuration(), absl::Seconds(5));
  executor_.Stop();
  server_.reset();
}

v1::CreateContactRequest ContactServiceTest::PersonRequest(const std::string& email) {
  v1::CreateContactRequest request;
  request.mutable_contact()->mutable_person()->set_given_name("Anna");
  request.mutable_contact()->mutable_person()->set_family_name("Snelling");
  if (!email.empty()) request.mutable_contact()->add_emails()->set_address(email);
  return request;
}

v1::CreateContactRequest ContactServiceTest::OrganizationRequest(const std::string& domain) {
  v1::CreateContactRequest request;
  request.mutable_contact()->set_display_name("Acme");
  request.mutable_contact()->mutable_organization()->set_domain(domain);
  return request;
}

v1::Contact ContactServiceTest::Create(const v1::CreateContactRequest& request) {
  const auto response = Call(&Stub::CreateContact, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->contact() : v1::Contact();
}

v1::Contact ContactServiceTest::Get(const std::string& name) {
  v1::GetContactRequest request;
  request.set_name(name);
  const auto response = Call(&Stub::GetContact, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->contact() : v1::Contact();
}

absl::StatusOr<v1::DeleteContactResponse> ContactServiceTest::Delete(const std::string& name,
                                                                     const std::string& etag) {
  v1::DeleteContactRequest request;
  request.set_name(name);
  request.set_etag(etag);
  return Call(&Stub::DeleteContact, request);
}

absl::StatusOr<v1::UndeleteContactResponse> ContactServiceTest::Undelete(const std::string& name) {
  v1::UndeleteContactRequest request;
  request.set_name(name);
  return Call(&Stub::UndeleteContact, request);
}

}  // namespace crm::contact::testing
