#include "common/pg/connection.h"

#include <algorithm>
#include <optional>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/connection_url.h"
#include "common/pg/error_map.h"
#include "common/pg/result_set.h"
#include "common/pg/watchdog.h"
#include "common/trace/span.h"

namespace crm::pg {
namespace {

using base::Deadline;
using base::SteadyNow;
using base::SteadyTime;

constexpr int64_t kUnknown = -1;
constexpr int64_t kNever = 0;  // as PostgreSQL says it
constexpr size_t kMostKeptText = 256 << 10;

// Generic plans are made for the table as it is at that moment, perhaps empty, and last until it is
// analyzed. A growing table would be read by the wrong index for a minute or more, so plans are
// dropped now and then: planning again costs a millisecond.
constexpr absl::Duration kReplanEvery = absl::Seconds(2);

// How much later than its deadline a statement may be given up: what lies within needs no SET.
constexpr int64_t kSlackMillis = 10;

// What a server that answers needs to say that it gave up.
constexpr absl::Duration kAnswerTime = absl::Milliseconds(100);

// A rollback takes as long as what was asked before it, or less: what took longer than this might
// be cut before its answer comes.
constexpr absl::Duration kQuick = absl::Milliseconds(50);

// Of set-up and rollbacks, which no caller waits for.
constexpr absl::Duration kOwnPatience = absl::Seconds(3);

// Of the names of one round trip's statements in its span.
constexpr size_t kMostTracedText = 500;

// What statements, literals and the reading of results rest on is said here and not left to what a
// role, a database or an environment variable has for a default.
std::string SessionSettings(const ConnectionOptions& options) {
  return absl::StrCat(
      "SET search_path TO ", options.schema.empty() ? "public" : options.schema,
      // Literals: a backslash is a letter, text is UTF-8, NULL in an array is no text.
      "; SET standard_conforming_strings TO on; SET client_encoding TO 'UTF8'",
      "; SET array_nulls TO on; SET transform_null_equals TO off",
      // Results: rows.h reads these forms.
      "; SET timezone TO 'UTC'; SET datestyle TO 'ISO, YMD'; SET intervalstyle TO 'postgres'",
      "; SET bytea_output TO hex; SET extra_float_digits TO 1",
      "; SET default_transaction_isolation TO 'read committed'",
      "; SET plan_cache_mode TO force_generic_plan; SET client_min_messages TO warning",
      // A generic plan made while a table is young lives until the next ANALYZE. Its scans and
      // hash joins, good for ten rows, would then be run on thousands: keyed access only.
      "; SET enable_seqscan TO off; SET enable_hashjoin TO off; SET enable_mergejoin TO off",
      "; SET jit TO off; SET crm.tenants TO ''; SET application_name TO '",
      options.application_name,
      // A backend whose client is gone gives up: its locks would hold up others.
      "'; SET client_connection_check_interval TO '1s'; SET tcp_keepalives_idle TO 30",
      "; SET tcp_keepalives_interval TO 10; SET tcp_keepalives_count TO 3");
}

}  // namespace

struct Connection::State {
  explicit State(const ConnectionOptions& o)
      : options(o),
        connection(WithPatience(o.url)),
        socket(Watchdog::Shared(), connection.sock()) {}

  ConnectionOptions options;
  pqxx::connection connection;
  Watchdog::Socket socket;
  std::unordered_set<const char*> prepared;  // by identity: statements are constants
  std::vector<const char*> preparing;        // those of them in a text that is not answered yet
  bool deallocate = false;                   // the session may have others prepared, too
  int64_t timeout_ms = kUnknown;             // the session's statement_timeout
  std::optional<std::string> tenants;        // the session's crm.tenants, if known
  std::string text;
  std::string traced;  // names of the statements in the text, if there is a span to tell it
  SteadyTime replan_after;
  SteadyTime asked;
  SteadyTime answered;
  bool leaves_rollbacks = false;
  bool owes_rollback = false;
  bool broken = false;
  bool cut = false;
};

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::~Connection() = default;

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const ConnectionOptions& options) {
  if (Watchdog::Shared().cut_all()) return DatabaseUnavailable("the process is about to end");
  try {
    std::unique_ptr<Connection> connection(
        new Connection(std::make_unique<State>(options)));  // private constructor
    const absl::StatusOr<Rows> set_up =
        connection->Execute(SessionSettings(options),
                            Deadline::After(std::min(options.round_trip_limit, kOwnPatience)));
    if (!set_up.ok()) return set_up.status();
    return connection;
  } catch (...) {
    return StatusOfCurrentException();
  }
}

absl::StatusOr<Rows> Connection::Execute(const std::string& sql, Deadline deadline) {
  std::string text;
  AppendTimeLimit(text, deadline);
  return text.empty() ? Send(sql, deadline) : Send(text + sql, deadline);
}

absl::StatusOr<Rows> Connection::Query(const Tenants& tenants, const Statement& statement,
                                       const Params& params, Deadline deadline) {
  std::string sql;
  AppendTenants(sql, tenants);
  AppendTimeLimit(sql, deadline);
  AppendExecute(sql, statement, params);
  return Send(sql, deadline);
}

void Connection::Trace(absl::string_view name) {
  std::string& traced = state_->traced;
  if (!trace::HasActive() || traced.size() > kMostTracedText) return;
  absl::StrAppend(&traced, traced.empty() ? "" : " ", name);
}

void Connection::AppendExecute(std::string& sql, const Statement& statement, const Params& params) {
  if (state_->prepared.insert(statement.name).second) {
    if (state_->deallocate && state_->preparing.empty()) sql += "DEALLOCATE ALL;";
    absl::StrAppend(&sql, "PREPARE ", statement.name, " AS ", statement.sql, ";");
    state_->preparing.push_back(statement.name);
  }
  Trace(statement.name);
  absl::StrAppend(&sql, "EXECUTE ", statement.name);
  if (!params.empty()) absl::StrAppend(&sql, "(", params.sql(), ")");
}

void Connection::AppendPreamble(std::string& sql, const Tenants& tenants, Deadline deadline) {
  if (const SteadyTime now = SteadyNow(); now >= state_->replan_after) {
    sql += "DISCARD PLANS;";
    state_->replan_after = now + kReplanEvery;
  }
  AppendTenants(sql, tenants);
  AppendTimeLimit(sql, deadline);
}

void Connection::AppendTenants(std::string& sql, const Tenants& tenants) {
  if (state_->tenants == tenants.setting()) return;
  state_->tenants = tenants.setting();
  absl::StrAppend(&sql, "SET crm.tenants TO '", tenants.setting(), "';");
}

void Connection::AppendTimeLimit(std::string& sql, Deadline deadline) {
  const absl::Duration limit = state_->options.round_trip_limit;
  const absl::Duration left = deadline.Left();
  int64_t wanted = kNever;
  int64_t slack = 0;
  if (left < limit) {
    wanted = std::max<int64_t>(absl::ToInt64Milliseconds(left), 1);
    slack = kSlackMillis;
  } else if (limit < absl::InfiniteDuration()) {
    wanted = absl::ToInt64Milliseconds(limit);
  }
  if (wanted <= state_->timeout_ms && state_->timeout_ms <= wanted + slack) return;
  state_->timeout_ms = wanted + slack / 2;  // neighbours' deadlines lie on both sides
  absl::StrAppend(&sql, "SET statement_timeout TO ", state_->timeout_ms, ";");
}

absl::StatusOr<Rows> Connection::Send(const std::string& sql, Deadline deadline) {
  if (absl::EndsWith(sql, "COMMIT")) Trace("COMMIT");
  trace::Span span = trace::BeginBelow("postgresql", trace::Kind::kClient);
  span.Set("db.system.name", "postgresql");
  span.Set("db.query.summary", std::exchange(state_->traced, {}));
  absl::StatusOr<Rows> rows = SendInTime(sql, deadline);
  if (!rows.ok()) span.Fail(absl::StatusCodeToString(rows.status().code()));
  return rows;
}

absl::StatusOr<Rows> Connection::SendInTime(const std::string& sql, Deadline deadline) {
  if (deadline.Passed()) {
    ForgetSettings();  // the text may have set them
    ForgetPreparing(false);
    return error::DeadlinePassed();
  }
  const SteadyTime limit = SteadyNow() + state_->options.round_trip_limit;
  absl::StatusOr<Rows> rows = RoundTrip(sql, std::min(deadline.time(), limit) + kAnswerTime);
  if (rows.ok()) {
    state_->deallocate = state_->deallocate && state_->preparing.empty();
    state_->preparing.clear();
    return rows;
  }
  ForgetSettings();  // what the text has set is rolled back
  ForgetPreparing(true);
  return state_->cut ? CutStatus(deadline) : rows.status();
}

absl::StatusOr<Rows> Connection::RoundTrip(const std::string& sql, SteadyTime end) {
  absl::StatusOr<Rows> rows;
  state_->asked = SteadyNow();
  state_->socket.Watch(end);
  try {
    pqxx::nontransaction session(state_->connection);
    rows = Rows(std::make_shared<ResultSet>(session.exec(sql)));
  } catch (...) {
    rows = StatusOfCurrentException();
  }
  state_->cut = state_->socket.Rest();
  if (state_->cut || rows.status().code() == absl::StatusCode::kUnavailable ||
      !state_->connection.is_open()) {
    state_->broken = true;
  } else {
    state_->answered = SteadyNow();
  }
  return rows;
}

absl::Status Connection::CutStatus(Deadline deadline) const {
  constexpr char kWhy[] = "no answer in time; the connection was cut";
  if (deadline.Passed()) return error::DeadlinePassed().Private(kWhy);
  return DatabaseUnavailable(kWhy);
}

void Connection::Abandon(bool sent) {
  ForgetSettings();  // a SET in it does not hold
  ForgetPreparing(false);
  if (!sent || broken()) return;
  if (!state_->leaves_rollbacks) return RollBack();
  if (state_->answered - state_->asked > kQuick) {
    state_->owes_rollback = true;
  } else {
    (void)RoundTrip("ROLLBACK", SteadyNow() + kAnswerTime);
  }
}

void Connection::LeaveRollbacks() { state_->leaves_rollbacks = true; }
bool Connection::owes_rollback() const { return state_->owes_rollback; }

void Connection::RollBack() {
  state_->owes_rollback = false;
  (void)RoundTrip("ROLLBACK", SteadyNow() + kOwnPatience);
}

void Connection::ForgetSettings() {
  state_->timeout_ms = kUnknown;
  state_->tenants.reset();
}

// Of a text that failed it is not known how much the server has done. What it prepared outlasts
// the rollback.
void Connection::ForgetPreparing(bool sent) {
  if (state_->preparing.empty()) return;
  if (sent) {
    state_->prepared.clear();
    state_->deallocate = true;
  }
  for (const char* const name : state_->preparing) state_->prepared.erase(name);
  state_->preparing.clear();
}

std::string& Connection::TakeText() {
  // What one huge batch needed is not kept for ever.
  if (state_->text.capacity() > kMostKeptText) state_->text = {};
  state_->text.clear();
  state_->traced.clear();  // of a text that was given up
  return state_->text;
}

bool Connection::broken() const { return state_->broken; }
bool Connection::cut() const { return state_->cut; }
SteadyTime Connection::asked() const { return state_->asked; }
SteadyTime Connection::answered() const { return state_->answered; }
bool Connection::PeerClosed() const { return state_->socket.PeerClosed(); }

}  // namespace crm::pg
