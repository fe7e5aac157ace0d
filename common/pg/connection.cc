#include "common/pg/connection.h"

#include <array>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/pg/error_map.h"
#include "common/pg/result_set.h"

namespace crm::pg {
namespace {

constexpr int64_t kUnknownTimeout = -1;
constexpr size_t kMostKeptText = 256 << 10;

// Generic plans are made for the table as it is at that moment, perhaps empty, and last until it is
// analyzed. A growing table would be read by the wrong index for a minute or more, so plans are
// dropped now and then: planning again costs a millisecond.
constexpr absl::Duration kReplanEvery = absl::Seconds(2);

// Rounded up to few steps, so that neighbouring deadlines share one session setting.
int64_t TimeoutStepMillis(absl::Duration left, absl::Duration most) {
  static constexpr std::array<int64_t, 8> kSteps = {50, 100, 250, 500, 1000, 2500, 5000, 10000};
  const int64_t most_ms = absl::ToInt64Milliseconds(most);
  const int64_t left_ms = left <= absl::ZeroDuration() ? 1 : absl::ToInt64Milliseconds(left);
  for (const int64_t step : kSteps) {
    if (left_ms <= step) return std::min(step, most_ms);
  }
  return most_ms;
}

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
      "; SET jit TO off", "; SET application_name TO '", options.application_name,
      "'; SET statement_timeout TO ", absl::ToInt64Milliseconds(options.statement_timeout));
}

}  // namespace

struct Connection::State {
  explicit State(const ConnectionOptions& o) : options(o), connection(o.url) {}

  ConnectionOptions options;
  pqxx::connection connection;
  std::unordered_set<const char*> prepared;  // by identity: statements are constants
  int64_t timeout_ms = kUnknownTimeout;
  std::string text;
  absl::Time replan_after = absl::InfinitePast();
  bool broken = false;
};

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::~Connection() = default;

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const ConnectionOptions& options) {
  try {
    std::unique_ptr<Connection> connection(
        new Connection(std::make_unique<State>(options)));  // private constructor
    const absl::StatusOr<Rows> set_up = connection->Execute(SessionSettings(options));
    if (!set_up.ok()) return set_up.status();
    connection->state_->timeout_ms = absl::ToInt64Milliseconds(options.statement_timeout);
    return connection;
  } catch (...) {
    return StatusOfCurrentException(/*committing=*/false);
  }
}

absl::StatusOr<Rows> Connection::Execute(const std::string& sql) {
  try {
    pqxx::nontransaction session(state_->connection);
    return Rows(std::make_shared<ResultSet>(session.exec(sql)));
  } catch (...) {
    absl::Status status = StatusOfCurrentException(/*committing=*/false);
    if (status.code() == absl::StatusCode::kUnavailable || !state_->connection.is_open()) {
      state_->broken = true;
    }
    return status;
  }
}

absl::StatusOr<Rows> Connection::Query(const Statement& statement, const Params& params) {
  std::string sql;
  const absl::Status prepared = AppendExecute(sql, statement, params);
  if (!prepared.ok()) return prepared;
  return Execute(sql);
}

absl::Status Connection::AppendExecute(std::string& sql, const Statement& statement,
                                       const Params& params) {
  if (state_->prepared.count(statement.name) == 0) {
    const absl::StatusOr<Rows> prepared =
        Execute(absl::StrCat("PREPARE ", statement.name, " AS ", statement.sql));
    if (!prepared.ok()) return prepared.status();
    state_->prepared.insert(statement.name);
  }
  absl::StrAppend(&sql, "EXECUTE ", statement.name);
  if (!params.empty()) absl::StrAppend(&sql, "(", params.sql(), ")");
  return absl::OkStatus();
}

void Connection::AppendPreamble(std::string& sql, absl::Time deadline, absl::Time now) {
  if (now >= state_->replan_after) {
    sql += "DISCARD PLANS;";
    state_->replan_after = now + kReplanEvery;
  }
  const int64_t wanted = TimeoutStepMillis(deadline - now, state_->options.statement_timeout);
  if (wanted == state_->timeout_ms) return;
  absl::StrAppend(&sql, "SET statement_timeout TO ", wanted, ";");
  state_->timeout_ms = wanted;
}

void Connection::ForgetTimeout() { state_->timeout_ms = kUnknownTimeout; }

std::string& Connection::TakeText() {
  // What one huge batch needed is not kept for ever.
  if (state_->text.capacity() > kMostKeptText) state_->text = {};
  state_->text.clear();
  return state_->text;
}

bool Connection::broken() const { return state_->broken; }

}  // namespace crm::pg
