#pragma once

#include <absl/status/statusor.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>

#include <array>
#include <memory>
#include <string>

#include "clients/cpp/token.h"

namespace crm::client {

// The three servers. The contact server also serves accounts; each serves its own stage events.
enum class Service { kContact = 0, kLead = 1, kOpportunity = 2 };
inline constexpr int kServiceCount = 3;

// "contact", "lead" or "opportunity".
const char* NameOf(Service service);

// Where the servers are: "host:port" or any other gRPC target.
struct Addresses {
  std::string contact;
  std::string lead;
  std::string opportunity;

  const std::string& Of(Service service) const;
};

// Who calls. Sent with every call as x-crm-tenant and x-crm-actor, or, if there is a token, that
// alone: it says who calls.
// Letters, digits and . _ @ : - only; tenant at most 64 characters, actor at most 128.
struct Caller {
  std::string tenant = "default";
  std::string actor = "anonymous";
  std::shared_ptr<Token> token = nullptr;
};

// One gRPC channel per server. A value, cheap to copy, safe to use from any thread.
class Channels {
 public:
  enum class Retries {
    // The service config retries every method on UNAVAILABLE, up to 4 attempts, 50 ms doubling to
    // 1 s. Sound because reads are harmless and all writes of this library carry a request id.
    kByChannel,
    // None: for whoever tries again itself, as AsyncCalls does. Each Make has connections of its
    // own; a server takes 256 open calls on one, what goes beyond waits here.
    kNone,
  };

  // Does not connect; the first call does. An empty address is allowed: calls to that service then
  // fail with FAILED_PRECONDITION. Errors: INVALID_ARGUMENT for a malformed service config.
  // Without `credentials` in plain text; see tls::ClientCredentials.
  static absl::StatusOr<Channels> Make(
      const Addresses& addresses, Retries retries,
      const std::shared_ptr<grpc::ChannelCredentials>& credentials = nullptr);

  // nullptr when the service has no address.
  const std::shared_ptr<grpc::Channel>& Of(Service service) const;

 private:
  std::array<std::shared_ptr<grpc::Channel>, kServiceCount> channels_;
};

// INVALID_ARGUMENT with all violations ("tenant", "actor") when `caller` is malformed.
absl::Status Check(const Caller& caller);

// FAILED_PRECONDITION when a token would go to one of the addresses in plain text and beyond this
// machine, where others can read and use it.
absl::Status CheckTokenIsSafe(const Addresses& addresses, const Caller& caller,
                              const std::shared_ptr<grpc::ChannelCredentials>& credentials);

// What a call is told beside its deadline: the token, or tenant and actor.
void Identify(grpc::ClientContext& context, const Caller& caller);

}  // namespace crm::client
