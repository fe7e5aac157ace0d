#pragma once

#include <absl/status/statusor.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "common/tls/pem.h"

namespace crm::tls {

// What a server asks of its clients. A certificate that is shown is always verified.
enum class ClientCertificates {
  kIfGiven,   // those without one are let in, to be told apart by something else
  kRequired,  // nobody without one gets a connection
};

// gRPC's own watcher looks at the files once a second: new connections are made with what is in
// them then, those that are open stay. It does not look whether a certificate goes with its key:
// while they do not, no connection comes about. Certificate and key must change together.
std::shared_ptr<grpc::ServerCredentials> ServerCredentials(const Files& files,
                                                           ClientCertificates clients);
// Without certificate and key nothing is shown to servers. The name in the target must be one of
// the server's certificate; a target of several addresses ("ipv4:a,b") has none.
std::shared_ptr<grpc::ChannelCredentials> ChannelCredentials(const Files& files);

// ChannelCredentials for a client: the files are read and checked once, now. Errors: Read's and
// Check's.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ClientCredentials(const Files& files);

}  // namespace crm::tls
