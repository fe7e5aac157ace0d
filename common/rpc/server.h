#pragma once

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>

#include <memory>
#include <string>
#include <vector>

#include "common/rpc/service.h"

namespace crm::rpc {

struct ServerOptions {
  // host:port; port 0 takes a free one.
  std::string listen = "127.0.0.1:0";
  // nullptr: plaintext, which is served on loopback only, unless allow_insecure_listen is set.
  // Others see to it that callers prove who they are: by a certificate, or by a token.
  std::shared_ptr<grpc::ServerCredentials> credentials = nullptr;
  bool allow_insecure_listen = false;
  // Whether anybody may ask for the interface. Once a server of the process had it, all have.
  bool reflection = true;
  // When not empty the chosen port is written there, as text, once the server listens.
  std::string port_file = {};
  int max_receive_bytes = 1 << 20;
  // Calls that one connection may have open. A client with more keeps the rest to itself, so that
  // one client cannot fill the server's memory: an open call costs some 40 KiB.
  int max_streams_per_connection = 256;
  // Bound on what gRPC buffers for all connections together.
  size_t max_buffer_bytes = size_t{64} << 20;
  absl::Duration max_connection_age = absl::Minutes(5);
  absl::Duration max_connection_age_grace = absl::Seconds(30);
  absl::Duration keepalive_time = absl::Minutes(1);
  absl::Duration keepalive_timeout = absl::Seconds(20);
};

// A gRPC server with health checking, and reflection where wanted. Register, Start, SetServing,
// Drain; not thread-safe, except SetServing once started.
class Server {
 public:
  explicit Server(ServerOptions options);
  // Shuts down at once when Drain was not called.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Before Start. Must outlive the server. Ends the process unless all its methods are bound.
  void Register(ServiceCore& service);

  // Listens and serves; every service is NOT_SERVING until told otherwise. Errors:
  // INVALID_ARGUMENT when the address is refused (beyond loopback in plaintext),
  // UNAVAILABLE when it cannot be bound.
  absl::Status Start();
  // The port after Start.
  int selected_port() const { return port_; }

  // Health of one registered service; the empty name is the server as a whole.
  void SetServing(absl::string_view name, bool serving);
  // Health of the server and all its services.
  void SetServing(bool serving);

  // Says NOT_SERVING, keeps serving for `delay` so that balancers notice, then ends the streams,
  // takes no new calls and gives those in flight `grace` to finish. Blocks. Not from a signal
  // handler.
  void Drain(absl::Duration delay, absl::Duration grace);

 private:
  const ServerOptions options_;
  std::vector<ServiceCore*> services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  bool drained_ = false;
};

// Whether host:port names a loopback address or a unix socket.
bool IsLoopback(absl::string_view listen);

}  // namespace crm::rpc
