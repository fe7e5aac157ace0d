#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/types/span.h"
#include "common/event/event_log.h"

namespace crm::event {

// Rows of the log that wait to be sent, in the pages in which they came.
class PendingRows {
 public:
  bool empty() const { return pages_.empty(); }
  size_t pages() const { return pages_.size(); }
  int64_t last_sequence() const { return pages_.back().back().sequence; }  // not if empty

  // What is left of the oldest page; not if empty.
  absl::Span<const LogRow> front() const {
    return absl::MakeConstSpan(pages_.front()).subspan(sent_);
  }

  // An empty page changes nothing.
  void Add(std::vector<LogRow> page);
  // The first `rows` of front() are done with.
  void RemoveFirst(size_t rows);
  void Clear();

 private:
  std::deque<std::vector<LogRow>> pages_;
  size_t sent_ = 0;  // of the oldest page
};

}  // namespace crm::event
