#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <absl/types/span.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>
#include <vector>

#include "common/rpc/call_context.h"

namespace crm::rpc {

struct ChannelOptions {
  // "dns:///lead:7001", "ipv4:127.0.0.1:7001", "unix:/run/lead.sock", or just "host:port".
  std::string target = {};
  // nullptr: plaintext.
  std::shared_ptr<grpc::ChannelCredentials> credentials = nullptr;
  // Service config; empty uses ServiceConfigJson of nothing (round robin, health checks, no
  // retries).
  std::string service_config = {};
  int max_receive_bytes = 16 << 20;
};

// Whether a channel asks each server for its health and leaves one that says NOT_SERVING, as it
// does at the beginning of its drain (see docs/adr/0015). kNo where the target is one address with
// several servers behind it (a proxy, a ClusterIP Service): there a channel has nowhere to go.
enum class HealthChecks { kYes, kNo };

// Channel configuration: round robin, and up to 4 attempts on UNAVAILABLE, 50 ms doubling to 1 s,
// for the given methods: "crm.lead.v1.LeadService/GetLead", or "crm.lead.v1.LeadService" for all.
// List reads and writes that carry a request_id; all others must not be tried twice.
std::string ServiceConfigJson(absl::Span<const std::string> retryable_methods,
                              HealthChecks checks = HealthChecks::kYes);

// INVALID_ARGUMENT when gRPC would not accept `json`, or it has a "timeout": set deadlines on
// calls.
absl::Status CheckServiceConfig(const std::string& json);

// Does not connect. Where spans are recorded (trace::Enabled, asked here), calls are traced, see
// client_trace.h. Errors: CheckServiceConfig's; INVALID_ARGUMENT for an empty target.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const ChannelOptions& options);

// A client context for a call made on behalf of `context`: its tenant, actor and trace, and its
// deadline or `limit` from now, whichever comes first.
std::unique_ptr<grpc::ClientContext> ClientContextFor(
    const CallContext& context, absl::Duration limit = absl::InfiniteDuration());
// The same for a context the caller owns.
void Prepare(grpc::ClientContext& client, const CallContext& context, absl::Duration limit);

}  // namespace crm::rpc
