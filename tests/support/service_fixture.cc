#include "tests/support/service_fixture.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/error/error.h"
#include "tests/support/postgres_server.h"
#include "tests/support/server_folder.h"

namespace crm::testing {

void Require(const absl::Status& status) {
  if (!status.ok()) Abort(status.ToString());
}

std::string NewUuid() {
  static auto* const ids = new base::RandomIdGenerator(&base::SystemClock::Instance());
  return ids->New().ToString();
}

ServiceDatabase::ServiceDatabase(const std::string& schema,
                                 const std::vector<pg::MigrationSet>& migrations)
    : schema_(schema), database_(PostgresServer::Shared().CreateDatabase()) {
  PostgresServer& postgres = PostgresServer::Shared();
  postgres.CreateSchema(database_, schema);
  Require(pg::Migrate({postgres.Url(database_), schema, "test"}, migrations).status());
  pool_ = std::make_unique<pg::Pool>(
      pg::ConnectionOptions{postgres.Url(database_, schema + "_app"), schema, "test"}, 8);
}

std::string ServiceDatabase::Url() const { return PostgresServer::Shared().Url(database_); }

std::string ServiceDatabase::Sql(const std::string& sql) const {
  return PostgresServer::Shared().Run(database_,
                                      absl::StrCat("SET search_path = ", schema_, "; ", sql));
}

std::string ServiceDatabase::AsApp(const std::string& tenant) const {
  return absl::StrCat("SET ROLE ", schema_, "_app; SET crm.tenants TO '", tenant, "'; ");
}

std::string ServiceDatabase::Everything() const {
  return Sql(absl::StrCat("SELECT schema_to_xml('", schema_, "', true, false, '')"));
}

std::shared_ptr<grpc::Channel> Serve(rpc::Server& server) {
  Require(server.Start());
  server.SetServing(true);
  return grpc::CreateChannel(absl::StrCat("127.0.0.1:", server.selected_port()),
                             grpc::InsecureChannelCredentials());
}

void TenantTest::Identify(grpc::ClientContext& context, const std::string& tenant) const {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  context.AddMetadata("x-crm-tenant", tenant.empty() ? tenant_ : tenant);
  context.AddMetadata("x-crm-actor", "agent-7");
}

std::string Reason(const absl::Status& status) {
  return status.ok() ? "OK" : error::ReasonOf(status);
}

std::string Outcome(const absl::Status& status) {
  if (status.ok()) return "OK";
  return absl::StrCat(absl::StatusCodeToString(status.code()), " ", Reason(status));
}

std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> fields;
  if (const auto details = error::DetailsOf(status)) {
    for (const auto& violation : details->fields) fields.push_back(violation.field);
  }
  std::sort(fields.begin(), fields.end());
  return fields;
}

std::string Metadata(const absl::Status& status, const std::string& key) {
  const auto details = error::DetailsOf(status);
  if (!details) return "";
  for (const auto& [name, value] : details->metadata) {
    if (name == key) return value;
  }
  return "";
}

}  // namespace crm::testing
