#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <thread>

#include "absl/time/time.h"

namespace crm::testing {

// A port of the loopback interface that leads to another one, behind which everything that the
// server says comes late, however fast it was. Thread-safe.
class SlowLink {
 public:
  explicit SlowLink(int port);
  ~SlowLink();  // cuts all connections

  int port() const { return port_; }
  void SetDelay(absl::Duration delay) { delay_ = absl::ToInt64Nanoseconds(delay); }

 private:
  struct Connection;

  void Accept();

  const int target_;
  int port_ = 0;
  int listener_ = -1;
  std::atomic<int64_t> delay_{0};
  std::list<std::unique_ptr<Connection>> connections_;  // the acceptor's own
  std::thread acceptor_;
};

}  // namespace crm::testing
