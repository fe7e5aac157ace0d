#include "tests/integration/contact/fixture.h"

#include <chrono>

#include "tests/contract/contact/schema.h"
#include "tests/support/postgres_server.h"
#include "tests/support/server_folder.h"

namespace crm::contact::testing {
namespace {

using ::crm::testing::PostgresServer;

void Require(const absl::Status& status) {
  if (!status.ok()) ::crm::testing::Abort(status.ToString());
}

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

RunningService::RunningService()
    : database_(PostgresServer::Shared().CreateDatabase()), executor_(rpc::ExecutorOptions()) {
  PostgresServer& postgres = PostgresServer::Shared();
  postgres.CreateSchema(database_, "crm_contact");
  Require(
      pg::Migrate({postgres.Url(database_), "crm_contact", "test"}, SchemaMigrations()).status());
  pool_ = std::make_unique<pg::Pool>(
      pg::ConnectionOptions{postgres.Url(database_, "crm_contact_app"), "crm_contact", "test"}, 8);
  const base::Clock& clock = base::SystemClock::Instance();
  repository_ = std::make_unique<aggregate::PgRepository<Contact>>(*pool_, table_, clock, [] {});
  const rpc::Binding binding{executor_, "crm.contact.v1", metrics_};
  catalog_ = std::make_unique<Catalog>(*pool_);
  contact_rpc_ = std::make_unique<ContactRpc>(
      binding, ContactRpcParts{*repository_, *catalog_, phones_, clock, ids_, page_tokens_});
  account_rpc_ = std::make_unique<AccountRpc>(binding, *catalog_, page_tokens_);
  server_ = std::make_unique<rpc::Server>(rpc::ServerOptions());
  server_->Register(contact_rpc_.get(), v1::ContactService::service_full_name());
  server_->Register(account_rpc_.get(), v1::AccountService::service_full_name());
  Require(server_->Start());
  server_->SetServing(true);
  const auto channel = grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->selected_port()),
                                           grpc::InsecureChannelCredentials());
  contacts_stub_ = v1::ContactService::NewStub(channel);
  accounts_stub_ = v1::AccountService::NewStub(channel);
}

RunningService::~RunningService() {
  contacts_stub_.reset();
  accounts_stub_.reset();
  server_->Drain(absl::ZeroDuration(), absl::Seconds(5));
  executor_.Stop();
  server_.reset();
}

ContactServiceTest::ContactServiceTest() : tenant_("t-" + NewUuid()) {}

RunningService& ContactServiceTest::Service() { return kEnvironment->service(); }

std::string ContactServiceTest::NewUuid() {
  static auto* const ids = new base::RandomIdGenerator(&base::SystemClock::Instance());
  return ids->New().ToString();
}

void ContactServiceTest::Identify(grpc::ClientContext& context, const std::string& tenant) const {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  context.AddMetadata("x-crm-tenant", tenant.empty() ? tenant_ : tenant);
  context.AddMetadata("x-crm-actor", "agent-7");
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

std::string Metadata(const absl::Status& status, const std::string& key) {
  const auto details = error::DetailsOf(status);
  if (!details.has_value()) return "";
  for (const auto& [name, value] : details->metadata) {
    if (name == key) return value;
  }
  return "";
}

}  // namespace crm::contact::testing
