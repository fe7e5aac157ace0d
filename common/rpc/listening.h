#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>

// What the API's server and the health listener have in common.
namespace crm::rpc {

struct Listening {
  std::unique_ptr<grpc::Server> server;
  int port = 0;
};

// Listens on `address` with grpc.health.v1, and with what else `builder` has been given; no second
// server gets the same port. `port_file`, unless empty, gets the port. Errors: UNAVAILABLE.
absl::StatusOr<Listening> Listen(grpc::ServerBuilder& builder, const std::string& address,
                                 std::shared_ptr<grpc::ServerCredentials> credentials,
                                 const std::string& port_file);

// Writes the port as text. A reader of the file never sees half a number. Errors: UNAVAILABLE.
absl::Status WritePortFile(const std::string& path, int port);

}  // namespace crm::rpc
