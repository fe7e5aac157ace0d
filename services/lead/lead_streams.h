#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "common/serving/service.h"
#include "common/serving/subscription.h"
#include "services/lead/lead_options.h"

namespace crm::lead {

// What the service does with its neighbours' stage events: it erases what contacts are erased of,
// and keeps what becomes of the opportunities that its leads were converted into.
std::vector<serving::SubscriptionPlan> PlansOf(const serving::Process& process,
                                               const LeadOptions& options);

// The neighbours' logs that it follows, each with a channel: contact, then opportunity. Errors:
// neighbours::ChannelTo's.
absl::StatusOr<std::vector<serving::Followed>> FollowedStreams(const serving::Process& process,
                                                               const LeadOptions& options);

}  // namespace crm::lead
