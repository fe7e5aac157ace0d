#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/redis_server.h"

namespace crm::testing {

// A Redis Cluster of three primaries with a replica each, which takes over after a second and a
// half of silence; returns once all slots are served and all replicas follow, which takes some
// seconds. Not thread-safe.
class RedisCluster {
 public:
  RedisCluster();

  // "redis+cluster://…", all nodes.
  std::string Url() const;

  std::vector<RedisServer*> Nodes();

  // The node that says itself that it has this key; waits for there to be one.
  RedisServer& NodeOf(const std::string& key);

 private:
  bool IsWhole(RedisServer& node);

  std::vector<std::unique_ptr<RedisServer>> nodes_;
};

}  // namespace crm::testing
