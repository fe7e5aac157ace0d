#pragma once

#include <absl/status/statusor.h>

#include <memory>

#include "common/rpc/stream_method.h"
#include "common/rpc/validation.h"
#include "common/serving/stage_event_service.h"
#include "crm/event/v1/stage_event_service.pb.h"

// SubscribeStageEvents: a call as a subscriber of the feed.
namespace crm::serving {

void CheckSubscription(const event::v1::SubscribeStageEventsRequest& request, rpc::Validation& v);

// Errors: those of CheckPartition and Feed::Add. The feeds must outlive the call.
absl::StatusOr<std::unique_ptr<rpc::StreamSource>> OpenSubscription(
    const Feeds& feeds, rpc::StreamCall& call,
    const event::v1::SubscribeStageEventsRequest& request);

// INVALID_ARGUMENT FIELD_INVALID if there is no such partition; UNAVAILABLE DATABASE_UNAVAILABLE as
// long as it is not known how many there are.
absl::Status CheckPartition(int partition, int partitions);

// "opportunities/<uuid>" and so on: what a stage event can be about.
void CheckSubject(absl::string_view path, absl::string_view subject, rpc::Validation& v);

}  // namespace crm::serving
