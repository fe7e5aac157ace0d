#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "common/feed/feed_event.h"

namespace crm::feed {

// The newest events of the log, up to a number and a size, for subscribers who keep up. One thread
// at a time.
class RecentEvents {
 public:
  RecentEvents(size_t most, size_t most_bytes) : most_(most), most_bytes_(most_bytes) {}

  // There is nothing yet; what comes next is beyond `position`.
  void Begin(int64_t position);
  // It is not known where the log is.
  void Forget();
  bool known() const { return known_; }

  // The next one, beyond all others.
  void Add(FeedEventPointer event);

  // Whoever has read up to here, or further, finds all that follows.
  int64_t begin() const { return begin_; }
  // The last sequence that was added, or else where it began.
  int64_t end() const { return end_; }

  // The events beyond `position`.
  absl::Span<const FeedEventPointer> After(int64_t position) const;

 private:
  const size_t most_;
  const size_t most_bytes_;
  bool known_ = false;
  int64_t begin_ = 0;
  int64_t end_ = 0;
  size_t bytes_ = 0;
  // The oldest are let go by halves, so that all that are left stand side by side.
  std::vector<FeedEventPointer> events_;
};

}  // namespace crm::feed
