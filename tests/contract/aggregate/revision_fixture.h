#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/aggregate/as_of.h"
#include "common/aggregate/pg_repository.h"
#include "common/event/migrations/migrations.h"
#include "common/idempotency/ledger.h"
#include "common/pg/pool.h"
#include "tests/contract/aggregate/repository_contract.h"
#include "tests/support/postgres_server.h"

namespace crm::testing {

// Notes in PostgreSQL, and what can be told of their past.
class Revisions : public ::testing::Test {
 protected:
  Revisions() : database_(PostgresServer::Shared().CreateDatabase()) {
    const pg::ConnectionOptions options{PostgresServer::Shared().Url(database_), "crm_lead",
                                        "test"};
    const auto events = event::Migrations();
    const auto applied = pg::Migrate(options, {{"event", {events.begin(), events.end()}},
                                               idempotency::Migrations(),
                                               aggregate::Migrations(),
                                               NoteMigrations()});
    EXPECT_TRUE(applied.ok()) << applied.status();
    pool_.emplace(options, 4);
    notes_.emplace(*pool_, table_, clock_, [] {});
  }

  Creation<Note> NewNote(uint64_t id, const std::string& text, const std::string& label = "") {
    Creation<Note> creation;
    creation.aggregate.tenant = "acme";
    creation.aggregate.id = Id(id);
    creation.aggregate.text = text;
    creation.aggregate.label = label;
    creation.author = {"ann", "CreateNote"};
    creation.answer = Shown;
    return creation;
  }
  Change<Note> By(uint64_t id, std::function<void(Note&)> apply) {
    Change<Note> change;
    change.key = {"acme", Id(id)};
    change.author = {"bob", "WriteNote"};
    change.apply = [apply = std::move(apply)](Note& note) {
      apply(note);
      return absl::OkStatus();
    };
    change.answer = Shown;
    return change;
  }
  Change<Note> Write(uint64_t id, const std::string& text) {
    return By(id, [text](Note& note) { note.text = text; });
  }
  Change<Note> Label(uint64_t id, const std::string& label) {
    return By(id, [label](Note& note) { note.label = label; });
  }
  template <class... Item>
  void Create(Item&... items) {
    std::vector<Creation<Note>*> pointers{&items...};
    notes_->Create(absl::MakeSpan(pointers), absl::Now() + kPatience);
  }
  template <class... Item>
  void Update(Item&... items) {
    std::vector<Change<Note>*> pointers{&items...};
    notes_->Update(absl::MakeSpan(pointers), absl::Now() + kPatience);
  }
  void Seed(uint64_t id, const std::string& text, const std::string& label = "") {
    Creation<Note> creation = NewNote(id, text, label);
    Create(creation);
    ASSERT_TRUE(creation.outcome.ok()) << creation.outcome.status();
  }
  // Writes `texts`, one after the other, a minute apart.
  void WriteEach(uint64_t id, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      clock_.Advance(absl::Minutes(1));
      Change<Note> change = Write(id, text);
      Update(change);
      ASSERT_TRUE(change.outcome.ok()) << change.outcome.status();
    }
  }

  absl::StatusOr<std::vector<aggregate::ReadRevision<Note>>> Read(uint64_t id, int64_t after = 0,
                                                                  int limit = 1000) {
    const Key key{"acme", Id(id)};
    return aggregate::ReadRevisions(*pool_, table_.StoredFields(), key, NoteName(key), after, limit,
                                    absl::Now() + kPatience);
  }
  // "r2 text: hello > moved", of every revision.
  std::vector<std::string> History(uint64_t id) {
    std::vector<std::string> lines;
    const std::vector<aggregate::ReadRevision<Note>> revisions = Read(id).value();
    for (const auto& one : revisions) {
      std::string line = absl::StrCat("r", one.revision.revision);
      for (const aggregate::ReadChange& change : one.changes) {
        if (change.erased) {
          absl::StrAppend(&line, " ", change.field, " erased");
          continue;
        }
        const auto value = [&](const Note& note) {
          return change.field == "text" ? note.text : note.label;
        };
        absl::StrAppend(&line, " ", change.field, ": ", value(one.before), " > ", value(one.after));
      }
      lines.push_back(line);
    }
    return lines;
  }
  absl::StatusOr<std::string> AsOf(uint64_t id, const aggregate::Moment& moment) {
    const Key key{"acme", Id(id)};
    const auto found = notes_->Get(absl::MakeConstSpan(&key, 1), absl::Now() + kPatience);
    if (!found[0].ok()) return found[0].status();
    const auto then = aggregate::AsOf(*pool_, table_.StoredFields(), *found[0], NoteName(key),
                                      moment, absl::Now() + kPatience);
    if (!then.ok()) return then.status();
    return absl::StrCat(then->text, " r", then->revision, " ",
                        absl::FormatTime("%H:%M", then->update_time, absl::UTCTimeZone()));
  }
  std::string Refusal(uint64_t id, const aggregate::Moment& moment) {
    const absl::Status status = AsOf(id, moment).status();
    std::string text = error::ReasonOf(status);
    if (const auto details = error::DetailsOf(status)) {
      for (const auto& [key, value] : details->metadata) {
        if (key != "resource") absl::StrAppend(&text, " ", key, " ", value);
      }
    }
    return text;
  }
  std::string Sql(const std::string& sql) {
    return PostgresServer::Shared().Run(database_, "SET search_path = crm_lead; " + sql);
  }

  FakeClock clock_;  // 2026-01-01T00:00:00Z
  std::string database_;
  const NoteTable table_;
  std::optional<pg::Pool> pool_;
  std::optional<aggregate::PgRepository<Note>> notes_;
};

}  // namespace crm::testing
