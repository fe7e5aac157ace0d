#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/types/span.h"
#include "common/aggregate/pg_repository.h"
#include "services/lead/store/lead_table.h"
#include "tests/contract/lead/schema.h"
#include "tests/support/fake_clock.h"
#include "tests/support/service_fixture.h"
#include "tests/unit/lead/random_lead.h"

// Random lives of leads on a real database, written as the service writes them.
namespace crm::lead::testing {

inline constexpr int kRounds = 25;
inline constexpr absl::Duration kRound = absl::Hours(50);

class LivingLeads : public ::testing::Test {
 protected:
  using Repository = aggregate::PgRepository<Lead>;

  void Live(int histories) {
    for (int seed = 1; seed <= histories; ++seed) {
      lives_.emplace_back(static_cast<uint32_t>(seed), clock_.Now());
    }
    std::vector<aggregate::Creation<Lead>> creations(lives_.size());
    std::vector<aggregate::Creation<Lead>*> made;
    for (size_t i = 0; i < lives_.size(); ++i) {
      creations[i].aggregate = Target(lives_[i], 0, 0);
      creations[i].answer = [](const Lead&) { return std::string(); };
      made.push_back(&creations[i]);
    }
    repository_.Create(absl::MakeSpan(made), base::Deadline::After(absl::Minutes(2)));
    for (const auto* each : made) ASSERT_TRUE(each->outcome.ok()) << each->outcome.status();
    for (int round = 0; round < kRounds; ++round) Step();
  }

  // One more write of each lead, all in one transaction.
  void Step() {
    clock_.Advance(kRound);
    std::vector<aggregate::Change<Lead>> changes(lives_.size());
    std::vector<aggregate::Change<Lead>*> made;
    for (size_t i = 0; i < lives_.size(); ++i) {
      const size_t moves = lives_[i].changes().size();
      const size_t activities = lives_[i].activities().size();
      lives_[i].StepAt(clock_.Now());
      changes[i].key = {"acme", lives_[i].it().id};
      changes[i].apply = [target = Target(lives_[i], moves, activities)](Lead& it) {
        Lead next = target;
        next.revision = it.revision;
        next.create_time = it.create_time;
        next.update_time = it.update_time;
        it = std::move(next);
        return absl::OkStatus();
      };
      changes[i].answer = [](const Lead&) { return std::string(); };
      made.push_back(&changes[i]);
    }
    repository_.Update(absl::MakeSpan(made), base::Deadline::After(absl::Minutes(2)));
    for (const auto* each : made) ASSERT_TRUE(each->outcome.ok()) << each->outcome.status();
  }

  // What the lead has become, with what was recorded since it had so many moves and activities.
  static Lead Target(const RandomLead& life, size_t moves, size_t activities) {
    Lead it = life.it();
    const auto since = [](const auto& all, size_t known) {
      return std::decay_t<decltype(all)>(all.begin() + static_cast<ptrdiff_t>(known), all.end());
    };
    it.stage_changes = since(life.changes(), moves);
    it.new_activities = since(life.activities(), activities);
    return it;
  }

  // Of the leads a third keeps the moves that the service wrote into the row, a third those that
  // the migration would write, and a third has none, as a program of before would leave it.
  void MixKeptMoves() {
    EXPECT_EQ(database_.Sql("SELECT count(*) FROM lead WHERE moves IS NULL"), "0");
    const std::vector<pg::Migration> migrations = Migrations().migrations;
    const std::string& sql = migrations.back().sql;
    const size_t start = sql.find("UPDATE lead l SET moves");
    ASSERT_NE(start, std::string::npos) << migrations.back().name;
    database_.Sql("CREATE TABLE written AS SELECT id, moves FROM lead; " +
                  sql.substr(start, sql.find(';', start) + 1 - start) +
                  "UPDATE lead l SET moves = w.moves FROM written w WHERE w.id = l.id AND "
                  "get_byte(uuid_send(l.id), 15) % 3 = 0;"
                  "UPDATE lead SET moves = '' WHERE get_byte(uuid_send(id), 15) % 3 = 1");
    // But for the opportunity of a conversion, which the history does not have, they are the same.
    EXPECT_EQ(database_.Sql("SELECT count(*) > 20 AND bool_and(l.moves = w.moves) FROM lead l "
                            "JOIN written w USING (id) WHERE state IN ('WORKING', 'QUALIFIED') "
                            "AND get_byte(uuid_send(id), 15) % 3 = 2 "
                            "AND w.moves NOT LIKE '%CONVERTED%'"),
              "t");
  }

  crm::testing::FakeClock clock_{kStart + absl::Hours(24) * 3};
  crm::testing::ServiceDatabase database_{"crm_lead", SchemaMigrations()};
  const LeadTable table_;
  Repository repository_{database_.pool(), table_, clock_, [] {}};
  std::deque<RandomLead> lives_;
};

}  // namespace crm::lead::testing
