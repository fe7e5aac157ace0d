#include "clients/cpp/channels.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/call_context.h"
#include "common/rpc/channel.h"
#include "common/rpc/metadata.h"
#include "common/rpc/server.h"

namespace crm::client {
namespace {

using Credentials = std::shared_ptr<grpc::ChannelCredentials>;

// A batch of 1000 leads with their verdicts stays far below.
constexpr int kMaxReceiveBytes = 64 << 20;

std::string RetryingConfig(Service service) {
  std::vector<std::string> services;
  switch (service) {
    case Service::kContact:
      services = {"crm.contact.v1.ContactService", "crm.contact.v1.ContactSearchService",
                  "crm.contact.v1.AccountService", "crm.contact.v1.ErasureService",
                  "crm.contact.v1.MergeService"};
      break;
    case Service::kLead:
      services = {"crm.lead.v1.LeadService", "crm.lead.v1.QualificationPolicyService",
                  "crm.lead.v1.ConversionService", "crm.lead.v1.PredictionService",
                  "crm.lead.v1.AssignmentService"};
      break;
    case Service::kOpportunity:
      services = {"crm.opportunity.v1.OpportunityService"};
      break;
  }
  services.push_back("crm.event.v1.StageEventService");
  services.push_back("crm.event.v1.WebhookService");
  services.push_back("crm.audit.v1.AuditService");
  return rpc::ServiceConfigJson(services);
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Retrying(Service service, const std::string& address,
                                                        const Credentials& credentials) {
  rpc::ChannelOptions options;
  options.credentials = credentials;
  options.target = address;
  options.service_config = RetryingConfig(service);
  options.max_receive_bytes = kMaxReceiveBytes;
  return rpc::MakeChannel(options);
}

// Without the layers that AsyncCalls does not need (retries, compression, statistics): they cost
// about a third of the client's time. Deadlines stay.
std::shared_ptr<grpc::Channel> Plain(const std::string& address, const Credentials& credentials) {
  grpc::ChannelArguments arguments;
  // With TLS the name of the server is checked for each call, by a layer that this leaves out.
  arguments.SetInt(GRPC_ARG_MINIMAL_STACK, credentials == nullptr);
  arguments.SetInt(GRPC_ARG_ENABLE_DEADLINE_CHECKS, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetMaxReceiveMessageSize(kMaxReceiveBytes);
  return grpc::CreateCustomChannel(
      address, credentials ? credentials : grpc::InsecureChannelCredentials(), arguments);
}

// "dns:///localhost:1", "ipv4:127.0.0.1:1,127.0.0.1:2", "localhost:1", "unix:/path".
bool StaysHere(absl::string_view target) {
  if (target.empty() || absl::StartsWith(target, "unix:")) return true;
  for (const absl::string_view scheme : {"dns:///", "ipv4:", "ipv6:"}) {
    if (absl::ConsumePrefix(&target, scheme)) break;
  }
  for (const absl::string_view address : absl::StrSplit(target, ',')) {
    if (!rpc::IsLoopback(address)) return false;
  }
  return true;
}

}  // namespace

const char* NameOf(Service service) {
  static constexpr const char* kNames[] = {"contact", "lead", "opportunity"};
  return kNames[static_cast<int>(service)];
}

const std::string& Addresses::Of(Service service) const {
  if (service == Service::kContact) return contact;
  return service == Service::kLead ? lead : opportunity;
}

absl::StatusOr<Channels> Channels::Make(
    const Addresses& addresses, Retries retries,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  Channels channels;
  for (int i = 0; i < kServiceCount; ++i) {
    const auto service = static_cast<Service>(i);
    if (addresses.Of(service).empty()) continue;
    if (retries == Retries::kNone) {
      channels.channels_[i] = Plain(addresses.Of(service), credentials);
      continue;
    }
    CRM_ASSIGN_OR_RETURN(channels.channels_[i],
                         Retrying(service, addresses.Of(service), credentials));
  }
  return channels;
}

const std::shared_ptr<grpc::Channel>& Channels::Of(Service service) const {
  return channels_[static_cast<int>(service)];
}

absl::Status Check(const Caller& caller) {
  error::Error error = error::InvalidFields();
  constexpr char kRule[] = "letters, digits and . _ @ : - only, at most ";
  if (!rpc::IsIdentity(caller.tenant, rpc::kMaxTenantSize)) {
    error.Violation("tenant", absl::StrCat(kRule, rpc::kMaxTenantSize, " characters"));
  }
  if (!rpc::IsIdentity(caller.actor, rpc::kMaxActorSize)) {
    error.Violation("actor", absl::StrCat(kRule, rpc::kMaxActorSize, " characters"));
  }
  if (error.HasViolations()) return error;
  return absl::OkStatus();
}

absl::Status CheckTokenIsSafe(const Addresses& addresses, const Caller& caller,
                              const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  if (caller.token == nullptr || credentials != nullptr) return absl::OkStatus();
  for (int i = 0; i < kServiceCount; ++i) {
    const auto service = static_cast<Service>(i);
    if (StaysHere(addresses.Of(service))) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("the token would go to the ", NameOf(service),
                     " service in plain text; say whom to trust for TLS"));
  }
  return absl::OkStatus();
}

void Identify(grpc::ClientContext& context, const Caller& caller) {
  if (caller.token != nullptr) {
    context.AddMetadata("authorization", absl::StrCat("Bearer ", caller.token->Current()));
    return;
  }
  context.AddMetadata(rpc::kTenantKey, caller.tenant);
  context.AddMetadata(rpc::kActorKey, caller.actor);
}

}  // namespace crm::client
