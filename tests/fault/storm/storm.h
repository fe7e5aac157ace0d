#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/fault/fleet.h"
#include "tests/fault/storm/lane.h"
#include "tests/fault/storm/recorder.h"
#include "tests/fault/storm/watchers.h"
#include "tests/fault/storm/writers.h"
#include "tests/support/contact_book.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_cluster.h"
#include "tests/support/redis_group.h"

namespace crm::testing {

struct StormOptions {
  uint64_t seed = 1;
  absl::Duration length = absl::Seconds(45);
  int replicas = 2;
  int impatient = 5;  // see WriterOptions
  int partitions = 1;
  // Where the histories are kept; empty: nowhere, they go with the object.
  std::string folder = {};
  // Of a variant: where its programs are, and their environment ("NAME=value" words).
  std::string programs = {};
  std::string environment = {};
};

// What the judge said.
struct Verdict {
  int code = 0;        // 0: no fault; 1: some
  std::string output;  // see tests/fault/history/judge
  int64_t Figure(const std::string& name) const;
};

// What storms rage over, one at a time: a PostgreSQL and a Redis of several servers.
struct StormPlace {
  PostgresServer& postgres;
  std::string redis_url;
  std::vector<RedisServer*> redis_servers;
  // The server that has this stream now; waits for there to be one.
  std::function<RedisServer&(const std::string& stream)> redis_of;
};

// Processes die here, not the machine: what PostgreSQL has written is there without fsync.
inline constexpr PostgresOptions kStormPostgres{.max_connections = 200};

// A Redis with Sentinels.
struct StormStores {
  StormPlace Place();

  PostgresServer postgres{kStormPostgres};
  RedisGroup redis;
};

// A Redis Cluster.
struct StormClusterStores {
  StormPlace Place();

  PostgresServer postgres{kStormPostgres};
  RedisCluster redis;
};

// Replicas of crm-opportunity on a PostgreSQL and a Redis under write load, with watchers of every
// Redis server and subscribers; and lanes of faults. Used by one thread.
class Storm {
 public:
  // On a database of its own and with the whole Redis. What `place` names must outlive it.
  Storm(StormPlace place, StormOptions options);
  ~Storm();

  static std::string StreamOf(int partition);

  std::vector<Replica*> replicas() { return fleet_.replicas(); }
  std::string Sql(const std::string& sql) const { return place_.postgres.Run(database_, sql); }
  std::string Url() const { return place_.postgres.Url(database_); }
  Writers& writers() { return writers_; }

  // Has these faults for the storm's length, each lane beside the others; returns how often each
  // happened.
  std::map<std::string, int> Rage(
      const std::vector<std::pair<std::string, std::vector<Fault>>>& lanes);

  // Stops the writers, once all of them have made some more moves (an error if they cannot).
  void Calm();
  // Until everything that was committed is on the stream and told to the subscribers.
  bool Settle(absl::Duration limit);
  // Collects what the stores hold and judges it all.
  Verdict Judge();

  int64_t seen_again() const;
  const std::vector<std::unique_ptr<Subscriber>>& subscribers() const { return subscribers_; }

 private:
  bool Settled() const;
  bool IsSettled(int partition) const;

  const StormPlace place_;
  const StormOptions options_;
  const std::string database_;
  const std::string folder_;
  ContactBook contacts_;
  Fleet fleet_;
  Recorder recorder_;
  Writers writers_;
  std::vector<std::unique_ptr<StreamWatcher>> watchers_;
  std::vector<std::unique_ptr<Subscriber>> subscribers_;
};

}  // namespace crm::testing
