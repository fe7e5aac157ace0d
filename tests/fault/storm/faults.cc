#include "tests/fault/storm/faults.h"

#include <signal.h>

#include <utility>

#include "absl/time/clock.h"

namespace crm::testing {
namespace {

Replica& AnyOf(const std::vector<Replica*>& replicas, Random& random) {
  return *replicas[random() % replicas.size()];
}

// Ends them by a signal, all at once, and starts them again; whether it was the signal that ended
// them.
bool End(const std::vector<Replica*>& replicas, int signal) {
  bool ended = true;
  for (Replica* const replica : replicas) replica->Signal(signal);
  for (Replica* const replica : replicas) {
    const int code = replica->Wait();
    ended &= signal == SIGKILL ? code == 128 + SIGKILL : code == 0;
  }
  for (Replica* const replica : replicas) replica->Start();
  return ended;
}

}  // namespace

std::vector<Fault> ServiceFaults(std::vector<Replica*> replicas, bool is_long) {
  const auto stand_still = [replicas](int least, int most) {
    return [=](Random& random) {
      Replica& replica = AnyOf(replicas, random);
      replica.Pause();
      absl::SleepFor(Between(random, least, most));
      replica.Signal(SIGCONT);
      return true;
    };
  };
  std::vector<Fault> faults = {
      {"a replica is killed",
       [replicas](Random& random) { return End({&AnyOf(replicas, random)}, SIGKILL); }},
      {"all replicas are killed", [replicas](Random&) { return End(replicas, SIGKILL); }},
      {"a replica is told to end",
       [replicas](Random& random) { return End({&AnyOf(replicas, random)}, SIGTERM); }},
      {"a replica stands still", stand_still(300, 4000)},
  };
  if (is_long) faults.push_back({"a replica stands still for long", stand_still(8000, 30'000)});
  return faults;
}

std::vector<Fault> PostgresFaults(PostgresServer& server) {
  return {
      {"PostgreSQL crashes",
       [&server](Random& random) {
         server.Crash();
         absl::SleepFor(Between(random, 0, 500));
         server.Start();
         return true;
       }},
      {"PostgreSQL is stopped at once",
       [&server](Random&) {
         server.StopImmediately();
         server.Start();
         return true;
       }},
      {"PostgreSQL stands still",
       [&server](Random& random) {
         server.Pause();
         absl::SleepFor(Between(random, 100, 1500));
         server.Resume();
         return true;
       }},
      {"PostgreSQL cuts all connections",
       [&server](Random&) {
         return server.Run("postgres",
                           "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
                           "usename LIKE 'crm\\_%'") != "0";
       }},
  };
}

std::vector<Fault> Only(const std::vector<Fault>& faults, const std::vector<std::string>& names) {
  std::vector<Fault> some;
  for (const Fault& fault : faults) {
    for (const std::string& name : names) {
      if (fault.name == name) some.push_back(fault);
    }
  }
  return some;
}

}  // namespace crm::testing
