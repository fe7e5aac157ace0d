#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "crm/event/v1/stage_event.pb.h"

namespace crm::crmctl {

enum class EventFormat { kJsonLines, kCsv };

// Writes events one a line: as proto3 JSON of StageEvent, or as CSV with a line of titles. A file
// that was left in the middle can be gone on with.
class EventWriter {
 public:
  // `path` empty: standard output. With `resume` a file that exists is gone on with behind its last
  // whole line (what is left of another is cut off); without it a file that exists is refused, so
  // that nothing is overwritten. ALREADY_EXISTS, INVALID_ARGUMENT (not a file of this format),
  // UNAVAILABLE (it cannot be opened).
  static absl::StatusOr<std::unique_ptr<EventWriter>> Open(const std::string& path,
                                                           EventFormat format, bool resume);
  ~EventWriter();

  // The sequence of the last event that the file has; 0 if none.
  int64_t last_sequence() const { return last_sequence_; }

  // What follows is of another partition.
  void BeginAnew() { last_sequence_ = 0; }

  // UNAVAILABLE if it cannot be written, as when the disk is full.
  absl::Status Write(const event::v1::StageEvent& event);
  // What was written is with the system.
  absl::Status Flush();

 private:
  EventWriter(std::FILE* file, EventFormat format, int64_t last_sequence);

  std::FILE* const file_;
  const EventFormat format_;
  int64_t last_sequence_;
};

}  // namespace crm::crmctl
