#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/serving/service.h"
#include "common/serving/subscription.h"

namespace crm::opportunity {

// The neighbours' addresses. The program has no other flags of its own.
struct OpportunityOptions {
  std::string contact_address;
  std::string lead_address;
};

// What the service does with contacts' stage events: it erases what contacts are erased of.
serving::SubscriptionPlan ErasuresOf(const serving::Process& process);

// The neighbours' logs that it follows, each with a channel: contact alone. Errors:
// neighbours::ChannelTo's.
absl::StatusOr<std::vector<serving::Followed>> FollowedStreams(const serving::Process& process,
                                                               const OpportunityOptions& options);

}  // namespace crm::opportunity
