#include "common/feed/feed_event.h"

#include <utility>

#include "common/base/status.h"
#include "common/stage/envelope.h"
#include "common/stage/stage_event.h"
#include "crm/event/v1/stage_event_service.pb.h"

namespace crm::feed {
namespace {

FeedEvent Encoded(crm::event::v1::StageEvent&& event, int64_t milliseconds) {
  FeedEvent made;
  made.sequence = event.sequence();
  made.milliseconds = milliseconds;
  made.tenant = event.change().tenant();
  made.type = event.change().type();
  made.subject = event.change().subject();
  made.to_stage = event.change().to_stage();
  crm::event::v1::SubscribeStageEventsResponse alone;
  *alone.add_events() = std::move(event);
  made.encoded = alone.SerializeAsString();
  return made;
}

}  // namespace

FeedEventPointer FeedEventOf(const event::LogRow& row) {
  absl::StatusOr<crm::event::v1::StageEvent> event = stage::StageEventOf(row);
  if (event.ok()) {
    FeedEvent made = Encoded(*std::move(event), row.milliseconds);
    made.tenant = row.tenant;
    return std::make_shared<const FeedEvent>(std::move(made));
  }
  FeedEvent damaged;
  damaged.sequence = row.sequence;
  damaged.milliseconds = row.milliseconds;
  damaged.tenant = row.tenant;
  damaged.damaged = true;
  return std::make_shared<const FeedEvent>(std::move(damaged));
}

absl::StatusOr<FeedEventPointer> FeedEventOf(const redis::StreamEntry& entry) {
  CRM_ASSIGN_OR_RETURN(crm::event::v1::StageEvent event, stage::StageEventOf(entry));
  return std::make_shared<const FeedEvent>(Encoded(std::move(event), entry.id.ms));
}

}  // namespace crm::feed
