#include "common/rpc/server.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server_builder.h>

#include <utility>

#include "common/rpc/listening.h"

namespace crm::rpc {
namespace {

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

absl::string_view HostOf(absl::string_view listen) {
  const size_t colon = listen.rfind(':');
  absl::string_view host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  return host;
}

// 127.x.y.z in four plain numbers; "127.evil.example" is a name.
bool IsLoopbackV4(absl::string_view host) {
  if (!absl::StartsWith(host, "127.")) return false;
  int dots = 0;
  for (char c : host) {
    if (c == '.') {
      ++dots;
    } else if (c < '0' || c > '9') {
      return false;
    }
  }
  return dots == 3;
}

void AddArguments(const ServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(options.max_receive_bytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_streams_per_connection);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                             Milliseconds(options.max_connection_age));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                             Milliseconds(options.max_connection_age_grace));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.keepalive_time));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             Milliseconds(options.keepalive_timeout));
  grpc::ResourceQuota quota("crm");
  quota.Resize(options.max_buffer_bytes);
  builder.SetResourceQuota(quota);
}

void OfferReflection() {
  static const bool offered = [] {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  (void)offered;
}

}  // namespace

bool IsLoopback(absl::string_view listen) {
  if (absl::StartsWith(listen, "unix:")) return true;
  const absl::string_view host = HostOf(listen);
  return host == "localhost" || host == "::1" || IsLoopbackV4(host);
}

Server::Server(ServerOptions options) : options_(std::move(options)) {}

Server::~Server() { Drain(absl::ZeroDuration(), absl::ZeroDuration()); }

void Server::Register(ServiceCore& service) {
  service.RequireAllBound();
  services_.push_back(&service);
}

absl::Status Server::Start() {
  if (options_.credentials == nullptr && !options_.allow_insecure_listen &&
      !IsLoopback(options_.listen)) {
    return absl::InvalidArgumentError(
        absl::StrCat("refusing to listen on ", options_.listen,
                     " without TLS; use a loopback address or --allow-insecure-listen"));
  }
  if (options_.reflection) OfferReflection();
  grpc::ServerBuilder builder;
  AddArguments(options_, builder);
  for (ServiceCore* service : services_) builder.RegisterService(service);
  auto listening =
      Listen(builder, options_.listen,
             options_.credentials ? options_.credentials : grpc::InsecureServerCredentials(),
             options_.port_file);
  if (!listening.ok()) return listening.status();
  port_ = listening->port;
  server_ = std::move(listening->server);
  SetServing(false);
  return absl::OkStatus();
}

void Server::SetServing(absl::string_view name, bool serving) {
  if (server_ == nullptr) return;
  server_->GetHealthCheckService()->SetServingStatus(std::string(name), serving);
}

void Server::SetServing(bool serving) {
  SetServing("", serving);
  for (const ServiceCore* service : services_) SetServing(service->name(), serving);
}

void Server::Drain(absl::Duration delay, absl::Duration grace) {
  if (server_ == nullptr || drained_) return;
  drained_ = true;
  // Final: later settings are ignored, so nothing can announce this server again.
  server_->GetHealthCheckService()->Shutdown();
  absl::SleepFor(delay);
  for (ServiceCore* const service : services_) service->EndStreams();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  server_->Wait();
}

}  // namespace crm::rpc
