#pragma once

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "clients/cpp/channels.h"
#include "clients/cpp/client.h"
#include "tests/support/command.h"

namespace crm::testing {

// Where a fleet's data is. `hosts` is one "host:port" of PostgreSQL or several, parted by commas;
// of several the one that can be written to is taken.
struct Stores {
  std::string hosts;
  std::string database;
  std::string redis_url;

  std::string Url(const std::string& role) const;
};

// One running program of a service, on ports that it keeps over restarts. Used by one thread.
class Replica {
 public:
  // `arguments`: all flags but for the ports; `environment`: "NAME=value" words of a script.
  Replica(client::Service service, int port, int metrics_port, std::string environment,
          std::string arguments);
  // Has it looked through what it told (tests/support/leaks.h).
  ~Replica();

  client::Service service() const { return service_; }
  std::string name() const { return client::NameOf(service_); }
  std::string address() const;
  // What it shows at /metrics.
  std::string Metrics() const;

  // Runs the program in folder `programs` (empty: the build's). Returns once it says that it is
  // ready; aborts the test program when it does not within a minute.
  void Start(const std::string& programs = {});
  void Signal(int signal);
  // SIGSTOP; returns once all of its threads stand still. SIGCONT lets them go on.
  void Pause();
  // Waits for the end and returns the exit code, 128 + signal if it was killed.
  int Wait();

  // Whether it takes new connections; how many it has.
  bool Listens() const;
  int Connections() const;
  // Calls that came in since it was started, but for health checks.
  int64_t Calls() const;
  pid_t pid() const { return process_->pid(); }
  // The most memory it has had, in MiB.
  double PeakMib() const;
  std::string Output() const { return process_->Output(); }

 private:
  void KeepOutput() const;

  const client::Service service_;
  const int port_;
  const int metrics_port_;
  const std::string environment_;
  const std::string arguments_;
  std::optional<Command> process_;
};

inline const std::vector<client::Service> kAllServices = {
    client::Service::kContact, client::Service::kLead, client::Service::kOpportunity};

struct FleetOptions {
  absl::Duration drain_delay = absl::Seconds(1);
  std::string flags = {};        // further ones of every replica
  std::string environment = {};  // the same, "NAME=value" words that outdo the usual ones
  std::string programs = {};     // where to find them at first; empty: the build's folder
  int replicas = 2;              // of each service
  std::vector<client::Service> services = kAllServices;
  int partitions = 1;  // of each service's log
};

// Replicas of the three services on one database, behind round robin: what clients are given is one
// target with all addresses, as a headless Service gives them, and the replicas know each other in
// the same way. Roles and schemas are made as by an operator. Used by one thread.
class Fleet {
 public:
  // Makes the schemas and starts everything.
  explicit Fleet(Stores stores, FleetOptions options = {});

  const Stores& stores() const { return stores_; }
  const client::Addresses& addresses() const { return addresses_; }
  client::Client Client() const;

  // All of them, and those of a service.
  std::vector<Replica*> replicas();
  std::vector<Replica*> Of(client::Service service);

  // Brings all schemas to the head of the programs in folder `programs`.
  void Migrate(const std::string& programs = {}) const;

  // SIGTERM to every replica, one after the other, under load; each is started again (from
  // `programs`) before the next is told. A rollout of Kubernetes gives clients minReadySeconds to
  // find a new replica; this waits until as many connections lead to it as did before and calls
  // come in, and then a little, since not every client calls it at once.
  void Roll(const std::string& programs = {});
  // The same for one replica by SIGTERM or SIGKILL.
  void Restart(Replica& replica, int signal, const std::string& programs = {});

 private:
  std::string EnvironmentOf(const std::string& service) const;

  const Stores stores_;
  const std::vector<client::Service> services_;
  const int partitions_;
  client::Addresses addresses_;
  std::deque<Replica> replicas_;  // by service
};

}  // namespace crm::testing
