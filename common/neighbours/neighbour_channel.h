#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace crm::neighbours {

using Credentials = std::shared_ptr<grpc::ChannelCredentials>;

// A channel to the neighbour's API at `address`; does not connect. Every call made over it to
// `service` ("crm.contact.v1.ContactService") is tried up to 4 times, so each must be a read or
// carry a request id. Without `credentials` it is in plain text. Errors: rpc::MakeChannel's.
absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(const std::string& address,
                                                         const std::string& service,
                                                         Credentials credentials);

// The same to the stage events of the neighbour at `address`.
absl::StatusOr<std::shared_ptr<grpc::Channel>> EventChannelTo(const std::string& address,
                                                              Credentials credentials);

}  // namespace crm::neighbours
