#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/serving/grpc_stage_event_source.h"
#include "common/serving/service.h"
#include "common/serving/subscription.h"
#include "services/contact/contact_options.h"

namespace crm::contact {

// What the service does with a neighbour's stage events: the lifecycle, and answers to erasures.
serving::SubscriptionPlan LifecycleOf(const serving::Process& process,
                                      const ContactOptions& options, const std::string& neighbour);

// The neighbours' logs that it follows, each with a channel: lead, then opportunity. Errors:
// neighbours::ChannelTo's.
absl::StatusOr<std::vector<serving::Followed>> FollowedStreams(const serving::Process& process,
                                                               const ContactOptions& options);

// All partitions of a neighbour's log, as it says now. Blocks for an answer; its errors.
using Logs = std::vector<std::unique_ptr<serving::GrpcStageEventSource>>;
absl::StatusOr<Logs> LogsOf(const std::shared_ptr<grpc::Channel>& channel);

}  // namespace crm::contact
