#pragma once

#include <array>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/event/stage_record.h"
#include "common/redis/stream.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::event {

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

// Texts gathered in one buffer, so that thousands of small values cost no allocations.
class TextBuffer {
 public:
  void Clear();
  void Add(absl::string_view text);
  // Room for a text that is appended to in place: append to bytes(), then call Close().
  std::string& bytes() { return bytes_; }
  void Close() { ends_.push_back(bytes_.size()); }
  size_t size() const { return ends_.size(); }
  size_t byte_size() const { return bytes_.size(); }
  // Appends views of all texts; valid until the buffer changes.
  void AppendViews(std::vector<absl::string_view>& out) const;

 private:
  std::string bytes_;
  std::vector<size_t> ends_;
};

// Adds the values of one entry in the order of kFieldNames, leaving out the two constant ones
// (specversion and datacontenttype): 27 texts.
void AddEntryValues(const crm::event::v1::StageChanged& change, int64_t sequence, int64_t epoch,
                    TextBuffer& out);

// The event in a stream entry. INVALID_ARGUMENT if the entry is none of ours: a missing field,
// `seq` that is not the right half of the id, `data` that is no StageChanged or of another event
// id.
absl::StatusOr<crm::event::v1::StageEvent> EventOfEntry(const redis::StreamEntry& entry);

}  // namespace crm::event
