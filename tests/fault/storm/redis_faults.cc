// The faults of Redis, with Sentinels or as a cluster.

#include <filesystem>
#include <functional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/fault/storm/faults.h"
#include "tests/support/await.h"

namespace crm::testing {
namespace {

constexpr absl::Duration kUntilHit = absl::Seconds(5);
constexpr absl::Duration kUntilFailover = absl::Seconds(20);

// A stream and the server that has it.
struct StreamPlace {
  RedisServer& server;
  std::string stream;
};
using Target = std::function<StreamPlace(Random&)>;
// Starts a server that was killed as what it was, with further settings.
using Restart = std::function<void(RedisServer&, const std::vector<std::string>& settings)>;

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
void StartAs(RedisServer& server, const RedisServer* primary,
             const std::vector<std::string>& settings = {}) {
  server.Start(settings);
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

// Whether another node than the one that had it has the stream.
bool AwaitAnother(RedisCluster& cluster, const StreamPlace& before) {
  return Await(kUntilFailover, [&] {
    for (RedisServer* const node : cluster.Nodes()) {
      if (node == &before.server) continue;
      if (!absl::StartsWith(node->Run({"XLEN", before.stream}), "ERROR")) return true;
    }
    return false;
  });
}

// A password that the primaries do not know keeps a replica that has lost its own from coming back.
void KeepReplicasAway(RedisCluster& cluster, bool away) {
  for (RedisServer* const node : cluster.Nodes()) {
    node->Run({"CONFIG", "SET", "masterauth", away ? "unknown" : ""});
  }
}

bool FailOverToOneBehind(RedisCluster& cluster, const StreamPlace& place, Random& random) {
  KeepReplicasAway(cluster, true);
  place.server.Run({"CLIENT", "KILL", "TYPE", "replica"});
  absl::SleepFor(Between(random, 50, 300));
  place.server.Kill();
  const bool another = AwaitAnother(cluster, place);
  KeepReplicasAway(cluster, false);
  place.server.Start();
  return another;
}

void BeGoneForAMinute(const std::vector<RedisServer*>& servers) {
  for (RedisServer* const server : servers) server->Kill();
  absl::SleepFor(absl::Minutes(1));
}

// They come back as what they were then, whatever their settings said in the beginning.
bool Vanish(RedisGroup& group) {
  RedisServer& primary = group.Primary();
  const std::vector<RedisServer*> replicas = group.Replicas();
  std::vector<RedisServer*> all = replicas;
  all.push_back(&primary);
  BeGoneForAMinute(all);
  StartAs(primary, nullptr);
  for (RedisServer* const replica : replicas) StartAs(*replica, &primary);
  return true;
}

bool Vanish(RedisCluster& cluster) {
  BeGoneForAMinute(cluster.Nodes());
  for (RedisServer* const node : cluster.Nodes()) node->Start();
  return true;
}

// Commands that a server has refused, but for those by which it is asked how it is.
int64_t Rejected(RedisServer& server) {
  int64_t rejected = 0;
  const std::string info = server.Run({"INFO", "commandstats"});
  for (const absl::string_view line : absl::StrSplit(info, '\n')) {
    if (absl::StartsWith(line, "cmdstat_ping") || absl::StartsWith(line, "cmdstat_info")) continue;
    const std::vector<std::string> parts =
        absl::StrSplit(line, absl::MaxSplits("rejected_calls=", 1));
    if (parts.size() == 2) rejected += NumberIn(parts[1].substr(0, parts[1].find(',')));
  }
  return rejected;
}

// Restarts with what it had a moment ago, which takes it more than a second, in which it answers
// LOADING.
bool Load(RedisServer& server, const Restart& restart, Random& random) {
  const int keys = 200 + static_cast<int>(random() % 200);
  server.Run({"EVAL",
              "for i = 1, ARGV[1] do redis.call('SET', 'ballast:' .. i, string.rep('x', 2048)) end",
              "0", absl::StrCat(keys)});
  if (server.Dump().empty()) return false;
  absl::SleepFor(Between(random, 50, 300));
  server.Kill();
  restart(server, {"key-load-delay 5000", "loading-process-events-interval-bytes 1024",
                   "rdbcompression no"});
  const bool refused = Rejected(server) > 0;
  server.Run({"CONFIG", "SET", "key-load-delay", "0"});
  std::filesystem::remove(server.folder() + "/dump.rdb");
  server.Run({"EVAL", "for i = 1, ARGV[1] do redis.call('DEL', 'ballast:' .. i) end", "0",
              absl::StrCat(keys)});
  return refused;
}

// What a single server may do, which is a primary.
std::vector<Fault> ServerFaults(const Target& target, const Restart& restart) {
  const auto run = [target](std::vector<std::string> command) {
    return [target, command](Random& random) {
      return NumberIn(target(random).server.Run(command)) > 0;
    };
  };
  return {
      {"Redis has no memory",
       [target](Random& random) {
         return Refuse(target(random).server, "maxmemory", "1", "0", "OOM", random);
       }},
      {"Redis has no replicas",
       [target](Random& random) {
         return Refuse(target(random).server, "min-replicas-to-write", "9", "0", "NOREPLICAS",
                       random);
       }},
      {"the stream is deleted",
       [target](Random& random) {
         const StreamPlace place = target(random);
         return NumberIn(place.server.Run({"DEL", place.stream})) > 0;
       }},
      {"Redis forgets everything",
       [target](Random& random) {
         RedisServer& primary = target(random).server;
         const bool anything = NumberIn(primary.Run({"DBSIZE"})) > 0;
         return primary.Run({"FLUSHALL"}) == "OK" && anything;
       }},
      {"Redis forgets its scripts",
       [target](Random& random) {
         return target(random).server.Run({"SCRIPT", "FLUSH"}) == "OK";
       }},
      {"Redis cuts all connections", run({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"})},
      {"Redis makes all wait",
       [target](Random& random) {
         const absl::Duration pause = Between(random, 100, 2500);
         RedisServer& primary = target(random).server;
         const std::string millis = absl::StrCat(absl::ToInt64Milliseconds(pause));
         const bool waits = primary.Run({"CLIENT", "PAUSE", millis, "ALL"}) == "OK";
         absl::SleepFor(pause);
         return waits;
       }},
      {"Redis restarts empty",
       [target, restart](Random& random) {
         RedisServer& primary = target(random).server;
         primary.Kill();
         restart(primary, {});
         return true;
       }},
      {"Redis loads its data",
       [target, restart](Random& random) { return Load(target(random).server, restart, random); }},
  };
}

}  // namespace

std::vector<Fault> RedisFaults(RedisGroup& group, const std::string& stream, bool is_long) {
  std::vector<Fault> faults = ServerFaults(
      [&group, stream](Random&) -> StreamPlace {
        return {group.Primary(), stream};
      },
      [](RedisServer& primary, const std::vector<std::string>& settings) {
        StartAs(primary, nullptr, settings);
      });
  faults.push_back({"Redis fails over to a replica that is behind",
                    [&group](Random& random) { return FailOverToOneBehind(group, random); }});
  faults.push_back({"Redis splits", [&group](Random&) { return Split(group); }});
  if (is_long) {
    faults.push_back({"Redis is gone for a minute", [&group](Random&) { return Vanish(group); }});
  }
  return faults;
}

std::vector<Fault> ClusterFaults(RedisCluster& cluster, const std::vector<std::string>& streams,
                                 bool is_long) {
  const Target target = [&cluster, streams](Random& random) -> StreamPlace {
    const std::string& stream = streams[random() % streams.size()];
    return {cluster.NodeOf(stream), stream};
  };
  std::vector<Fault> faults = ServerFaults(
      target,
      [](RedisServer& node, const std::vector<std::string>& settings) { node.Start(settings); });
  faults.push_back(
      {"a node fails over to a replica that is behind", [&cluster, target](Random& random) {
         return FailOverToOneBehind(cluster, target(random), random);
       }});
  faults.push_back({"a node splits off", [&cluster, target](Random& random) {
                      const StreamPlace place = target(random);
                      place.server.Pause();
                      const bool another = AwaitAnother(cluster, place);
                      place.server.Resume();
                      return another;
                    }});
  faults.push_back({"a replica takes over by order", [&cluster, target](Random& random) {
                      const StreamPlace place = target(random);
                      for (RedisServer* const node : cluster.Nodes()) {
                        node->Run({"CLUSTER", "FAILOVER"});  // primaries refuse
                      }
                      return AwaitAnother(cluster, place);
                    }});
  if (is_long) {
    faults.push_back(
        {"Redis is gone for a minute", [&cluster](Random&) { return Vanish(cluster); }});
  }
  return faults;
}

}  // namespace crm::testing
