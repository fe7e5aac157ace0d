#include "common/rpc/listening.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <grpcpp/health_check_service_interface.h>

#include <cstdio>
#include <fstream>
#include <utility>

namespace crm::rpc {

absl::StatusOr<Listening> Listen(grpc::ServerBuilder& builder, const std::string& address,
                                 std::shared_ptr<grpc::ServerCredentials> credentials,
                                 const std::string& port_file) {
  grpc::EnableDefaultHealthCheckService(true);
  // Otherwise a second server on the same port starts silently.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  Listening listening;
  builder.AddListeningPort(address, std::move(credentials), &listening.port);
  listening.server = builder.BuildAndStart();
  // gRPC reports an address in use as a missing server or as port 0.
  if (listening.server == nullptr || (listening.port == 0 && !absl::StartsWith(address, "unix:"))) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", address));
  }
  if (!port_file.empty()) {
    if (absl::Status status = WritePortFile(port_file, listening.port); !status.ok()) return status;
  }
  return listening;
}

absl::Status WritePortFile(const std::string& path, int port) {
  const std::string partial = path + ".partial";
  {
    std::ofstream out(partial, std::ios::trunc);
    out << port << "\n";
    if (!out.flush()) return absl::UnavailableError("cannot write the port file " + path);
  }
  if (std::rename(partial.c_str(), path.c_str()) != 0) {
    return absl::UnavailableError("cannot write the port file " + path);
  }
  return absl::OkStatus();
}

}  // namespace crm::rpc
