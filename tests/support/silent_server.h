#pragma once

namespace crm::testing {

// A server on a loopback port that lets everybody connect and never says a word.
class SilentServer {
 public:
  SilentServer();
  ~SilentServer();
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  int port() const { return port_; }

 private:
  int port_ = 0;
  const int fd_;
};

}  // namespace crm::testing
