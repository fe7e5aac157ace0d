#include "clients/cpp/channels.h"

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/call_context.h"
#include "common/rpc/channel.h"

namespace crm::client {
namespace {

std::string ConfigOf(Service service, Channels::Retries retries) {
  if (retries == Channels::Retries::kNone) return rpc::ServiceConfigJson({});
  std::vector<std::string> services;
  switch (service) {
    case Service::kContact:
      services = {"crm.contact.v1.ContactService", "crm.contact.v1.AccountService"};
      break;
    case Service::kLead:
      services = {"crm.lead.v1.LeadService"};
      break;
    case Service::kOpportunity:
      services = {"crm.opportunity.v1.OpportunityService"};
      break;
  }
  services.push_back("crm.event.v1.StageEventService");
  return rpc::ServiceConfigJson(services);
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
    rpc::ChannelOptions options;
    options.target = addresses.Of(service);
    options.service_config = ConfigOf(service, retries);
    // A batch of 1000 leads with their verdicts stays far below.
    options.max_receive_bytes = 64 << 20;
    CRM_ASSIGN_OR_RETURN(channels.channels_[i], rpc::MakeChannel(options));
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
