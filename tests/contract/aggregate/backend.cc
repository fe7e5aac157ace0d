#include "tests/contract/aggregate/backend.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/aggregate/pg_repository.h"
#include "common/aggregate/revisions.h"
#include "common/error/error.h"
#include "common/event/migrations/migrations.h"
#include "common/idempotency/ledger.h"
#include "common/pg/migrator.h"
#include "common/pg/pool.h"
#include "tests/support/memory_repository.h"
#include "tests/support/postgres_server.h"

namespace crm::testing {
namespace {

class MemoryBackend final : public Backend {
 public:
  Subject Make() override {
    MemoryRepository<Note>::Rules rules;
    rules.name = NoteName;
    rules.strip = [](Note& note) { note.stages.clear(); };
    rules.check = [](const Note& note, const std::vector<const Note*>& others) {
      for (const Note* other : others) {
        if (!note.label.empty() && other->label == note.label) {
          return error::Error(absl::StatusCode::kAlreadyExists, "DUPLICATE_LABEL", "taken")
              .ToStatus();
        }
      }
      return absl::OkStatus();
    };
    auto repository = std::make_unique<MemoryRepository<Note>>(clock, rules);
    auto* const raw = repository.get();
    return {std::move(repository), [raw](const base::Uuid& id) {
              std::vector<std::string> moves;
              for (const Note& note : raw->Written()) {
                if (note.id != id) continue;
                for (const auto& stage : note.stages) {
                  moves.push_back(absl::StrCat(stage.from_stage, ">", stage.to_stage));
                }
              }
              return moves;
            }};
  }
};

class PgBackend final : public Backend {
 public:
  Subject Make() override {
    PostgresServer& server = PostgresServer::Shared();
    database_ = server.CreateDatabase();
    pg::ConnectionOptions options{server.Url(database_), "crm_lead", "test"};
    const auto events = event::Migrations();
    const auto applied = pg::Migrate(options, {{"event", {events.begin(), events.end()}},
                                               idempotency::Migrations(),
                                               aggregate::Migrations(),
                                               NoteMigrations()});
    EXPECT_TRUE(applied.ok()) << applied.status();
    pool_ = std::make_unique<pg::Pool>(options, 8);
    auto repository = std::make_unique<aggregate::PgRepository<Note>>(*pool_, table_, clock, [] {});
    return {std::move(repository), [this, &server](const base::Uuid& id) {
              const std::string rows = server.Run(
                  database_,
                  absl::StrCat("SELECT from_stage || '>' || to_stage FROM crm_lead.stage_history "
                               "WHERE aggregate = '",
                               id.ToString(), "' ORDER BY version"));
              std::vector<std::string> moves = absl::StrSplit(rows, '\n', absl::SkipEmpty());
              return moves;
            }};
  }

 private:
  NoteTable table_;
  std::string database_;
  std::unique_ptr<pg::Pool> pool_;
};

}  // namespace

std::unique_ptr<Backend> MakeBackend(const std::string& kind) {
  if (kind == "memory") return std::make_unique<MemoryBackend>();
  return std::make_unique<PgBackend>();
}

}  // namespace crm::testing
