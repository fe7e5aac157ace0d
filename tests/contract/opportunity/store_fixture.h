#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/aggregate/pg_repository.h"
#include "services/opportunity/store/opportunity_reads.h"
#include "services/opportunity/store/opportunity_table.h"
#include "tests/contract/opportunity/schema.h"
#include "tests/support/await.h"
#include "tests/support/fake_clock.h"
#include "tests/support/postgres_server.h"
#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {

using ::crm::testing::PostgresServer;

inline constexpr absl::Duration kPatience = absl::Seconds(20);

// The rows of the service on a real database, as its app role sees them.
class StoreTest : public ::testing::Test {
 protected:
  StoreTest()
      : database_(PostgresServer::Shared().CreateDatabase()),
        options_{PostgresServer::Shared().Url(database_), "crm_opportunity", "test"} {
    PostgresServer::Shared().CreateSchema(database_, "crm_opportunity");
    const auto applied = pg::Migrate(options_, SchemaMigrations());
    EXPECT_TRUE(applied.ok()) << applied.status();
    options_.url = PostgresServer::Shared().Url(database_, "crm_opportunity_app");
    OpenPool();
  }

  // Anew, if it is open: a session tells PostgreSQL what it did when it ends, or seconds later.
  void OpenPool() {
    reads_.reset();
    repository_.reset();
    pool_.reset();
    pool_.emplace(options_, 4);
    repository_.emplace(*pool_, table_, clock_, [] {});
    reads_.emplace(*pool_);
  }

  static std::string Shown(const Opportunity& it) {
    return absl::StrCat(it.display_name, " r", it.revision);
  }

  // The lead of the opportunity that New(id) makes.
  static base::Uuid LeadOf(uint64_t id) { return Id(500 + id); }

  aggregate::Creation<Opportunity> New(uint64_t id, const std::string& external_id = "") {
    aggregate::Creation<Opportunity> creation;
    creation.aggregate = Fresh();
    creation.aggregate.id = Id(id);
    creation.aggregate.lead = LeadOf(id);
    creation.aggregate.external_id = external_id;
    Occasion occasion = On(0);
    occasion.event_id = Id(++events_);
    EXPECT_TRUE(Open(creation.aggregate, DefaultPipeline(), occasion).ok());
    creation.answer = Shown;
    return creation;
  }

  aggregate::Change<Opportunity> By(uint64_t id, std::function<absl::Status(Opportunity&)> apply) {
    aggregate::Change<Opportunity> change;
    change.key = {"acme", Id(id)};
    change.apply = std::move(apply);
    change.answer = Shown;
    return change;
  }
  aggregate::Change<Opportunity> MoveTo(uint64_t id, const char* stage, int day) {
    Occasion occasion = On(day);
    occasion.event_id = Id(++events_);
    return By(id, [=](Opportunity& it) {
      return Move(it, DefaultPipeline(), stage, occasion, "", "imported");
    });
  }
  aggregate::Change<Opportunity> EditOf(uint64_t id, OpportunityEdit edit) {
    return By(id, [edit](Opportunity& it) { return Edit(it, edit, DefaultPipeline()); });
  }

  template <class... Item>
  void Create(Item&... items) {
    std::vector<aggregate::Creation<Opportunity>*> pointers{&items...};
    repository_->Create(absl::MakeSpan(pointers), absl::Now() + kPatience);
  }
  template <class... Item>
  void Update(Item&... items) {
    std::vector<aggregate::Change<Opportunity>*> pointers{&items...};
    repository_->Update(absl::MakeSpan(pointers), absl::Now() + kPatience);
  }
  absl::StatusOr<Opportunity> Found(const aggregate::Key& key) {
    return repository_->Get(absl::MakeConstSpan(&key, 1), absl::Now() + kPatience)[0];
  }
  std::optional<Opportunity> Stored(uint64_t id, const std::string& tenant = "acme") {
    const aggregate::Key key{tenant, Id(id)};
    const absl::StatusOr<Opportunity> found = Found(key);
    EXPECT_TRUE(found.ok() || absl::IsNotFound(found.status())) << found.status();
    return found.ok() ? std::optional(*found) : std::nullopt;
  }
  std::vector<StageChange> Changes(uint64_t id, int64_t after = 0, int limit = 100) {
    const auto changes =
        reads_->StageChanges({"acme", Id(id)}, after, limit, absl::Now() + kPatience);
    EXPECT_TRUE(changes.ok()) << changes.status();
    return changes.ok() ? *changes : std::vector<StageChange>();
  }

  crm::testing::FakeClock clock_{kStart + absl::Hours(24 * 365)};
  uint64_t events_ = 100000;
  std::string database_;
  pg::ConnectionOptions options_;
  const OpportunityTable table_;
  std::optional<pg::Pool> pool_;
  std::optional<aggregate::PgRepository<Opportunity>> repository_;
  std::optional<OpportunityReads> reads_;
};

}  // namespace crm::opportunity::testing
