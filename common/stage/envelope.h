#pragma once

#include <array>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/event/entry_format.h"
#include "common/event/event.h"
#include "common/event/event_log.h"
#include "common/redis/stream.h"
#include "crm/event/v1/stage_event.pb.h"

// What stands in the entries of a stream of stage events.
namespace crm::stage {

// CloudEvents 1.0 binary mode: always all fields, always in this order, empty where absent. Fields
// are what readers filter or order by without parsing; everything, also these, stands in `data`,
// the proto3 JSON of the StageChanged. A contract: fields may be added before datacontenttype, none
// changes its meaning or goes (docs/events.md).
inline constexpr std::array<event::EntryField, 16> kEntryFields = {{
    {"specversion", "1.0"},
    {event::kIdField},
    {"source"},
    {"type"},
    {"subject"},
    {"time"},
    {"tenant"},
    {"seq"},
    {event::kEpochField},
    {"version"},
    {"from_stage"},
    {"to_stage"},
    {"amount_minor"},
    {"currency"},
    {"datacontenttype", "application/json"},
    {"data"},
}};

class StageEntryRenderer final : public event::EntryRenderer {
 public:
  absl::Span<const event::EntryField> fields() const override { return kEntryFields; }
  absl::Status Render(const event::LogRow& row, event::EntryValues& values) override;
  absl::string_view trace() const override { return change_.traceparent(); }

 private:
  crm::event::v1::StageChanged change_;  // kept for its memory
};

// The event in a stream entry. INVALID_ARGUMENT if the entry is none of ours: a missing field,
// `seq` that is not the right half of the id, `data` that is no StageChanged or of another event
// id.
absl::StatusOr<crm::event::v1::StageEvent> StageEventOf(const redis::StreamEntry& entry);

// The same as consumers get it: an event::EntryDecoder.
absl::StatusOr<event::Event> DecodeEntry(const redis::StreamEntry& entry);

// The same for consumers of events of these types: others have no payload, and are not parsed.
absl::StatusOr<event::Event> DecodeEntryOf(absl::Span<const absl::string_view> types,
                                           const redis::StreamEntry& entry);
bool HasPayload(const event::Event& event);

}  // namespace crm::stage
