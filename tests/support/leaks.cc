#include "tests/support/leaks.h"

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "common/log/log.h"
#include "tests/support/personal_words.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"

namespace crm::testing {
namespace {

constexpr size_t kMostKept = size_t{64} << 20;  // of one place

// All that holds text in the tables of services may be personal, but what others read (and what
// only says who has read), and these columns: ids of people who work with the system, what tenants
// have set, what our own rules say, and errors.
constexpr char kColumns[] = R"sql(
SELECT n.nspname, c.relname, a.attname,
  a.attname ~ '^(owner|.*actor|assessor|team|interests|from_name|to_name|stage_name|verdict|last_error)$'
    OR c.relname ~ '^(pipeline|stage_retirement|qualification_policy|assignment|prediction)'
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname LIKE 'crm\_%' AND c.relkind = 'r' AND NOT c.relispartition
  AND a.atttypid IN ('text'::regtype, 'json'::regtype, 'jsonb'::regtype, 'text[]'::regtype)
  AND c.relname !~ '^(event_|outbox_in|dead_letter|consumer_inbox|webhook|access|schema)')sql";
constexpr char kPublished[] = R"sql(
SELECT n.nspname, c.relname, c.relname ~ '^webhook' FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname LIKE 'crm\_%' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND (c.relname ~ '^webhook' OR c.relname IN ('event_log', 'outbox_in', 'dead_letter')))sql";

using Rows = std::vector<std::vector<std::string>>;

// A connection for reading; what cannot be read is nothing.
class Database {
 public:
  explicit Database(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
    Query("SET statement_timeout TO '20s'; SET lock_timeout TO '1s'");
  }
  ~Database() { PQfinish(connection_); }

  Rows Query(const std::string& sql) {
    Rows rows;
    PGresult* const result = PQexec(connection_, sql.c_str());
    for (int i = 0; i < PQntuples(result); ++i) {
      std::vector<std::string>& row = rows.emplace_back();
      for (int column = 0; column < PQnfields(result); ++column) {
        row.emplace_back(PQgetvalue(result, i, column),
                         static_cast<size_t>(PQgetlength(result, i, column)));
      }
    }
    PQclear(result);
    return rows;
  }

 private:
  PGconn* const connection_;
};

class Told {
 public:
  static Told& OfThisProgram() {
    static Told* const told = new Told();
    return *told;
  }

  void Keep(const std::string& place, absl::string_view text) {
    const absl::MutexLock lock(&mutex_);
    std::string& kept = kept_[place];
    if (kept.size() < kMostKept) absl::StrAppend(&kept, text, "\n");
  }

  // Of a database: what may be personal, and what is published.
  void LookThrough(const std::string& url) {
    Database database(url);
    AddWords(database);
    for (const auto& row : database.Query(kPublished)) {
      const std::string table = absl::StrCat(row[0], ".", row[1]);
      const std::string columns = row[2] == "t"             ? "t::text"
                                  : row[1] == "dead_letter" ? "encode(payload, 'hex'), reason"
                                                            : "encode(payload, 'hex')";
      std::string text;
      for (const auto& told :
           database.Query(absl::StrCat("SELECT ", columns, " FROM ", table, " t LIMIT 50000"))) {
        absl::StrAppend(&text, row[2] == "t" ? told[0] : absl::HexStringToBytes(told[0]), "\n");
        if (told.size() > 1) absl::StrAppend(&text, told[1], "\n");
      }
      if (!text.empty()) Keep(table, text);
    }
  }

  std::vector<std::string> Take() {
    log::Flush(absl::Seconds(5));
    const absl::MutexLock lock(&mutex_);
    std::vector<std::string> leaks;
    for (const auto& [place, text] : kept_) {
      const std::string found = words_.FirstIn(text);
      if (!found.empty()) leaks.push_back(absl::StrCat(place, ": ", found));
    }
    kept_.clear();
    return leaks;
  }

 private:
  void AddWords(Database& database) {
    for (const auto& row : database.Query(kColumns)) {
      const std::string leaves =
          absl::StrCat("SELECT DISTINCT v #>> '{}' FROM (SELECT jsonb_path_query(to_jsonb(\"",
                       row[2], "\"), 'lax $.**') AS v FROM ", row[0], ".", row[1],
                       " LIMIT 100000) AS leaves WHERE jsonb_typeof(v) = 'string'");
      for (const auto& leaf : database.Query(leaves)) {
        const absl::MutexLock lock(&mutex_);
        if (row[3] == "t") {
          words_.Allow(leaf[0]);
        } else {
          words_.Add(leaf[0]);
        }
      }
    }
  }

  absl::Mutex mutex_;
  PersonalWords words_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::string> kept_ ABSL_GUARDED_BY(mutex_);
};

struct Servers {
  static Servers& OfThisProgram() {
    static Servers* const servers = new Servers();
    return *servers;
  }
  absl::Mutex mutex;
  std::set<PostgresServer*> postgres ABSL_GUARDED_BY(mutex);
  std::set<RedisServer*> redis ABSL_GUARDED_BY(mutex);
};

void LookAt(PostgresServer& server) {
  if (!server.Answers()) return;
  Database server_itself(server.Url("postgres"));
  for (const auto& row : server_itself.Query(
           "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'")) {
    LookThrough(server.Url(row[0]));
  }
}

// Everything that is in it, as its file has it when that is not compressed.
void LookAt(RedisServer& server) {
  const std::string file = server.Dump();
  if (!file.empty()) KeepTold(absl::StrCat("Redis ", server.port()), file);
}

void LookAtServers() {
  const absl::MutexLock lock(&Servers::OfThisProgram().mutex);
  for (PostgresServer* const server : Servers::OfThisProgram().postgres) LookAt(*server);
  for (RedisServer* const server : Servers::OfThisProgram().redis) LookAt(*server);
}

// Looks through all that was told when all tests are done.
class LeakWatch final : public ::testing::Environment {
 public:
  void SetUp() override { KeepLog(); }
  void TearDown() override {
    LookAtServers();
    for (const std::string& leak : TakeLeaks()) ADD_FAILURE() << "personal data in " << leak;
    // The log's thread goes on; what it keeps is looked at by nobody.
    log::Init("-", log::Level::kInfo);
  }
};

[[maybe_unused]] ::testing::Environment* const kLeakWatch =
    ::testing::AddGlobalTestEnvironment(new LeakWatch());

}  // namespace

void KeepTold(const std::string& place, std::string text) {
  Told::OfThisProgram().Keep(place, text);
}

void KeepLog(std::function<void(absl::string_view)> also) {
  log::Init("-", log::Level::kInfo, [also = std::move(also)](absl::string_view lines) {
    std::fwrite(lines.data(), 1, lines.size(), stderr);
    Told::OfThisProgram().Keep("log lines of this program", lines);
    if (also) also(lines);
  });
}

std::string JsonLinesOf(const std::string& output) {
  std::string lines;
  for (const absl::string_view line : absl::StrSplit(output, '\n')) {
    if (absl::StartsWith(line, R"({"time")")) absl::StrAppend(&lines, line, "\n");
  }
  return lines;
}

std::string ErrorsIn(const std::string& output) {
  std::string lines;
  bool within = false;
  for (const absl::string_view line : absl::StrSplit(output, '\n')) {
    within = absl::StartsWith(line, "error:") || (within && absl::StartsWith(line, "  "));
    if (within) absl::StrAppend(&lines, line, "\n");
  }
  return lines;
}

void Watch(PostgresServer& server) {
  const absl::MutexLock lock(&Servers::OfThisProgram().mutex);
  Servers::OfThisProgram().postgres.insert(&server);
}

void Watch(RedisServer& server) {
  const absl::MutexLock lock(&Servers::OfThisProgram().mutex);
  Servers::OfThisProgram().redis.insert(&server);
}

void Leave(PostgresServer& server) {
  const absl::MutexLock lock(&Servers::OfThisProgram().mutex);
  if (Servers::OfThisProgram().postgres.erase(&server) > 0) LookAt(server);
}

void Leave(RedisServer& server) {
  const absl::MutexLock lock(&Servers::OfThisProgram().mutex);
  if (Servers::OfThisProgram().redis.erase(&server) > 0) LookAt(server);
}

void LookThrough(const std::string& database_url) {
  Told::OfThisProgram().LookThrough(database_url);
}

std::vector<std::string> TakeLeaks() { return Told::OfThisProgram().Take(); }

}  // namespace crm::testing
