#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <future>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/event/event_log.h"
#include "common/event/sequencer.h"

namespace crm::event {

// Rows of the log that wait to be sent, in the pages in which they came. One thread at a time.
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
  void Clear();  // not while a page is read

  // Begins to read the page behind the last row, at most `limit` rows: what is here can be sent
  // meanwhile. Not if empty, nor while one is read. Until AddAhead nobody else may use `log` or its
  // connection.
  void ReadAhead(Sequencer& log, int limit);
  bool reading() const { return ahead_.valid(); }
  // Waits for the page and adds it. Errors as Sequencer::ReadAfter.
  absl::Status AddAhead();

 private:
  std::deque<std::vector<LogRow>> pages_;
  size_t sent_ = 0;                                         // of the oldest page
  std::future<absl::StatusOr<std::vector<LogRow>>> ahead_;  // waits in its destructor
};

}  // namespace crm::event
