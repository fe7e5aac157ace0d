#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/event/event.h"
#include "common/event/event_log.h"
#include "common/stage/stage_record.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::stage {

// What the keys of a service's streams begin with: "crm:stage-events:<service>:".
std::string StreamKeys(absl::string_view service);
// "crm:stage-events:<service>:<partition>".
std::string StreamKey(absl::string_view service, int partition);

// The resource name of a thing: "opportunities/<uuid>". INTERNAL for an unknown kind.
absl::StatusOr<std::string> SubjectOf(absl::string_view kind, const base::Uuid& id);

// The event of a recorded move, without its note. INTERNAL for an unknown kind.
absl::StatusOr<crm::event::v1::StageChanged> ChangeOf(const StageRecord& record);

// The event in a row of the log. DATA_LOSS if its payload is damaged.
absl::StatusOr<crm::event::v1::StageEvent> StageEventOf(const event::LogRow& row);

// As consumers of stage events get it: the payload is the serialized StageEvent.
event::Event ToEvent(const crm::event::v1::StageEvent& event);

}  // namespace crm::stage
