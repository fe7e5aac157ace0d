#pragma once

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>

#include <memory>
#include <string>

namespace crm::rpc {

// What an orchestrator asks for, as names of grpc.health.v1.
inline constexpr char kReadiness[] = "";         // may callers be sent here?
inline constexpr char kStartup[] = "startup";    // has the process come up?
inline constexpr char kLiveness[] = "liveness";  // would only a restart help?

// A second gRPC port with grpc.health.v1 (Check and Watch) and nothing else. It is always
// plaintext, since probes know no TLS, and tells nothing but health, so it may listen anywhere.
// Start once; then all methods may be called from any thread and do not block.
class HealthListener {
 public:
  HealthListener() = default;
  // Stops listening at once.
  ~HealthListener();
  HealthListener(const HealthListener&) = delete;
  HealthListener& operator=(const HealthListener&) = delete;

  // Listens on host:port (port 0 takes a free one, which is written to `port_file` unless that is
  // empty). Says NOT_SERVING for all three names. Errors: UNAVAILABLE.
  absl::Status Start(const std::string& listen, const std::string& port_file);

  // Without effect before Start.
  void Set(absl::string_view name, bool serving);

  int selected_port() const { return port_; }

 private:
  // Answers UNIMPLEMENTED to all else. Without it gRPC would not start a server that has no service
  // but health.
  grpc::CallbackGenericService unknown_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace crm::rpc
