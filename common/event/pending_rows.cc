#include "common/event/pending_rows.h"

#include <utility>

#include "common/base/status.h"

namespace crm::event {

void PendingRows::Add(std::vector<LogRow> page) {
  if (!page.empty()) pages_.push_back(std::move(page));
}

void PendingRows::RemoveFirst(size_t rows) {
  sent_ += rows;
  if (sent_ < pages_.front().size()) return;
  pages_.pop_front();
  sent_ = 0;
}

void PendingRows::Clear() {
  pages_.clear();
  sent_ = 0;
}

void PendingRows::ReadAhead(Sequencer& log, int limit) {
  const auto read = [&log, after = last_sequence(), limit] { return log.ReadAfter(after, limit); };
  // By whoever asks for it, if there can be no thread.
  ahead_ = std::async(std::launch::async | std::launch::deferred, read);
}

absl::Status PendingRows::AddAhead() {
  CRM_ASSIGN_OR_RETURN(std::vector<LogRow> page, ahead_.get());
  Add(std::move(page));
  return absl::OkStatus();
}

}  // namespace crm::event
