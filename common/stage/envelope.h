#pragma once

#include <array>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/redis/stream.h"
#include "common/stage/stage_record.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::stage {

// The fields of a stream entry: CloudEvents 1.0 binary mode, always all of them, always in this
// order, empty where absent. `data` is the proto3 JSON of the StageChanged.
inline constexpr std::array<absl::string_view, 29> kFieldNames = {
    "specversion", "id",           "source",          "type",         "subject",
    "time",        "recordedtime", "tenant",          "seq",          "epoch",
    "version",     "from_stage",   "to_stage",        "reason",       "actor",
    "contact",     "lead",         "opportunity",     "account",      "amount_minor",
    "currency",    "probability",  "dwell_seconds",   "causation_id", "correlation_id",
    "request_id",  "traceparent",  "datacontenttype", "data"};

inline constexpr absl::string_view kSpecVersion = "1.0";
inline constexpr absl::string_view kDataContentType = "application/json";

// "crm:stage-events:<service>:<partition>".
std::string StreamKey(absl::string_view service, int partition);

// The largest serialized StageChanged that may enter the outbox, in bytes.
inline constexpr size_t kMaxPayloadBytes = 48 * 1024;

// The event of a recorded move, without its note. INTERNAL for an unknown kind.
absl::StatusOr<crm::event::v1::StageChanged> ChangeOf(const StageRecord& record);

// Stream entries as words of a Redis command, two an entry, in the form in which they are sent. The
// first word holds the entry's id and the values of all fields in the order of kFieldNames but for
// the two constant ones (specversion, datacontenttype) and `data`: 27 texts, each with its length
// before it in two bytes, the lower one first. The second word is `data`.
class EntryWords {
 public:
  void Clear();
  // `change` is at most kMaxPayloadBytes when serialized.
  void Add(const crm::event::v1::StageChanged& change, redis::StreamId id, int64_t epoch);

  size_t count() const { return count_; }  // of words
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  std::string attributes_;
  std::string data_;
  size_t count_ = 0;
};

// The event in a stream entry. INVALID_ARGUMENT if the entry is none of ours: a missing field,
// `seq` that is not the right half of the id, `data` that is no StageChanged or of another event
// id.
absl::StatusOr<crm::event::v1::StageEvent> EventOfEntry(const redis::StreamEntry& entry);

}  // namespace crm::stage
