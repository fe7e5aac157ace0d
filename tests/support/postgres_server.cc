#include "tests/support/postgres_server.h"

#include <libpq-fe.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "tests/support/await.h"
#include "tests/support/leaks.h"

namespace crm::testing {
namespace {

constexpr char kConfiguration[] = R"(
listen_addresses = '127.0.0.1'
port = $0
unix_socket_directories = '$1'
fsync = $2
max_connections = $3
shared_buffers = 64MB
max_wal_size = 512MB
timezone = 'UTC'
log_min_messages = warning
lc_messages = 'C'
synchronous_standby_names = '$4'
wal_retrieve_retry_interval = 200ms
)";

constexpr char kSchema[] = R"sql(
DO $$$$
DECLARE suffix text;
BEGIN
  PERFORM pg_advisory_xact_lock(7461);
  FOREACH suffix IN ARRAY ARRAY['owner', 'migrate', 'app', 'relay', 'readonly'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$0_' || suffix) THEN
      EXECUTE 'CREATE ROLE $0_' || suffix || ' LOGIN';
    END IF;
  END LOOP;
END $$$$;
GRANT $0_owner TO $0_migrate;
CREATE SCHEMA IF NOT EXISTS $0 AUTHORIZATION $0_owner;
GRANT USAGE ON SCHEMA $0 TO $0_migrate, $0_app, $0_relay, $0_readonly;
ALTER FUNCTION pg_catalog.jsonb_contains(jsonb, jsonb) LEAKPROOF;
)sql";

std::string BinFolder() {
  for (const char* folder : {"/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin",
                             "/usr/lib/postgresql/17/bin", "/usr/local/bin", "/usr/bin"}) {
    if (access(absl::StrCat(folder, "/initdb").c_str(), X_OK) == 0) return folder;
  }
  Abort("PostgreSQL's programs (initdb) are not installed");
}

std::string FileText(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

bool Accepts(const std::string& url) { return PQping(url.c_str()) == PQPING_OK; }

}  // namespace

PostgresServer::PostgresServer(PostgresOptions options)
    : options_(options),
      folder_(std::make_unique<ServerFolder>("postgres", "data/postmaster.pid")),
      bin_(BinFolder()) {
  Watch(*this);
  if (options_.standby_of == nullptr) {
    Initialise();
    Start();
    return;
  }
  CopyPrimary();
  Start();
  if (!Await(absl::Seconds(60), [&] {
        return options_.standby_of->Run("postgres",
                                        "SELECT count(*) FROM pg_stat_replication WHERE "
                                        "state = 'streaming'") == "1";
      })) {
    Abort("the standby does not stream:\n" + FileText(folder() + "/server.log"));
  }
}

PostgresServer::~PostgresServer() {
  Leave(*this);
  Stop(SIGQUIT);
}

PostgresServer& PostgresServer::Shared() {
  static PostgresServer server;
  return server;
}

void PostgresServer::Initialise() {
  const std::string log = folder() + "/initdb.log";
  const pid_t pid = StartProcess({bin_ + "/initdb", "-D", data_folder(), "-U", "postgres", "-A",
                                  "trust", "-E", "UTF8", "--locale=C", "--no-sync"},
                                 log);
  if (WaitForProcess(pid) != 0) Abort("initdb failed:\n" + FileText(log));
}

void PostgresServer::CopyPrimary() {
  const std::string log = folder() + "/basebackup.log";
  const pid_t pid = StartProcess(
      {bin_ + "/pg_basebackup", "-D", data_folder(), "-d", options_.standby_of->Url("postgres"),
       "-R", "-X", "stream", "--checkpoint=fast", "--no-sync"},
      log);
  if (WaitForProcess(pid) != 0) Abort("pg_basebackup failed:\n" + FileText(log));
  // Not the primary's port and folder.
  std::ofstream(data_folder() + "/postgresql.conf") << "include '" << folder() << "/server.conf'\n";
}

void PostgresServer::Start() {
  for (int attempt = 0; attempt < 5; ++attempt) {
    if (port_ == 0) port_ = FreePort();
    const std::string settings = folder() + "/server.conf";
    std::ofstream(settings) << absl::Substitute(
        kConfiguration, port_, folder(), options_.fsync ? "on" : "off", options_.max_connections,
        options_.synchronous_standby_names);
    chmod(settings.c_str(), 0644);
    const std::string main = FileText(data_folder() + "/postgresql.conf");
    if (main.find("server.conf") == std::string::npos) {
      std::ofstream(data_folder() + "/postgresql.conf", std::ios::app)
          << "\ninclude '" << settings << "'\n";
    }
    pid_ = StartProcess({bin_ + "/postgres", "-D", data_folder()}, folder() + "/server.log");
    const std::string url = Url("postgres");
    if (Await(absl::Seconds(attempt == 0 ? 20 : 5),
              [&] { return Accepts(url) || !IsRunning(pid_); }) &&
        Accepts(url)) {
      return;
    }
    Stop(SIGQUIT);
    port_ = 0;  // somebody else took the port in between
  }
  Abort("PostgreSQL does not start:\n" + FileText(folder() + "/server.log"));
}

void PostgresServer::Stop(int signal) {
  if (pid_ < 0) return;
  paused_ = false;
  kill(pid_, signal);
  if (signal != SIGKILL) SignalAll(SIGCONT);  // else what is paused would never end
  WaitForProcess(pid_);
  pid_ = -1;
}

void PostgresServer::StopImmediately() { Stop(SIGQUIT); }
void PostgresServer::StopFast() { Stop(SIGINT); }

void PostgresServer::Pause() {
  paused_ = true;
  SignalAll(SIGSTOP);
}
void PostgresServer::Resume() {
  paused_ = false;
  SignalAll(SIGCONT);
}

bool PostgresServer::Answers() const { return pid_ > 0 && !paused_ && Accepts(Url("postgres")); }

void PostgresServer::SignalAll(int signal) {
  kill(pid_, signal);  // first, so that there are no new children
  for (const pid_t child : Children()) kill(child, signal);
}

std::vector<pid_t> PostgresServer::Children() const {
  std::vector<pid_t> pids;
  std::ifstream children(absl::StrCat("/proc/", pid_, "/task/", pid_, "/children"));
  for (pid_t child = 0; children >> child;) pids.push_back(child);
  return pids;
}

void PostgresServer::Crash() {
  kill(pid_, SIGSTOP);
  const std::vector<pid_t> children = Children();
  for (const pid_t child : children) kill(child, SIGKILL);
  Stop(SIGKILL);
  // Whoever inherits the children may leave them as zombies.
  for (const pid_t child : children) {
    if (!Await(absl::Seconds(20), [&] { return !IsRunning(child); })) Abort("a backend lives on");
  }
  std::filesystem::remove(data_folder() + "/postmaster.pid");
  for (const char* end : {"", ".lock"}) {
    std::filesystem::remove(absl::StrCat(folder(), "/.s.PGSQL.", port_, end));
  }
}

void PostgresServer::Promote() {
  if (Run("postgres", "SELECT pg_promote(true, 60)") != "t") Abort("the standby stays one");
}

std::string PostgresServer::Url(absl::string_view database, absl::string_view role) const {
  return absl::StrCat("postgresql://", role, "@127.0.0.1:", port_, "/", database);
}

std::string PostgresServer::SocketUrl(absl::string_view database, absl::string_view role) const {
  return absl::StrCat("postgresql://", role, "@/", database, "?host=", folder(), "&port=", port_);
}

std::string PostgresServer::WritableUrl(const PostgresServer& one, const PostgresServer& other,
                                        absl::string_view database, absl::string_view role) {
  return absl::StrCat("postgresql://", role, "@127.0.0.1:", one.port_, ",127.0.0.1:", other.port_,
                      "/", database, "?target_session_attrs=read-write");
}

std::string PostgresServer::CreateDatabase(absl::string_view source) {
  const std::string name = absl::StrCat("t", ++databases_);
  Run("postgres", absl::StrCat("CREATE DATABASE ", name, " TEMPLATE ", source));
  return name;
}

void PostgresServer::DropDatabase(absl::string_view database) {
  Run("postgres", absl::StrCat("DROP DATABASE IF EXISTS ", database, " WITH (FORCE)"));
}

void PostgresServer::CreateSchema(absl::string_view database, absl::string_view schema) {
  Run(database, absl::Substitute(kSchema, schema));
}

std::string PostgresServer::Run(absl::string_view database, absl::string_view sql) {
  PGconn* connection = PQconnectdb(Url(database).c_str());
  PGresult* result = PQexec(connection, std::string(sql).c_str());
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
    Abort(absl::StrCat(PQerrorMessage(connection), " in: ", sql));
  }
  std::string text;
  for (int row = 0; row < PQntuples(result); ++row) {
    if (row > 0) text += '\n';
    for (int column = 0; column < PQnfields(result); ++column) {
      absl::StrAppend(&text, column > 0 ? "|" : "", PQgetvalue(result, row, column));
    }
  }
  PQclear(result);
  PQfinish(connection);
  return text;
}

}  // namespace crm::testing
