#include "tests/contract/contact/store_fixture.h"

#include "absl/strings/str_cat.h"
#include "common/error/error.h"
#include "tests/contract/contact/schema.h"
#include "tests/support/postgres_server.h"
#include "tests/unit/contact/fake_phones.h"

namespace crm::contact::testing {

using ::crm::testing::PostgresServer;

StoreTest::StoreTest() : database_(PostgresServer::Shared().CreateDatabase()) {
  PostgresServer& postgres = PostgresServer::Shared();
  postgres.CreateSchema(database_, "crm_contact");
  const auto applied =
      pg::Migrate({postgres.Url(database_), "crm_contact", "test"}, SchemaMigrations());
  EXPECT_TRUE(applied.ok()) << applied.status();
  pool_.emplace(
      pg::ConnectionOptions{postgres.Url(database_, "crm_contact_app"), "crm_contact", "test"}, 4);
  contacts_.emplace(*pool_, table_, clock_, [] {});
}

StoreTest::Creation StoreTest::Opened(Contact draft) {
  Creation creation;
  creation.aggregate = std::move(draft);
  creation.aggregate.stage_changes.clear();
  const Occasion occasion{.now = clock_.Now(),
                          .effective_time = kStart,
                          .event_id = ids_.New(),
                          .actor = "agent-7",
                          .request_id = "",
                          .traceparent = ""};
  const absl::Status status = Open(creation.aggregate, FakePhones(), occasion);
  EXPECT_TRUE(status.ok()) << status;
  creation.answer = [](const Contact& contact) {
    return absl::StrCat(contact.display_name, " r", contact.revision);
  };
  return creation;
}

StoreTest::Creation StoreTest::NewPerson(uint64_t id, const std::string& email) {
  Contact draft;
  draft.tenant = "acme";
  draft.id = Id(id);
  draft.body = Person{"Person", absl::StrCat(id)};
  if (!email.empty()) draft.emails = {{email, "", "", false}};
  return Opened(draft);
}

StoreTest::Creation StoreTest::NewOrganization(uint64_t id, const std::string& domain) {
  Contact draft;
  draft.tenant = "acme";
  draft.id = Id(id);
  draft.display_name = absl::StrCat("Organization ", id);
  Organization organization;
  organization.domain = domain;
  draft.body = organization;
  return Opened(draft);
}

StoreTest::Change StoreTest::By(uint64_t id, std::function<absl::Status(Contact&)> apply) {
  Change change;
  change.key = {"acme", Id(id)};
  change.apply = std::move(apply);
  change.answer = [](const Contact& contact) { return absl::StrCat("r", contact.revision); };
  return change;
}

absl::StatusOr<Contact> StoreTest::Found(const aggregate::Key& key) {
  return contacts_->Get(absl::MakeConstSpan(&key, 1), absl::Now() + kPatience)[0];
}

std::optional<Contact> StoreTest::Stored(uint64_t id, const std::string& tenant) {
  const aggregate::Key key{tenant, Id(id)};
  const absl::StatusOr<Contact> found = Found(key);
  EXPECT_TRUE(found.ok() || absl::IsNotFound(found.status())) << found.status();
  return found.ok() ? std::optional(*found) : std::nullopt;
}

std::string StoreTest::Sql(const std::string& sql) {
  return PostgresServer::Shared().Run(database_, "SET search_path = crm_contact; " + sql);
}

std::string ReasonOf(const absl::Status& status) { return error::ReasonOf(status); }

std::string Metadata(const absl::Status& status, const std::string& key) {
  const auto details = error::DetailsOf(status);
  if (!details.has_value()) return "";
  for (const auto& [name, value] : details->metadata) {
    if (name == key) return value;
  }
  return "";
}

}  // namespace crm::contact::testing
