#include "common/feed/recent_events.h"

#include <utility>

#include "common/feed/stretch.h"

namespace crm::feed {

void RecentEvents::Begin(int64_t position) {
  Forget();
  known_ = true;
  begin_ = end_ = position;
}

void RecentEvents::Forget() {
  events_.clear();
  bytes_ = 0;
  known_ = false;
}

void RecentEvents::Add(FeedEventPointer event) {
  end_ = event->sequence;
  bytes_ += event->encoded.size();
  events_.push_back(std::move(event));
  if (events_.size() <= most_ && bytes_ <= most_bytes_) return;
  const size_t gone = (events_.size() + 1) / 2;
  for (size_t i = 0; i < gone; ++i) bytes_ -= events_[i]->encoded.size();
  begin_ = events_[gone - 1]->sequence;
  events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(gone));
}

absl::Span<const FeedEventPointer> RecentEvents::After(int64_t position) const {
  return Beyond(events_, position);
}

}  // namespace crm::feed
