#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "tests/support/command.h"
#include "tests/support/contact_book.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"
#include "tests/support/service_fixture.h"

namespace crm::testing {

// Runs one of the real programs on a database of its own, as operators do: crm-opportunity with a
// contact service that knows everybody, unless told otherwise.
class ProgramTest : public TenantTest {
 protected:
  explicit ProgramTest(PostgresServer& postgres = PostgresServer::Shared(),
                       RedisServer& redis = RedisServer::Shared(),
                       const std::string& service = "opportunity");
  ~ProgramTest() override;

  // The script line that runs a command of the program, with the addresses of its stores.
  std::string Program(const std::string& command) const;
  // Runs it to its end.
  struct Outcome RunProgram(const std::string& command) const {
    return RunScript(Program(command));
  }

  // Starts `serve` with --port-file, --health-listen and --metrics-listen; waits until it listens.
  void Serve(const std::string& flags);
  // The number in a port file that Serve's program has written.
  int port() const;
  int health_port() const;
  int metrics_port() const;

  // Waits until the program has logged `text`.
  bool AwaitLog(const std::string& text);
  // Waits for the end; returns the exit code.
  int AwaitEnd();

  const std::string name_;  // "opportunity"
  PostgresServer& postgres_;
  RedisServer& redis_;
  const std::string database_ = postgres_.CreateDatabase();
  std::string database_url_ = postgres_.Url(database_);  // what the program is given
  std::string failpoints_;  // "place=action"; then it is the program with failpoints
  ContactBook contacts_;
  std::optional<Command> service_;

 private:
  int PortIn(const std::string& file) const;

  const std::string folder_;
};

}  // namespace crm::testing
