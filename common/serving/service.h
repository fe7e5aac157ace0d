#pragma once

#include <grpcpp/security/credentials.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/config/options.h"
#include "common/metrics/registry.h"
#include "common/pg/migrator.h"
#include "common/pg/pool.h"
#include "common/pg/statement.h"
#include "common/rpc/executor.h"
#include "common/rpc/service.h"

// What the three service programs have in common: flags, commands, start, readiness, drain.
namespace crm::serving {

// The parts of a running process that a service is wired from. All outlive the service.
struct Process {
  const base::Clock& clock;
  base::IdGenerator& ids;
  pg::Pool& pool;
  pg::ConnectionOptions database;  // for a thread that wants a connection of its own
  std::string redis_url;
  rpc::Executor& executor;
  metrics::Registry& metrics;
  std::function<void()> on_commit;  // pokes the relay; cheap, any thread
  rpc::TenantCalls* tenants = nullptr;
  rpc::TenantLimits* limits = nullptr;
  rpc::AccessSink* accesses = nullptr;
  const rpc::Admission* admission = &rpc::Admission::Open();
  // For channels to neighbours; nullptr: plain text.
  std::shared_ptr<grpc::ChannelCredentials> neighbour_credentials = nullptr;

  // For the methods of one proto package, e.g. "crm.lead.v1".
  rpc::Binding Bind(const std::string& error_domain) const {
    return rpc::Binding{executor, error_domain, metrics, tenants, limits, accesses, admission};
  }
};

// A wired service: what main.cc builds out of a Process.
class Service {
 public:
  virtual ~Service() = default;

  // The gRPC services.
  virtual std::vector<rpc::ServiceCore*> RpcServices() = 0;

  // Starts threads of its own (consumers, completers). Called once the schema is at head.
  virtual void Start() {}

  // Stops and joins them. Called in the drain, after the server took its last call.
  virtual void Stop() {}
};

// An operator's command beside serve and migrate, e.g. {"dead-letters", …}; gets the arguments
// after its name and prints to stdout.
struct Command {
  std::string name;
  std::string help;
  std::function<absl::Status(const Process&, const std::vector<std::string>&)> run;
};

// A service whose API this one calls: flag "lead-address" and so on. Needed to serve.
struct Neighbour {
  std::string name;      // "lead"
  std::string purpose;   // for --help; may be empty
  std::string* address;  // must outlive Run
};

struct ServiceDefinition {
  std::string name;         // "lead": the program is crm-lead, the schema crm_lead
  std::string description;  // for --help
  pg::MigrationSet migrations;
  std::vector<Neighbour> neighbours;
  // The service's own flags; may be empty. Targets must outlive Run.
  std::function<void(config::Options&)> add_options;
  std::function<absl::StatusOr<std::unique_ptr<Service>>(const Process&)> make;
  std::vector<Command> commands;
  // Whom its things concern; as of stage::ReadMoves. nullptr: nobody else.
  const pg::Statement* parties = nullptr;
  // How many lanes of its own it has: rpc::OwnLane(0), rpc::OwnLane(1) and so on.
  int own_lanes = 0;
  // How many lanes after those have one worker each: what runs there is not to crowd out the rest.
  int single_lanes = 0;
};

enum ExitCode {
  kDone = 0,
  kFailed = 1,     // logged; may go well when tried again
  kWrongUse = 2,   // wrong flags, all of them printed
  kBehind = 3,     // migrate --check: migrations are missing (serve: the drain hung)
  kOutOfStep = 4,  // migrate: the schema is newer or was changed; trying again does not help
};

// The whole of main:
//   crm-lead [serve] [flags]      migrates nothing; not ready until the schema suits it
//   crm-lead migrate [flags]      brings the schema to head; --check and --dry-run only look
//   crm-lead events reconcile --accept-divergence [flags]
// Returns the exit code, see ExitCode.
int Run(int argc, char** argv, const ServiceDefinition& definition);

}  // namespace crm::serving
