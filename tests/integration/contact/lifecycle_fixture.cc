#include "tests/integration/contact/lifecycle_fixture.h"

#include "absl/strings/str_cat.h"
#include "common/stage/stage_event.h"
#include "tests/contract/contact/schema.h"
#include "tests/support/postgres_server.h"

namespace crm::contact::testing {

using ::crm::testing::PostgresServer;

void FakeSource::Append(event::v1::StageChanged change) {
  absl::MutexLock lock(&mutex_);
  event::v1::StageEvent event;
  event.set_sequence(static_cast<int64_t>(events_.size()) + 1);
  event.set_entry_id(absl::StrCat("1-", event.sequence()));
  event.set_epoch(1);
  *event.mutable_change() = std::move(change);
  events_.push_back(stage::ToEvent(event));
}

int64_t FakeSource::last() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int64_t>(events_.size());
}

absl::StatusOr<event::SourcePage> FakeSource::After(int64_t sequence, int limit) {
  absl::MutexLock lock(&mutex_);
  const auto first = std::min(events_.size(), static_cast<size_t>(sequence));
  const auto count = std::min(events_.size() - first, static_cast<size_t>(limit));
  return event::SourcePage{{events_.begin() + static_cast<int64_t>(first),
                            events_.begin() + static_cast<int64_t>(first + count)},
                           events_.empty() ? 0 : 1};
}

LifecycleTest::LifecycleTest() : database_(PostgresServer::Shared().CreateDatabase()) {
  PostgresServer& postgres = PostgresServer::Shared();
  postgres.CreateSchema(database_, "crm_contact");
  const auto applied =
      pg::Migrate({postgres.Url(database_), "crm_contact", "test"}, SchemaMigrations());
  EXPECT_TRUE(applied.ok()) << applied.status();
  options_ = {postgres.Url(database_, "crm_contact_app"), "crm_contact", "test"};
}

base::Uuid LifecycleTest::AddContact(const std::string& name, const base::Uuid* organization) {
  const base::Uuid id = ids_.New();
  AddContactAs(id, name, organization);
  return id;
}

void LifecycleTest::AddContactAs(const base::Uuid& id, const std::string& name,
                                 const base::Uuid* organization) {
  Sql(absl::StrCat(
      "INSERT INTO contact (tenant, id, revision, create_time, update_time, kind, display_name, "
      "given_name, family_name, organization, job_title, domain, industry, location, emails, "
      "phones, owner, external_id, stage, stage_version, stage_time) VALUES ('acme', '",
      id.ToString(), "', 1, now(), now(), '", organization != nullptr ? "PERSON" : "ORGANIZATION",
      "', '", name, "', '', '', ",
      organization != nullptr ? absl::StrCat("'", organization->ToString(), "'") : "NULL",
      ", '', '', '', '', '[]', '[]', '', '', 'CONTACT', 1, '2020-01-01Z')"));
}

event::v1::StageChanged LifecycleTest::Lead(const base::Uuid& lead, const base::Uuid& contact,
                                            int64_t version, const std::string& stage) {
  event::v1::StageChanged change;
  change.set_event_id(ids_.New().ToString());
  change.set_type("crm.lead.lead.stage_changed.v1");
  change.set_source("/crm/lead");
  change.set_subject("leads/" + lead.ToString());
  change.set_tenant("acme");
  change.set_version(version);
  change.set_to_stage(stage);
  change.mutable_effective_time()->set_seconds(absl::ToUnixSeconds(kStart) + version);
  change.mutable_recorded_time()->set_seconds(absl::ToUnixSeconds(kStart) + version);
  change.set_actor("agent-7");
  change.set_owner("agent-9");
  change.set_contact("contacts/" + contact.ToString());
  change.set_lead(change.subject());
  change.set_correlation_id(change.subject());
  return change;
}

event::v1::StageChanged LifecycleTest::Deal(const base::Uuid& deal, const base::Uuid& contact,
                                            int64_t version, const std::string& type,
                                            int64_t cents) {
  event::v1::StageChanged change = Lead(deal, contact, version, "stage");
  change.set_type("crm.opportunity.opportunity.stage_changed.v1");
  change.set_source("/crm/opportunity");
  change.set_subject("opportunities/" + deal.ToString());
  change.set_opportunity(change.subject());
  change.set_correlation_id(change.subject());
  change.clear_lead();
  change.set_to_stage_type(type);
  if (cents != 0) {
    change.mutable_amount_after()->set_currency_code("USD");
    change.mutable_amount_after()->set_amount_minor(cents);
  }
  return change;
}

std::string LifecycleTest::Sql(const std::string& sql) {
  return PostgresServer::Shared().Run(database_, "SET search_path = crm_contact; " + sql);
}

}  // namespace crm::contact::testing
