#pragma once

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/support/server_folder.h"

namespace crm::testing {

class PostgresServer;

struct PostgresOptions {
  bool fsync = false;  // true only for tests that crash the server
  int max_connections = 100;
  // Makes a streaming standby of a running server, which must live as long as it streams.
  PostgresServer* standby_of = nullptr;
  // As the setting of this name, for a server that gets a standby: "*" lets no commit be
  // acknowledged that is not on it, so none at all before there is one.
  std::string synchronous_standby_names = {};
};

// A private PostgreSQL in a temporary folder on a free loopback port, superuser "postgres", no
// passwords. Starts in about a second; goes away with the object and at the end of this process,
// however it ends. Failures to start abort the test program. Thread-safe but for Stop and Start.
class PostgresServer {
 public:
  explicit PostgresServer(PostgresOptions options = {});
  ~PostgresServer();

  // The one server of this test program, started on first use.
  static PostgresServer& Shared();

  int port() const { return port_; }
  const std::string& folder() const { return folder_->path(); }  // socket folder and log
  std::string data_folder() const { return folder() + "/data"; }

  // "postgresql://role@127.0.0.1:port/database".
  std::string Url(absl::string_view database, absl::string_view role = "postgres") const;

  // The same by the Unix socket.
  std::string SocketUrl(absl::string_view database, absl::string_view role = "postgres") const;

  // Of a server and its standby, for connections to whichever takes writes.
  static std::string WritableUrl(const PostgresServer& one, const PostgresServer& other,
                                 absl::string_view database, absl::string_view role = "postgres");

  // A new, empty database with a name of its own (a copy of `source`); some 50 ms.
  std::string CreateDatabase(absl::string_view source = "template0");
  void DropDatabase(absl::string_view database);

  // Creates the roles <schema>_owner, _migrate, _app, _relay, _readonly (LOGIN) where missing, and
  // in `database` the schema, owned by _owner. _migrate may act as _owner. Operators use indexes
  // below policies as after deploy/postgres/bootstrap.sql.
  void CreateSchema(absl::string_view database, absl::string_view schema);

  // Runs SQL as superuser; returns the last statement's rows, fields parted by '|', rows by '\n'.
  // Any error aborts the test program with PostgreSQL's message.
  std::string Run(absl::string_view database, absl::string_view sql);

  // Stops at once without a checkpoint (as a crash) or orderly; Start begins again on the same
  // data.
  void StopImmediately();
  void StopFast();
  void Start();

  // SIGKILL for the server and all its backends, paused or not: the machine is gone. Nothing is
  // left that would keep Start from its data.
  void Crash();

  // Makes a standby a server of its own; returns once it takes writes.
  void Promote();

  // SIGSTOP for the server and all its backends: connections, old and new, hang.
  void Pause();
  void Resume();

  // Whether it takes connections now.
  bool Answers() const;

 private:
  void Initialise();
  void CopyPrimary();
  std::vector<pid_t> Children() const;
  void Stop(int signal);
  void SignalAll(int signal);

  PostgresOptions options_;
  std::unique_ptr<ServerFolder> folder_;
  std::string bin_;
  int port_ = 0;
  pid_t pid_ = -1;
  bool paused_ = false;
  std::atomic<int> databases_{0};
};

}  // namespace crm::testing
