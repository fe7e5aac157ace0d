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
#include "tests/support/redis_group.h"

namespace crm::testing {

struct StormOptions {
  uint64_t seed = 1;
  absl::Duration length = absl::Seconds(45);
  int replicas = 2;
  int impatient = 5;  // see WriterOptions
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

// What storms rage over, one at a time.
struct StormStores {
  // Processes die here, not the machine: what PostgreSQL has written is there without fsync.
  PostgresServer postgres{{.max_connections = 200}};
  RedisGroup redis;
};

// Replicas of crm-opportunity on a PostgreSQL and a Redis with Sentinels, under write load,
// with watchers of every Redis server and subscribers; and lanes of faults. Used by one thread.
class Storm {
 public:
  // On a database of its own and with the whole Redis. `stores` must outlive it.
  Storm(StormStores& stores, StormOptions options);
  ~Storm();

  static constexpr char kStream[] = "crm:stage-events:opportunity:0";

  std::vector<Replica*> replicas() { return fleet_.replicas(); }
  std::string Sql(const std::string& sql) const { return stores_.postgres.Run(database_, sql); }
  std::string Url() const { return stores_.postgres.Url(database_); }
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

  StormStores& stores_;
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
