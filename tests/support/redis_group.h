#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/redis_server.h"

namespace crm::testing {

// A Redis primary with two replicas and three Sentinels that fail over after a second of silence;
// returns once all know each other, which takes about three seconds. Not thread-safe.
class RedisGroup {
 public:
  RedisGroup();

  // "redis+sentinel://…": for whoever wants the primary.
  std::string Url() const;

  // The server that the Sentinels name now, whatever it says itself; null if none answers.
  RedisServer* Named();
  // The server that the Sentinels name, once it says itself that it is a primary; waits for that.
  RedisServer& Primary();
  std::vector<RedisServer*> Replicas();
  RedisServer& sentinel(int index) { return *sentinels_[static_cast<size_t>(index)]; }

  // A failover with the primary alive; returns when another one is it.
  void SwitchOver();

 private:
  std::vector<std::unique_ptr<RedisServer>> servers_;
  std::vector<std::unique_ptr<RedisServer>> sentinels_;
};

}  // namespace crm::testing
