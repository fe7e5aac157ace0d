#include "tests/fault/fleet.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/bench/machine.h"
#include "tests/support/await.h"
#include "tests/support/leaks.h"
#include "tests/support/server_folder.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

// minReadySeconds, on a network without distances.
constexpr absl::Duration kMinReady = absl::Milliseconds(500);

// The address of a service that the fleet does not have.
constexpr char kNobody[] = "127.0.0.1:9";

constexpr char kEstablished[] = "01";
constexpr char kListening[] = "0A";

// How many sockets of the loopback interface's `port` are in a state, as the kernel names it. gRPC
// takes IPv6 sockets for IPv4 too.
int Sockets(int port, absl::string_view state) {
  const std::string end = absl::StrFormat("0100007F:%04X", port);
  int count = 0;
  for (const char* file : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream table(file);
    for (std::string line; std::getline(table, line);) {
      const std::vector<absl::string_view> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
      if (words.size() > 3 && absl::EndsWith(words[1], end) && words[3] == state) ++count;
    }
  }
  return count;
}

void RunOrAbort(const std::string& script) {
  const Outcome outcome = RunScript(script);
  if (outcome.code != 0) Abort(absl::StrCat(script, " failed:\n", outcome.output));
}

std::string ProgramOf(const std::string& programs, const std::string& service) {
  return absl::StrCat(Quoted(programs.empty() ? BuildFolder() + "/bin" : programs), "/crm-",
                      service);
}

// Ports that stay free until they are used, and while a replica is away.
std::vector<int> FreePorts(int count) {
  std::vector<int> ports;
  const std::string text = RunScript(absl::StrCat("deploy/local/free_ports ", count)).output;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    int port = 0;
    if (!absl::SimpleAtoi(word, &port)) Abort("no free ports: " + text);
    ports.push_back(port);
  }
  return ports;
}

}  // namespace

std::string Stores::Url(const std::string& role) const {
  const bool several = hosts.find(',') != std::string::npos;
  return absl::StrCat("postgresql://", role, "@", hosts, "/", database,
                      several ? "?target_session_attrs=read-write" : "");
}

Replica::Replica(client::Service service, int port, int metrics_port, std::string environment,
                 std::string arguments)
    : service_(service),
      port_(port),
      metrics_port_(metrics_port),
      environment_(std::move(environment)),
      arguments_(std::move(arguments)) {}

Replica::~Replica() {
  if (!process_) return;
  KeepOutput();
  if (process_->Running()) KeepTold(absl::StrCat("metrics of ", name()), Metrics());
}

void Replica::KeepOutput() const {
  KeepTold(absl::StrCat("log lines of ", name()), JsonLinesOf(Output()));
}

std::string Replica::address() const { return absl::StrCat("127.0.0.1:", port_); }

void Replica::Start(const std::string& programs) {
  if (process_) KeepOutput();
  process_.emplace(absl::StrCat("exec env ", environment_, " ", ProgramOf(programs, name()),
                                " serve --listen ", address(),
                                " --metrics-listen 127.0.0.1:", metrics_port_, " ", arguments_));
  const bool ready = Await(absl::Minutes(1), [&] {
    return !process_->Running() || Output().find("\"ready\"") != std::string::npos;
  });
  if (!ready || !process_->Running() || !Listens()) {
    Abort(name() + " does not start:\n" + Output());
  }
}

void Replica::Signal(int signal) { process_->Signal(signal); }
void Replica::Pause() {
  Signal(SIGSTOP);
  const bool stopped = Await(absl::Minutes(1), [&] {
    std::ifstream status(absl::StrCat("/proc/", process_->pid(), "/status"));
    for (std::string word; status >> word;) {
      if (word == "State:" && status >> word) return word == "T";
    }
    return false;
  });
  if (!stopped) Abort(name() + " does not stop");
}

std::string Replica::Metrics() const {
  return RunScript(
             absl::StrCat("curl -fsS --max-time 10 http://127.0.0.1:", metrics_port_, "/metrics"))
      .output;
}

int Replica::Wait() { return process_->Wait().code; }

bool Replica::Listens() const { return Sockets(port_, kListening) > 0; }
int Replica::Connections() const { return Sockets(port_, kEstablished); }

int64_t Replica::Calls() const {
  return static_cast<int64_t>(bench::Metric(
      absl::StrCat("http://127.0.0.1:", metrics_port_, "/metrics"), "grpc_server_started_total"));
}

double Replica::PeakMib() const {
  std::ifstream status(absl::StrCat("/proc/", process_->pid(), "/status"));
  for (std::string word; status >> word;) {
    double kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib / 1024;
  }
  return 0;
}

Fleet::Fleet(Stores stores, FleetOptions options)
    : stores_(std::move(stores)),
      services_(std::move(options.services)),
      partitions_(options.partitions) {
  for (const client::Service service : services_) {
    RunOrAbort(absl::StrCat("psql -X -q -d ", Quoted(stores_.Url("postgres")), " -v service=",
                            client::NameOf(service), " -f deploy/postgres/bootstrap.sql"));
  }
  const int count = static_cast<int>(services_.size()) * options.replicas;
  const std::vector<int> ports = FreePorts(2 * count);
  std::string* const targets[] = {&addresses_.contact, &addresses_.lead, &addresses_.opportunity};
  for (int i = 0; i < count; ++i) {
    std::string& target = *targets[static_cast<int>(services_[i / options.replicas])];
    absl::StrAppend(&target, target.empty() ? "ipv4:" : ",", "127.0.0.1:", ports[i]);
  }
  for (std::string* const target : targets) {
    if (target->empty()) *target = kNobody;
  }
  Migrate(options.programs);
  const std::string arguments =
      absl::StrCat("--drain-delay ", absl::FormatDuration(options.drain_delay), " ", options.flags);
  for (int i = 0; i < count; ++i) {
    const client::Service service = services_[i / options.replicas];
    replicas_.emplace_back(
        service, ports[i], ports[count + i],
        absl::StrCat(EnvironmentOf(client::NameOf(service)), " ", options.environment), arguments);
  }
  for (Replica& replica : replicas_) replica.Start(options.programs);
}

std::string Fleet::EnvironmentOf(const std::string& service) const {
  const auto url = [&](const char* role) {
    return Quoted(stores_.Url(absl::StrCat("crm_", service, "_", role)));
  };
  return absl::StrCat(
      "CRM_DATABASE_URL=", url("app"), " CRM_RELAY_DATABASE_URL=", url("relay"),
      " CRM_MIGRATE_DATABASE_URL=", url("migrate"), " CRM_REDIS_URL=", Quoted(stores_.redis_url),
      " CRM_CONTACT_ADDRESS=", addresses_.contact, " CRM_LEAD_ADDRESS=", addresses_.lead,
      " CRM_OPPORTUNITY_ADDRESS=", addresses_.opportunity);
}

client::Client Fleet::Client() const {
  auto client = client::Client::Connect(addresses_, {});
  if (!client.ok()) Abort(client.status().ToString());
  return *client;
}

std::vector<Replica*> Fleet::replicas() {
  std::vector<Replica*> all;
  for (Replica& replica : replicas_) all.push_back(&replica);
  return all;
}

std::vector<Replica*> Fleet::Of(client::Service service) {
  std::vector<Replica*> all;
  for (Replica& replica : replicas_) {
    if (replica.service() == service) all.push_back(&replica);
  }
  return all;
}

void Fleet::Migrate(const std::string& programs) const {
  // Programs of before partitions have no such flag.
  const std::string more = partitions_ > 1 ? absl::StrCat(" --partitions ", partitions_) : "";
  for (const client::Service service : services_) {
    const std::string name = client::NameOf(service);
    RunOrAbort(absl::StrCat("env ", EnvironmentOf(name), " ", ProgramOf(programs, name), " migrate",
                            more));
  }
}

void Fleet::Roll(const std::string& programs) {
  for (Replica* const replica : replicas()) Restart(*replica, SIGTERM, programs);
}

void Fleet::Restart(Replica& replica, int signal, const std::string& programs) {
  const int connections = replica.Connections();
  replica.Signal(signal);
  const int code = replica.Wait();
  EXPECT_EQ(code, signal == SIGTERM ? 0 : 128 + signal) << replica.Output();
  replica.Start(programs);
  EXPECT_TRUE(Await(absl::Minutes(1),
                    [&] { return replica.Connections() >= connections && replica.Calls() > 0; }))
      << replica.name() << ": of " << connections << " clients " << replica.Connections()
      << " came back, with " << replica.Calls() << " calls";
  absl::SleepFor(kMinReady);
}

}  // namespace crm::testing
