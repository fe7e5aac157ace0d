#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "common/aggregate/pg_repository.h"
#include "services/lead/domain/lead_conversion.h"
#include "services/lead/domain/lead_edit.h"
#include "services/lead/store/lead_reads.h"
#include "services/lead/store/lead_table.h"
#include "services/lead/store/pg_conversion_store.h"
#include "tests/contract/lead/schema.h"
#include "tests/support/fake_clock.h"
#include "tests/support/postgres_server.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {

using ::crm::testing::PostgresServer;
using testing::AConversion;
using testing::At;
using testing::IdOf;
using testing::kStart;

inline const absl::Time kNoDeadline = absl::InfiniteFuture();

// The store on a database of its own.
class LeadStoreTest : public ::testing::Test {
 protected:
  LeadStoreTest() {
    PostgresServer& postgres = PostgresServer::Shared();
    database_ = postgres.CreateDatabase();
    postgres.CreateSchema(database_, "crm_lead");
    const auto migrated =
        pg::Migrate({postgres.Url(database_), "crm_lead", "test"}, testing::SchemaMigrations());
    EXPECT_TRUE(migrated.ok()) << migrated.status();
    pool_ = std::make_unique<pg::Pool>(
        pg::ConnectionOptions{postgres.Url(database_, "crm_lead_app"), "crm_lead", "test"}, 4);
    leads_ = std::make_unique<aggregate::PgRepository<Lead>>(*pool_, table_, clock_, [] {});
    reads_ = std::make_unique<LeadReads>(*pool_);
    conversion_store_ = std::make_unique<PgConversionStore>(*pool_);
  }
  ~LeadStoreTest() override {
    pool_.reset();
    PostgresServer::Shared().DropDatabase(database_);
  }

  static Lead FullLead() {
    Lead lead = testing::NewLead();
    lead.source = LeadSource::kPartner;
    lead.source_detail = "Fair \"Zürich\", {hall 3}\\";
    lead.interests = {"GTX Pro", "quote \" and , comma", "Ünïcode 漢字"};
    lead.buying_role = BuyingRole::kInfluencer;
    lead.external_id = "ext'1";
    lead.organization = IdOf(7);
    lead.next_step = {"Send the offer, \"today\"", absl::CivilDay(2026, 2, 3)};
    lead.attributes = {{"region", "{north, \"x\"}"}, {"size", "3"}};
    lead.assignment = Assignment{"\"on holiday\"", "Swiss, web", 7, "boss",
                                 absl::FromUnixMicros(1'700'000'000'123'456)};
    return lead;
  }

  absl::Status Create(const Lead& lead) {
    aggregate::Creation<Lead> creation;
    creation.aggregate = lead;
    creation.answer = [](const Lead&) { return "made"; };
    aggregate::Creation<Lead>* item = &creation;
    leads_->Create(absl::MakeSpan(&item, 1), kNoDeadline);
    return creation.outcome.status();
  }

  absl::Status Change(const base::Uuid& id, std::function<absl::Status(Lead&)> rule) {
    aggregate::Change<Lead> change;
    change.key = {"acme", id};
    change.apply = std::move(rule);
    change.answer = [this](const Lead& lead) {
      written_ = lead;
      return "done";
    };
    aggregate::Change<Lead>* item = &change;
    leads_->Update(absl::MakeSpan(&item, 1), kNoDeadline);
    return change.outcome.status();
  }

  Lead Stored(const base::Uuid& id = IdOf(1)) {
    const aggregate::Key key{"acme", id};
    return *leads_->Get(absl::MakeConstSpan(&key, 1), kNoDeadline)[0];
  }

  std::string Sql(const std::string& sql) {
    return PostgresServer::Shared().Run(database_, "SET search_path = crm_lead; " + sql);
  }

  std::string database_;
  crm::testing::FakeClock clock_{kStart + absl::Hours(5)};
  const LeadTable table_;
  std::unique_ptr<pg::Pool> pool_;
  std::unique_ptr<aggregate::PgRepository<Lead>> leads_;
  std::unique_ptr<LeadReads> reads_;
  std::unique_ptr<PgConversionStore> conversion_store_;
  Lead written_;
};

}  // namespace crm::lead
