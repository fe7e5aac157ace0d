#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "common/feed/feed_event.h"

namespace crm::feed {

// Which events a subscriber may see and wants; an empty set lets all through.
struct Interest {
  bool all_tenants = false;
  std::string tenant = {};  // the caller's own
  absl::flat_hash_set<std::string> tenants = {};
  absl::flat_hash_set<std::string> types = {};
  absl::flat_hash_set<std::string> subjects = {};
  absl::flat_hash_set<std::string> to_stages = {};

  bool MaySee(const FeedEvent& event) const { return all_tenants || event.tenant == tenant; }
  bool Wants(const FeedEvent& event) const;
};

// How far a subscriber is.
struct Progress {
  int64_t told = 0;          // the last sequence that it was told about
  int64_t read = 0;          // the last one that was looked at for it; not less than `told`
  int64_t milliseconds = 0;  // when `read` was given; 0 if that is not known
};

// A part of the log as one subscriber is sent it.
struct Stretch {
  std::vector<FeedEventPointer> events;
  int64_t begin = 0;         // first sequence that is covered
  int64_t read = 0;          // last one; begin - 1 if none is
  int64_t milliseconds = 0;  // when `read` was given; 0 if that is not known
  redis::StreamId last;      // entry of the newest event of the log that is known
};

// What one response holds at most; one event may be larger.
inline constexpr size_t kStretchEvents = 500;
inline constexpr size_t kStretchBytes = size_t{128} << 10;

enum class Found {
  kNothing,  // all was looked at, nothing is to be sent
  kStretch,  // there is something to send
  kDamage,   // the next event is damaged, and all before it was told
};

// Looks through `events`, which are those of the log from the first one beyond `progress.read` on,
// for what is to be sent next. Where the log has a gap a stretch ends, and the one behind it begins
// later, so that a subscriber sees each gap as it is. `progress` moves on with what was looked at.
Found Collect(const Interest& interest, absl::Span<const FeedEventPointer> events,
              Progress& progress, Stretch& stretch);

// The stretch up to where `progress` is, without events.
Stretch WhatWasRead(Progress& progress);

// The events of `events`, ascending by sequence, that are beyond `sequence`.
absl::Span<const FeedEventPointer> Beyond(absl::Span<const FeedEventPointer> events,
                                          int64_t sequence);

}  // namespace crm::feed
