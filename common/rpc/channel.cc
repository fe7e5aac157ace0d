#include "common/rpc/channel.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/validate_service_config.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/rpc/client_trace.h"
#include "common/rpc/grpc_time.h"
#include "common/rpc/metadata.h"
#include "common/trace/span.h"

namespace crm::rpc {
namespace {

using nlohmann::json;

bool HasTimeout(const json& config) {
  const auto methods = config.find("methodConfig");
  if (methods == config.end() || !methods->is_array()) return false;
  for (const json& method : *methods) {
    if (method.is_object() && method.contains("timeout")) return true;
  }
  return false;
}

}  // namespace

std::string ServiceConfigJson(absl::Span<const std::string> retryable_methods,
                              HealthChecks checks) {
  json config = {{"loadBalancingConfig", json::array({{{"round_robin", json::object()}}})}};
  if (checks == HealthChecks::kYes) config["healthCheckConfig"] = {{"serviceName", ""}};
  json names = json::array();
  for (const std::string& method : retryable_methods) {
    const std::vector<std::string> parts = absl::StrSplit(method, absl::MaxSplits('/', 1));
    json name = {{"service", parts[0]}};
    if (parts.size() == 2) name["method"] = parts[1];
    names.push_back(std::move(name));
  }
  if (!names.empty()) {
    json policy = {{"maxAttempts", 4},
                   {"initialBackoff", "0.05s"},
                   {"maxBackoff", "1s"},
                   {"backoffMultiplier", 2},
                   {"retryableStatusCodes", {"UNAVAILABLE"}}};
    config["methodConfig"] =
        json::array({{{"name", std::move(names)}, {"retryPolicy", std::move(policy)}}});
  }
  return config.dump();
}

absl::Status CheckServiceConfig(const std::string& text) {
  const json config = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!config.is_object()) return absl::InvalidArgumentError("service config: not a JSON object");
  if (HasTimeout(config)) {
    return absl::InvalidArgumentError("service config: no timeout here; set deadlines on calls");
  }
  const std::string problem = grpc::experimental::ValidateServiceConfigJSON(text);
  if (problem.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("service config: ", problem));
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const ChannelOptions& options) {
  if (options.target.empty()) return absl::InvalidArgumentError("channel: the target is empty");
  const std::string config =
      options.service_config.empty() ? ServiceConfigJson({}) : options.service_config;
  if (absl::Status status = CheckServiceConfig(config); !status.ok()) return status;
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(config);
  arguments.SetMaxReceiveMessageSize(options.max_receive_bytes);
  // Never let a record in the DNS replace what is shipped.
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  // By default a channel that has lost a server asks the DNS for new ones once in half a minute, a
  // time in which a rolling restart may have replaced them all.
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 2000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  const auto credentials =
      options.credentials ? options.credentials : grpc::InsecureChannelCredentials();
  if (!trace::Enabled()) return grpc::CreateCustomChannel(options.target, credentials, arguments);
  return grpc::experimental::CreateCustomChannelWithInterceptors(options.target, credentials,
                                                                 arguments, ClientTracing());
}

void Prepare(grpc::ClientContext& client, const CallContext& context, absl::Duration limit) {
  client.AddMetadata(kTenantKey, context.tenant);
  client.AddMetadata(kActorKey, context.actor);
  if (!context.traceparent.empty()) client.AddMetadata(kTraceparentKey, context.traceparent);
  client.set_deadline(ToGrpcTime(std::min(context.deadline, base::Deadline::After(limit))));
}

std::unique_ptr<grpc::ClientContext> ClientContextFor(const CallContext& context,
                                                      absl::Duration limit) {
  auto client = std::make_unique<grpc::ClientContext>();
  Prepare(*client, context, limit);
  return client;
}

}  // namespace crm::rpc
