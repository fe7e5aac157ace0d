#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/server_folder.h"

namespace crm::testing {

struct RedisOptions {
  bool appendonly = false;
  std::vector<std::string> extra = {};  // further configuration lines, e.g. "maxmemory 10mb"
  bool sentinel = false;                // a Redis Sentinel; `extra` says what it watches
};

// A private redis-server in a temporary folder on a free loopback port. Goes away with the object
// and at the end of this process, however it ends. Not thread-safe.
class RedisServer {
 public:
  explicit RedisServer(RedisOptions options = {});
  ~RedisServer();

  // The one server of this test program, started on first use. Tests that stop, flush or configure
  // a server take one of their own.
  static RedisServer& Shared();

  int port() const { return port_; }
  std::string Url() const;  // "redis://127.0.0.1:port/0"
  const std::string& folder() const { return folder_->path(); }

  // Runs one command and returns its reply as text: array elements parted by '\n', "(nil)" for
  // nothing, errors as "ERROR …".
  std::string Run(const std::vector<std::string>& command);

  void FlushAll() { Run({"FLUSHALL"}); }
  void Kill();  // SIGKILL; the data that reached the disk stays. Repeatable
  // On the same port and data, with further lines of configuration; returns once it answers.
  void Start(const std::vector<std::string>& more = {});
  void Restart();  // Kill, then Start
  void Pause();    // SIGSTOP: connections hang
  void Resume();

  // All that is in it, as bytes in which texts stand as they are; empty where it does not answer.
  std::string Dump();

 private:
  RedisOptions options_;
  std::unique_ptr<ServerFolder> folder_;
  int port_ = 0;
  pid_t pid_ = -1;
  bool paused_ = false;
};

}  // namespace crm::testing
