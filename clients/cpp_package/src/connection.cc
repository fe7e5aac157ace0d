#include "clients/cpp_package/src/connection.h"

#include <absl/random/random.h>
#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "crm/pipeline/errors.h"
#include "crm/pipeline/methods.h"

namespace crm::pipeline {
namespace {

constexpr int kMaxReceiveBytes = 64 << 20;  // a batch of 1000 leads stays far below

// Short breaks are bridged by gRPC: round robin over a name's addresses, servers that drain are
// left, up to 4 attempts on UNAVAILABLE. What lasts longer is bridged by the calls.
std::string ServiceConfig() {
  const std::string names = absl::StrJoin(kServices, ",", [](std::string* out, const char* name) {
    absl::StrAppend(out, R"({"service":")", name, R"("})");
  });
  return absl::StrCat(R"({"loadBalancingConfig":[{"round_robin":{}}],)",
                      R"("healthCheckConfig":{"serviceName":""},"methodConfig":[{"name":[)", names,
                      R"(],"retryPolicy":{"maxAttempts":4,"initialBackoff":"0.05s",)",
                      R"("maxBackoff":"1s","backoffMultiplier":2,)",
                      R"("retryableStatusCodes":["UNAVAILABLE"]}}]})");
}

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(ServiceConfig());
  arguments.SetMaxReceiveMessageSize(kMaxReceiveBytes);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 2000);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  return arguments;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::error_code ignored;
  std::ifstream stream(path);
  // A folder can be opened; iterators over it throw.
  if (!stream || std::filesystem::is_directory(path, ignored)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " cannot be read"));
  }
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text;
  absl::StripAsciiWhitespace(&*text);
  const auto belongs = [](char c) { return c > ' ' && c < 0x7f; };
  if (text->empty() || !std::all_of(text->begin(), text->end(), belongs)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " holds no token"));
  }
  return text;
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(const Settings& settings) {
  if (settings.tls_ca.empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  const std::pair<const std::string*, std::string*> files[] = {
      {&settings.tls_ca, &options.pem_root_certs},
      {&settings.tls_cert, &options.pem_cert_chain},
      {&settings.tls_key, &options.pem_private_key}};
  for (const auto& [path, target] : files) {
    if (path->empty()) continue;
    absl::StatusOr<std::string> text = ReadFile(*path);
    if (!text.ok()) return text.status();
    *target = *std::move(text);
  }
  return grpc::SslCredentials(options);
}

}  // namespace

std::optional<absl::Duration> PauseAfter(const absl::Status& error, int failures,
                                         absl::Duration remaining, double chance) {
  const std::optional<absl::Duration> delay = DetailsOf(error).retry_delay;
  // Without a delay it is too much for this call alone, as an answer beyond the limit.
  const bool passes = absl::IsUnavailable(error) || (absl::IsResourceExhausted(error) && delay);
  if (!passes) return std::nullopt;
  absl::Duration pause = absl::Milliseconds(50) * std::pow(2, std::min(failures - 1, 10));
  pause = std::min(pause, absl::Seconds(2)) * (1 - chance / 2);
  pause = std::max(pause, delay.value_or(absl::ZeroDuration()));
  if (pause >= remaining) return std::nullopt;
  return pause;
}

double Chance() {
  thread_local absl::BitGen generator;
  return absl::Uniform(generator, 0.0, 1.0);
}

absl::StatusOr<std::shared_ptr<Connection>> Connection::Open(const Settings& settings) {
  if (absl::Status status = settings.Check(); !status.ok()) return status;
  std::shared_ptr<Connection> made(new Connection(settings));
  if (settings.token.empty() && !settings.token_file.empty()) {
    absl::StatusOr<std::string> token = ReadToken(settings.token_file);
    if (!token.ok()) return token.status();
    absl::MutexLock lock(&made->mutex_);
    made->token_ = *std::move(token);
    made->looked_ = Clock::now();
  }
  const auto credentials = Credentials(settings);
  if (!credentials.ok()) return credentials.status();
  for (int i = 0; i < kServers; ++i) {
    const std::string& target = settings.Of(static_cast<Server>(i));
    if (target.empty()) continue;
    made->channels_[i] = grpc::CreateCustomChannel(target, *credentials, Arguments());
  }
  return made;
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Connection::ChannelTo(Server server) const {
  const auto& channel = channels_[static_cast<int>(server)];
  if (channel != nullptr) return channel;
  return absl::FailedPreconditionError(
      absl::StrCat("no address is known for the ", NameOf(server), " service"));
}

void Connection::Identify(grpc::ClientContext& context) {
  if (!settings_.token.empty()) {
    context.AddMetadata("authorization", absl::StrCat("Bearer ", settings_.token));
    return;
  }
  if (settings_.token_file.empty()) {
    const auto known = [](const std::string& name, const char* otherwise) {
      return name.empty() ? std::string(otherwise) : name;
    };
    context.AddMetadata("x-crm-tenant", known(settings_.tenant, "default"));
    context.AddMetadata("x-crm-actor", known(settings_.actor, "anonymous"));
    return;
  }
  bool due = false;
  {
    absl::MutexLock lock(&mutex_);
    due = Clock::now() - looked_ >= std::chrono::seconds(1);
  }
  if (due) Refresh();
  absl::MutexLock lock(&mutex_);
  context.AddMetadata("authorization", absl::StrCat("Bearer ", token_));
}

bool Connection::Refresh() {
  if (settings_.token_file.empty() || !settings_.token.empty()) return false;
  absl::MutexLock lock(&mutex_);
  looked_ = Clock::now();
  absl::StatusOr<std::string> token = ReadToken(settings_.token_file);
  if (!token.ok() || *token == token_) return false;
  token_ = *std::move(token);
  return true;
}

}  // namespace crm::pipeline
