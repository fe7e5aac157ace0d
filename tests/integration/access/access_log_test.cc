// The access log on PostgreSQL: what is recorded, what is found, and what is lost.

#include "common/access/access_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/access/access_store.h"
#include "common/base/clock.h"
#include "tests/support/await.h"
#include "tests/support/postgres_server.h"

namespace crm::access {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const absl::Time kDay = absl::FromUnixSeconds(1'790'000'000);

class AccessLogTest : public ::testing::Test {
 protected:
  explicit AccessLogTest(testing::PostgresServer& server = testing::PostgresServer::Shared())
      : server_(server), database_(server.CreateDatabase()) {
    EXPECT_TRUE(pg::Migrate(Database(), {Migrations()}).ok());
    pool_ = std::make_unique<pg::Pool>(Database(), 2);
  }

  pg::ConnectionOptions Database() const { return {server_.Url(database_), "crm_lead", "test"}; }

  void Open(AccessLogOptions options = {}) {
    if (options.tenants.empty()) options.tenants = {"*"};
    options.pause = absl::Milliseconds(1);
    options.retry_pause = absl::Milliseconds(50);
    log_ = std::make_unique<AccessLog>(options, *pool_, ids_, metrics_);
  }
  void Read(const std::string& tenant, const std::string& actor, std::vector<std::string> names,
            absl::Time time = kDay) {
    log_->Take({tenant, time, actor, "crm.lead.v1.LeadService/GetLead", std::move(names)});
  }
  bool AwaitRecorded(int count) {
    return testing::Await(absl::Seconds(60), [&] {
      return server_.Run(database_, "SELECT count(*) FROM crm_lead.access_log") ==
             absl::StrCat(count);
    });
  }
  int Count(const std::string& counter) const {
    const std::string text = metrics_.Text();
    const size_t at = text.find(absl::StrCat("\n", counter, " "));
    return at == std::string::npos ? 0 : std::atoi(text.c_str() + at + 2 + counter.size());
  }

  // "actor: names" of a tenant's accesses by a condition.
  std::vector<std::string> Found(const std::string& tenant, absl::string_view field = "",
                                 listing::Operator op = listing::Operator::kEqual,
                                 listing::Value value = std::string()) {
    listing::Query query;
    query.tenant = tenant;
    query.order = &Orders()[0].order;
    for (const listing::Field& known : Fields()) {
      if (known.name == field) query.conditions.push_back({&known, "", op, {std::move(value)}});
    }
    const auto records = List(*pool_, query, base::Deadline::After(absl::Seconds(20)));
    EXPECT_TRUE(records.ok()) << records.status();
    std::vector<std::string> texts;
    for (const Record& record : records.value_or(std::vector<Record>())) {
      texts.push_back(absl::StrCat(record.actor, ": ", absl::StrJoin(record.names, " ")));
    }
    return texts;
  }

  testing::PostgresServer& server_;
  const std::string database_;
  std::unique_ptr<pg::Pool> pool_;
  base::RandomIdGenerator ids_{&base::SystemClock::Instance()};
  metrics::Registry metrics_;
  std::unique_ptr<AccessLog> log_;
};

TEST_F(AccessLogTest, WhatIsTakenIsRecordedAndFoundByTenantThingActorAndTime) {
  Open();
  log_->Start();
  Read("acme", "ann", {"leads/1", "leads/2"});
  Read("acme", "bob", {"leads/2"}, kDay + absl::Hours(1));
  Read("other", "eve", {"leads/2"}, kDay + absl::Hours(2));
  ASSERT_TRUE(AwaitRecorded(3));
  EXPECT_THAT(Found("acme"), ElementsAre("ann: leads/1 leads/2", "bob: leads/2"));
  EXPECT_THAT(Found("other"), ElementsAre("eve: leads/2"));
  EXPECT_THAT(Found("acme", "name", listing::Operator::kEqual, std::string("leads/1")),
              ElementsAre("ann: leads/1 leads/2"));
  EXPECT_THAT(Found("acme", "name", listing::Operator::kEqual, std::string("leads/3")), IsEmpty());
  EXPECT_THAT(Found("acme", "actor", listing::Operator::kEqual, std::string("bob")),
              ElementsAre("bob: leads/2"));
  EXPECT_THAT(Found("acme", "access_time", listing::Operator::kLess, kDay + absl::Minutes(1)),
              ElementsAre("ann: leads/1 leads/2"));
}

TEST_F(AccessLogTest, OnlyTheTenantsThatAreNamedAreWanted) {
  Open({.tenants = {"acme", "globex"}});
  EXPECT_TRUE(log_->Wants("acme"));
  EXPECT_TRUE(log_->Wants("globex"));
  EXPECT_FALSE(log_->Wants("other"));
  Open({.tenants = {"*"}});
  EXPECT_TRUE(log_->Wants("other"));
}

TEST_F(AccessLogTest, WhatWaitsWhenItStopsIsWritten) {
  Open();
  log_->Start();
  for (int i = 0; i < 3000; ++i) Read("acme", "ann", {absl::StrCat("leads/", i)});
  log_->Stop();
  EXPECT_TRUE(AwaitRecorded(3000));
  EXPECT_EQ(Count("crm_access_log_recorded_total"), 3000);
  Read("acme", "ann", {"leads/late"});
  EXPECT_EQ(Count("crm_access_log_lost_total"), 1);
}

TEST_F(AccessLogTest, AWriteThatIsRepeatedRecordsOnce) {
  const Record record{"acme", ids_.New(), kDay, "ann", "m", {"leads/1"}};
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(Write(*pool_, {&record, 1}, base::Deadline::After(absl::Seconds(20))).ok());
  }
  EXPECT_THAT(Found("acme"), ElementsAre("ann: leads/1"));
}

TEST_F(AccessLogTest, WhatIsOldIsForgottenOfBothTables) {
  std::vector<Record> records;
  for (int day = 0; day < 10; ++day) {
    records.push_back({"acme",
                       ids_.New(),
                       kDay + day * absl::Hours(24),
                       absl::StrCat("d", day),
                       "m",
                       {"leads/1"}});
  }
  ASSERT_TRUE(Write(*pool_, records, base::Deadline::After(absl::Seconds(20))).ok());
  const absl::Time now = kDay + absl::Hours(10 * 24);
  const absl::Duration week = absl::Hours(7 * 24 + 1);
  EXPECT_EQ(Sweep(*pool_, now, week, 2).value(), 2);
  EXPECT_EQ(Sweep(*pool_, now, week, 2).value(), 1);
  EXPECT_EQ(Sweep(*pool_, now, week, 2).value(), 0);
  EXPECT_THAT(Found("acme"), ElementsAre("d3: leads/1", "d4: leads/1", "d5: leads/1", "d6: leads/1",
                                         "d7: leads/1", "d8: leads/1", "d9: leads/1"));
  EXPECT_EQ(server_.Run(database_, "SELECT count(*) FROM crm_lead.access_name"), "7");
}

// By the indexes, also where the planner may use only operators that leak nothing.
TEST_F(AccessLogTest, AThingsReadersAreFoundByAnIndex) {
  server_.Run(database_,
              "SET search_path TO crm_lead; INSERT INTO access_log SELECT 'acme', now() - n * "
              "interval '1 s', gen_random_uuid(), 'a' || n % 50, 'm', ARRAY['leads/' || n] FROM "
              "generate_series(1, 20000) n; INSERT INTO access_name SELECT tenant, names[1], "
              "access_time, id FROM access_log; ANALYZE access_log; ANALYZE access_name");
  const std::string plan = server_.Run(
      database_,
      "SET search_path TO crm_lead; EXPLAIN SELECT * FROM access_log WHERE tenant = 'acme' AND "
      "(tenant, access_time, id) IN (SELECT n.tenant, n.access_time, n.access FROM access_name n "
      "WHERE n.name = 'leads/77') ORDER BY access_time, id LIMIT 51");
  EXPECT_THAT(plan, HasSubstr("access_name_pkey"));
  EXPECT_THAT(plan, HasSubstr("access_log_pkey"));
  EXPECT_THAT(plan, ::testing::Not(HasSubstr("Seq Scan")));
}

// On a server of its own, since it is stopped.
class SilentDatabase : public AccessLogTest {
 protected:
  SilentDatabase() : AccessLogTest(Own()) {}
  ~SilentDatabase() override { server_.Resume(); }
  static testing::PostgresServer& Own() {
    static testing::PostgresServer server;
    return server;
  }
};

TEST_F(SilentDatabase, NobodyWaitsForItAndWhatHasNoPlaceIsLostAndCounted) {
  Open({.most_waiting = 100});
  log_->Start();
  Read("acme", "ann", {"leads/0"});
  ASSERT_TRUE(AwaitRecorded(1));
  server_.Pause();
  const base::SteadyTime began = base::SteadyNow();
  for (int i = 0; i < 10'000; ++i) Read("acme", "ann", {"leads/1"});
  EXPECT_LT(base::SteadyNow() - began, absl::Seconds(5));
  EXPECT_GT(Count("crm_access_log_lost_total"), 9'000);
  server_.Resume();
  log_->Stop();
  // None is forgotten; one whose commit was in doubt may be there and counted too.
  const int there = std::stoi(server_.Run(database_, "SELECT count(*) FROM crm_lead.access_log"));
  EXPECT_GE(there, 1);
  EXPECT_GE(Count("crm_access_log_lost_total") + there, 10'001);
}

TEST_F(SilentDatabase, StoppingDoesNotWaitForItForLong) {
  Open({.last_words = absl::Milliseconds(200)});
  server_.Pause();
  log_->Start();
  Read("acme", "ann", {"leads/1"});
  std::thread resume([this] {
    const base::SteadyTime later = base::SteadyNow() + absl::Seconds(1);
    testing::Await(absl::Seconds(5), [&] { return base::SteadyNow() > later; });
    server_.Resume();
  });
  log_->Stop();
  resume.join();
  EXPECT_EQ(Count("crm_access_log_lost_total") + Count("crm_access_log_recorded_total"), 1);
}

}  // namespace
}  // namespace crm::access
