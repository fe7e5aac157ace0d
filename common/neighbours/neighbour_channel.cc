#include "common/neighbours/neighbour_channel.h"

#include <utility>

#include "common/rpc/channel.h"

namespace crm::neighbours {

absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(const std::string& address,
                                                         const std::string& service,
                                                         Credentials credentials) {
  rpc::ChannelOptions options;
  options.target = address;
  options.credentials = std::move(credentials);
  options.service_config = rpc::ServiceConfigJson({service});
  return rpc::MakeChannel(options);
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> EventChannelTo(const std::string& address,
                                                              Credentials credentials) {
  return ChannelTo(address, "crm.event.v1.StageEventService", std::move(credentials));
}

}  // namespace crm::neighbours
