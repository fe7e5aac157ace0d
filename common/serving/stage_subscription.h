#pragma once

#include <absl/status/statusor.h>

#include <memory>

#include "common/feed/feed.h"
#include "common/rpc/stream_method.h"
#include "common/rpc/validation.h"
#include "crm/event/v1/stage_event_service.pb.h"

// SubscribeStageEvents: a call as a subscriber of the feed.
namespace crm::serving {

void CheckSubscription(const event::v1::SubscribeStageEventsRequest& request, rpc::Validation& v);

// Errors: those of Feed::Add. The feed must outlive the call.
absl::StatusOr<std::unique_ptr<rpc::StreamSource>> OpenSubscription(
    feed::Feed& feed, rpc::StreamCall& call, const event::v1::SubscribeStageEventsRequest& request);

// "opportunities/<uuid>" and so on: what a stage event can be about.
void CheckSubject(absl::string_view path, absl::string_view subject, rpc::Validation& v);

}  // namespace crm::serving
