#include "tests/fault/storm/faults.h"

#include <signal.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/support/await.h"

namespace crm::testing {
namespace {

constexpr absl::Duration kUntilHit = absl::Seconds(5);
constexpr absl::Duration kUntilFailover = absl::Seconds(20);

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

int64_t NumberIn(const std::string& text) {
  int64_t number = 0;
  (void)absl::SimpleAtoi(text, &number);
  return number;
}

// How often a server has refused something for this reason.
int64_t Refused(RedisServer& server, const std::string& reason) {
  const std::string info = server.Run({"INFO", "errorstats"});
  const std::vector<std::string> parts =
      absl::StrSplit(info, absl::MaxSplits(absl::StrCat("errorstat_", reason, ":count="), 1));
  return parts.size() < 2 ? 0 : NumberIn(parts[1].substr(0, parts[1].find_first_of("\r\n")));
}

// Has a setting on and off again and again until something was refused for it.
bool Refuse(RedisServer& server, const std::string& setting, const std::string& bad,
            const std::string& good, const std::string& reason, Random& random) {
  const int64_t before = Refused(server, reason);
  const bool refused = Await(kUntilHit, [&] {
    server.Run({"CONFIG", "SET", setting, bad});
    absl::SleepFor(Between(random, 1, 60));
    server.Run({"CONFIG", "SET", setting, good});
    absl::SleepFor(Between(random, 1, 30));
    return Refused(server, reason) > before;
  });
  return refused;
}

// Whether the Sentinels name another one than `before`, at last.
bool AwaitAnother(RedisGroup& group, const RedisServer& before) {
  return Await(kUntilFailover, [&] {
    RedisServer* const named = group.Named();
    return named != nullptr && named != &before;
  });
}

// With its settings as Sentinels would have left them: a replica of `primary`, or that itself.
void StartAs(RedisServer& server, const RedisServer* primary) {
  server.Start();
  if (primary == nullptr) {
    server.Run({"REPLICAOF", "NO", "ONE"});
  } else {
    server.Run({"REPLICAOF", "127.0.0.1", absl::StrCat(primary->port())});
  }
}

// The replicas miss what is written from now on, and then the primary is gone.
bool FailOverToOneBehind(RedisGroup& group, Random& random) {
  RedisServer& primary = group.Primary();
  for (RedisServer* const replica : group.Replicas()) {
    replica->Run({"REPLICAOF", "127.0.0.1", "1"});
  }
  absl::SleepFor(Between(random, 50, 300));
  primary.Kill();
  const bool another = AwaitAnother(group, primary);
  StartAs(primary, another ? group.Named() : nullptr);
  return another;
}

// The primary stands still until another one is it, and then goes on as if nothing had happened.
bool Split(RedisGroup& group) {
  RedisServer& primary = group.Primary();
  primary.Pause();
  const bool another = AwaitAnother(group, primary);
  primary.Resume();
  return another && absl::StartsWith(primary.Run({"ROLE"}), "master");
}

}  // namespace

std::vector<Fault> ServiceFaults(std::vector<Replica*> replicas) {
  return {
      {"a replica is killed",
       [replicas](Random& random) { return End({&AnyOf(replicas, random)}, SIGKILL); }},
      {"all replicas are killed", [replicas](Random&) { return End(replicas, SIGKILL); }},
      {"a replica is told to end",
       [replicas](Random& random) { return End({&AnyOf(replicas, random)}, SIGTERM); }},
      {"a replica stands still",
       [replicas](Random& random) {
         Replica& replica = AnyOf(replicas, random);
         replica.Pause();
         absl::SleepFor(Between(random, 300, 4000));
         replica.Signal(SIGCONT);
         return true;
       }},
  };
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
         return NumberIn(server.Run("postgres",
                                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                                    "WHERE usename LIKE 'crm\\_%'")) > 0;
       }},
  };
}

std::vector<Fault> RedisFaults(RedisGroup& group, const std::string& stream) {
  const auto run = [&group](std::vector<std::string> command) {
    return [&group, command](Random&) { return NumberIn(group.Primary().Run(command)) > 0; };
  };
  return {
      {"Redis has no memory",
       [&group](Random& random) {
         return Refuse(group.Primary(), "maxmemory", "1", "0", "OOM", random);
       }},
      {"Redis has no replicas",
       [&group](Random& random) {
         return Refuse(group.Primary(), "min-replicas-to-write", "9", "0", "NOREPLICAS", random);
       }},
      {"the stream is deleted", run({"DEL", stream})},
      {"Redis forgets everything",
       [&group](Random&) {
         RedisServer& primary = group.Primary();
         const bool anything = NumberIn(primary.Run({"DBSIZE"})) > 0;
         return primary.Run({"FLUSHALL"}) == "OK" && anything;
       }},
      {"Redis forgets its scripts",
       [&group](Random&) {
         return group.Primary().Run({"SCRIPT", "FLUSH"}) == "OK";
       }},
      {"Redis cuts all connections", run({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"})},
      {"Redis makes all wait",
       [&group](Random& random) {
         const absl::Duration pause = Between(random, 100, 2500);
         RedisServer& primary = group.Primary();
         const std::string millis = absl::StrCat(absl::ToInt64Milliseconds(pause));
         const bool waits = primary.Run({"CLIENT", "PAUSE", millis, "ALL"}) == "OK";
         absl::SleepFor(pause);
         return waits;
       }},
      {"Redis restarts empty",
       [&group](Random&) {
         RedisServer& primary = group.Primary();
         primary.Kill();
         StartAs(primary, nullptr);
         return true;
       }},
      {"Redis fails over to a replica that is behind",
       [&group](Random& random) { return FailOverToOneBehind(group, random); }},
      {"Redis splits", [&group](Random&) { return Split(group); }},
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
