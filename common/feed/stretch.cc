#include "common/feed/stretch.h"

#include <algorithm>

namespace crm::feed {
namespace {

bool Allows(const absl::flat_hash_set<std::string>& wanted, const std::string& value) {
  return wanted.empty() || wanted.contains(value);
}

}  // namespace

bool Interest::Wants(const FeedEvent& event) const {
  return Allows(tenants, event.tenant) && Allows(types, event.type) &&
         Allows(subjects, event.subject) && Allows(to_stages, event.to_stage);
}

Stretch WhatWasRead(Progress& progress) {
  Stretch stretch;
  stretch.begin = progress.told + 1;
  stretch.read = progress.read;
  stretch.milliseconds = progress.milliseconds;
  progress.told = progress.read;
  return stretch;
}

Found Collect(const Interest& interest, absl::Span<const FeedEventPointer> events,
              Progress& progress, Stretch& stretch) {
  std::vector<FeedEventPointer> wanted;
  size_t bytes = 0;
  bool ends = false;  // with what there is so far, whatever that is
  for (const FeedEventPointer& event : events) {
    const bool all_told = progress.read == progress.told;
    if (event->sequence != progress.read + 1) {
      ends = !all_told;
      if (ends) break;
      progress.told = progress.read = event->sequence - 1;
    }
    if (interest.MaySee(*event)) {
      if (event->damaged) {
        if (progress.read == progress.told) return Found::kDamage;
        ends = true;
        break;
      }
      if (interest.Wants(*event)) {
        const size_t size = event->encoded.size();
        if (wanted.size() == kStretchEvents || (bytes > 0 && bytes + size > kStretchBytes)) break;
        bytes += size;
        wanted.push_back(event);
      }
    }
    progress.read = event->sequence;
    progress.milliseconds = event->milliseconds;
  }
  if (wanted.empty() && !ends) return Found::kNothing;
  stretch = WhatWasRead(progress);
  stretch.events = std::move(wanted);
  return Found::kStretch;
}

absl::Span<const FeedEventPointer> Beyond(absl::Span<const FeedEventPointer> events,
                                          int64_t sequence) {
  const auto first = std::partition_point(
      events.begin(), events.end(),
      [sequence](const FeedEventPointer& event) { return event->sequence <= sequence; });
  return events.subspan(static_cast<size_t>(first - events.begin()));
}

}  // namespace crm::feed
