#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace crm::testing {

// A call of a client, as tests/fault/history/history.py explains it.
struct RecordedCall {
  std::string thing;  // UUID
  int worker = 0;
  bool move = false;  // else a read
  int64_t begin = 0;  // nanoseconds of the monotonic clock
  int64_t end = 0;
  std::string outcome;                   // "ok", "refused" or "open"
  std::optional<int64_t> version = {};   // as answered
  std::string stage;                     // as answered or asked for
  std::string request = {};              // of a move
  std::optional<int64_t> expected = {};  // the version that a move names as its ground
};

// A file of JSON lines that threads write what happened into. Texts are ids and keys, which need no
// escapes. Thread-safe.
class Recorder {
 public:
  explicit Recorder(const std::string& file);

  void Write(const RecordedCall& call);
  void Allow(absl::string_view from, absl::string_view to);
  void Saw(absl::string_view by, int partition, absl::string_view entry, absl::string_view event,
           absl::string_view content);
  void Told(absl::string_view by, int partition, int64_t sequence, absl::string_view entry,
            absl::string_view event);
  void Flush();

 private:
  void Line(absl::string_view text);

  absl::Mutex mutex_;
  std::ofstream file_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::testing
