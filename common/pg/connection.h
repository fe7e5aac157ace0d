#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/steady_clock.h"
#include "common/pg/params.h"
#include "common/pg/rows.h"
#include "common/pg/statement.h"
#include "common/pg/tenants.h"

namespace crm::pg {

struct ConnectionOptions {
  std::string url;     // libpq URL or keyword string; may name several hosts
  std::string schema;  // becomes the search_path
  std::string application_name;
  // How long one round trip may take where no deadline comes first. InfiniteDuration: no limit.
  absl::Duration round_trip_limit = absl::Seconds(30);
};

// One connection to PostgreSQL (libpqxx), used by one thread at a time. Every call blocks for one
// round trip, at most until `deadline` or for the limit of the options, whichever comes first: then
// the server gives up the statement by itself (DEADLINE_EXCEEDED), and if it does not say so within
// a tenth of a second the connection is cut (DEADLINE_EXCEEDED if the deadline has passed, else
// UNAVAILABLE). A statement's time counts anew for each statement of a round trip, the cut for all.
//
// After the first breakage a connection is dead for good (`broken()`): its owner destroys it, since
// libpqxx would silently reconnect without the session's settings. No exception leaves it; errors
// are mapped in error_map.h.
//
// It sees no tenant's rows until a round trip says whose, and says it anew in each that is not
// Execute: what one saw does not hold for the next.
class Connection {
 public:
  // Blocks for as long as libpq takes to connect: see connection_url.h.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Sends `sql` (one or more statements, no parameters) in one round trip and returns the last
  // statement's rows. For DDL, BEGIN/COMMIT and the like. Sees what the round trip before saw.
  absl::StatusOr<Rows> Execute(const std::string& sql,
                               base::Deadline deadline = base::Deadline::None());

  // Runs a prepared statement in autocommit, in one round trip.
  absl::StatusOr<Rows> Query(const Tenants& tenants, const Statement& statement,
                             const Params& params,
                             base::Deadline deadline = base::Deadline::None());

  // What follows is for those who put a round trip's text together: AppendPreamble (or
  // AppendTenants and AppendTimeLimit) once at its beginning, AppendExecute for each statement,
  // Send.

  // Appends "EXECUTE name(params)" to `sql`, and before it what prepares the statement if this
  // connection has not seen it: so a new connection costs nobody a round trip more than an old one.
  void AppendExecute(std::string& sql, const Statement& statement, const Params& params);

  // Has the server give up statements at the deadline or limit, to within 10 ms: appends a SET
  // unless the session's timeout is the right one already, as it is for neighbours with deadlines
  // alike.
  void AppendTimeLimit(std::string& sql, base::Deadline deadline);

  // Shows these tenants' rows, and no others, from here on: appends a SET unless they are the
  // session's already.
  void AppendTenants(std::string& sql, const Tenants& tenants);

  // Both before the first statement of a transaction or a lone read. Also lets plans be made anew
  // every few seconds, since tables grow.
  void AppendPreamble(std::string& sql, const Tenants& tenants, base::Deadline deadline);

  // Sends the text as it is. DEADLINE_EXCEEDED without sending anything once the deadline passed.
  // Below an active span the round trip has one of its own, with the statements' names.
  absl::StatusOr<Rows> Send(const std::string& sql, base::Deadline deadline);

  // Gives up a text that was not sent, or rolls back the transaction that it began if `sent`. Takes
  // a tenth of a second at most, or three seconds if nobody has said LeaveRollbacks.
  void Abandon(bool sent);

  // From now on Abandon leaves the rollback to the connection's owner where the server answers
  // slowly, so that no caller waits for it and the connection need not be cut.
  void LeaveRollbacks();
  bool owes_rollback() const;
  // Does what Abandon left. Takes three seconds at most; then the connection is cut.
  void RollBack();

  // An empty text for the transaction that uses the connection, which keeps its memory from one to
  // the next: statements of many rows are long.
  std::string& TakeText();

  bool broken() const;
  // Whether a limit or deadline broke it, not the server or the network.
  bool cut() const;
  // When the last round trip was sent, and when the server last answered one.
  base::SteadyTime asked() const;
  base::SteadyTime answered() const;
  // Whether the server closed the connection while nobody used it. Costs a microsecond at most.
  bool PeerClosed() const;

 private:
  struct State;
  explicit Connection(std::unique_ptr<State> state);
  void Trace(absl::string_view name);
  void ForgetSettings();
  void ForgetPreparing(bool sent);
  absl::StatusOr<Rows> SendInTime(const std::string& sql, base::Deadline deadline);
  absl::StatusOr<Rows> RoundTrip(const std::string& sql, base::SteadyTime end);
  absl::Status CutStatus(base::Deadline deadline) const;

  std::unique_ptr<State> state_;
};

}  // namespace crm::pg
