#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/container/flat_hash_set.h"
#include "clients/cpp/client.h"
#include "common/redis/connection.h"
#include "common/redis/stream.h"
#include "tests/fault/storm/recorder.h"

namespace crm::testing {

// Reads a partition's stream of one Redis server, primary or not, whenever that can be read, and
// records each entry that it has not seen before as it is. What was lost and published again comes
// by again.
class StreamWatcher {
 public:
  StreamWatcher(std::string name, std::string url, int partition, Recorder& recorder);
  ~StreamWatcher();

  // How many entries came by that it had seen.
  int64_t seen_again() const { return seen_again_; }

 private:
  void Run();
  absl::Status Follow(redis::Connection& connection);
  absl::StatusOr<redis::StreamId> Begin(redis::Connection& connection) const;
  void Note(const redis::StreamEntry& entry);

  const std::string name_;
  const std::string url_;
  const int partition_;
  const std::string key_;
  Recorder& recorder_;
  absl::flat_hash_set<size_t> seen_;  // hashes of all that was recorded
  std::atomic<int64_t> seen_again_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

// One who subscribes to all events of a partition of the opportunity service's log from the first
// on.
class Subscriber {
 public:
  Subscriber(const client::Client& client, std::string name, int partition, Recorder& recorder);
  ~Subscriber();

  int partition() const { return partition_; }
  int64_t read() const { return read_; }
  int subscriptions() const { return watch_->subscriptions(); }

 private:
  const std::string name_;
  const int partition_;
  Recorder& recorder_;
  const std::unique_ptr<client::StageEventWatch> watch_;
  std::atomic<int64_t> read_{0};
  std::thread thread_;
};

}  // namespace crm::testing
