#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/pg/params.h"
#include "common/pg/rows.h"
#include "common/pg/statement.h"

namespace crm::pg {

struct ConnectionOptions {
  std::string url;     // libpq URL or keyword string; may name several hosts
  std::string schema;  // becomes the search_path
  std::string application_name;
  absl::Duration statement_timeout = absl::Seconds(30);
};

// One connection to PostgreSQL (libpqxx), used by one thread at a time. Every call blocks for one
// round trip. After the first breakage it is dead for good (`broken()`): its owner destroys it,
// since libpqxx would silently reconnect without the session's settings. No exception leaves it;
// errors are mapped in error_map.h.
class Connection {
 public:
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Sends `sql` (one or more statements, no parameters) in one round trip and returns the last
  // statement's rows. For DDL, BEGIN/COMMIT and the like.
  absl::StatusOr<Rows> Execute(const std::string& sql);

  // Runs a prepared statement in autocommit, in one round trip.
  absl::StatusOr<Rows> Query(const Statement& statement, const Params& params);

  // Appends "EXECUTE name(params)" to `sql`, preparing the statement first if this connection has
  // not seen it (one round trip, once).
  absl::Status AppendExecute(std::string& sql, const Statement& statement, const Params& params);

  // To be put before the first statement of a transaction or a lone read. Makes the server give up
  // statements that run beyond `deadline`: appends a SET to `sql` when the session's timeout
  // differs from the wanted one. Timeouts are rounded up to a few steps, so that calls with like
  // deadlines cost nothing. InfiniteFuture means the option's default. Also lets plans be made anew
  // every few seconds, since tables grow.
  void AppendPreamble(std::string& sql, absl::Time deadline, absl::Time now);

  // To be called after a rollback, which undoes SETs of the transaction.
  void ForgetTimeout();

  // An empty text for the transaction that uses the connection, which keeps its memory from one to
  // the next: statements of many rows are long.
  std::string& TakeText();

  bool broken() const;

 private:
  struct State;
  explicit Connection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace crm::pg
