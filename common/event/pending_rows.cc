#include "common/event/pending_rows.h"

#include <utility>

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

}  // namespace crm::event
