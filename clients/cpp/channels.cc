#include "clients/cpp/channels.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/call_context.h"
#include "common/rpc/channel.h"

namespace crm::client {
namespace {

// A batch of 1000 leads with their verdicts stays far below.
constexpr int kMaxReceiveBytes = 64 << 20;

std::string RetryingConfig(Service service) {
  std::vector<std::string> services;
  switch (service) {
    case Service::kContact:
      services = {"crm.contact.v1.ContactService", "crm.contact.v1.AccountService"};
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
  return rpc::ServiceConfigJson(services);
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Retrying(Service service,
                                                        const std::string& address) {
  rpc::ChannelOptions options;
  options.target = address;
  options.service_config = RetryingConfig(service);
  options.max_receive_bytes = kMaxReceiveBytes;
  return rpc::MakeChannel(options);
}

// Without the layers that AsyncCalls does not need (retries, compression, statistics): they cost
// about a third of the client's time. Deadlines stay.
std::shared_ptr<grpc::Channel> Plain(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_MINIMAL_STACK, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_DEADLINE_CHECKS, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetMaxReceiveMessageSize(kMaxReceiveBytes);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
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

absl::StatusOr<Channels> Channels::Make(const Addresses& addresses, Retries retries) {
  Channels channels;
  for (int i = 0; i < kServiceCount; ++i) {
    const auto service = static_cast<Service>(i);
    if (addresses.Of(service).empty()) continue;
    if (retries == Retries::kNone) {
      channels.channels_[i] = Plain(addresses.Of(service));
      continue;
    }
    CRM_ASSIGN_OR_RETURN(channels.channels_[i], Retrying(service, addresses.Of(service)));
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

}  // namespace crm::client
