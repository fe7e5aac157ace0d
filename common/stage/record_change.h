#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/uuid.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::stage {

// A field that a write changed, as crm.event.v1.FieldChange has it: both values are empty where
// they are not published.
struct FieldChange {
  std::string field;
  std::string before;
  std::string after;

  friend bool operator==(const FieldChange&, const FieldChange&) = default;
};

// What a write of a thing changed beside what its moves say, to be published: nothing in it may be
// personal. If the write moved the thing, the move's event tells it; else it is an event of its
// own. Empty or absent means "does not apply".
struct RecordChange {
  std::string tenant;
  std::string kind;                // as in StageRecord
  base::Uuid id;                   // of the thing
  base::Uuid event_id;             // if it is an event of its own
  std::optional<base::Uuid> move;  // the event of the move in the same write
  int64_t stage_version = 0;       // of the thing's latest move at the end of the write
  int64_t revision = 0;            // that the write made
  absl::Time recorded;
  std::string actor;
  std::string method;
  std::string contact;  // resource names
  std::string lead;
  std::string opportunity;
  std::string causation_id;
  std::string correlation_id;
  std::string request_id;
  std::vector<FieldChange> fields;  // at least one

  friend bool operator==(const RecordChange&, const RecordChange&) = default;
};

// The event of its own: "crm.<service>.<thing>.record_changed.v1", in effect from when it was
// recorded. INTERNAL for an unknown kind.
absl::StatusOr<crm::event::v1::StageChanged> ChangeOf(const RecordChange& record);

// Has the event of the move in the same write tell it.
void TellBeside(const RecordChange& record, crm::event::v1::StageChanged& move);

}  // namespace crm::stage
