// The end of the log, as it comes, for those who wait there.

#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/feed/feed.h"
#include "common/log/log.h"

namespace crm::feed {
namespace {

constexpr absl::Duration kRest = absl::Milliseconds(50);
constexpr absl::Duration kBeatInterval = absl::Seconds(1);
constexpr absl::Duration kLongTime = absl::Hours(1);

}  // namespace

void Feed::Follow() {
  base::SteadyTime next_beat = base::SteadyNow();
  while (!follow_.stopping()) {
    if (subscribers() == 0) {
      tail_.Disconnect();
      {
        absl::MutexLock lock(&mutex_);
        recent_.Forget();
      }
      follow_.Wait(kLongTime);
      continue;
    }
    const base::SteadyTime begun = base::SteadyNow();
    const absl::StatusOr<bool> came = FollowOnce();
    if (came.ok()) {
      backoff_.Reset();
    } else {
      if (backoff_.fresh()) {
        log::Warning("subscribers cannot be fed",
                     {{"stream", options_.tail.stream},
                      {"error", came.status().message()},
                      {"detail", error::PrivateTextOf(came.status())}});
      }
      follow_.Rest(base::SteadyNow() + backoff_.Next());
    }
    if (base::SteadyNow() >= next_beat) {
      Beat();
      next_beat = base::SteadyNow() + kBeatInterval;
    }
    // Where nothing comes and the stream is not there to wait for it.
    if (came.ok() && !*came) follow_.Rest(begun + kRest);
  }
}

// Whether events came.
absl::StatusOr<bool> Feed::FollowOnce() {
  bool known = false;
  {
    absl::MutexLock lock(&mutex_);
    known = recent_.known();
  }
  if (known) {
    const int64_t filled = tail_.from_log();
    CRM_ASSIGN_OR_RETURN(std::vector<FeedEventPointer> events, tail_.Read());
    from_log_.Increment(static_cast<double>(tail_.from_log() - filled));
    const bool came = !events.empty();
    Pass(std::move(events), std::nullopt);
    return came;
  }
  CRM_ASSIGN_OR_RETURN(const int64_t end, tail_.GoToEnd());
  Pass({}, end);
  return true;
}

// To those who wait; who does not will come for it. `begin`: what is kept begins there.
void Feed::Pass(std::vector<FeedEventPointer> events, std::optional<int64_t> begin) {
  std::vector<Subscriber*> idle;
  {
    absl::MutexLock lock(&mutex_);
    if (begin.has_value()) recent_.Begin(*begin);
    Saw(tail_.last());
    for (FeedEventPointer& event : events) recent_.Add(std::move(event));
    if (begin.has_value() || !events.empty()) idle = TakeIdle();
  }
  for (Subscriber* const subscriber : idle) Next(*subscriber);
}

void Feed::Beat() {
  std::vector<std::pair<Subscriber*, Turn>> due;
  {
    absl::MutexLock lock(&mutex_);
    const base::SteadyTime now = base::SteadyNow();
    for (Subscriber* const subscriber : idle_) {
      if (subscriber->next_beat_ > now) continue;
      due.emplace_back(subscriber, Sent(*subscriber, WhatWasRead(subscriber->progress_)));
      subscriber->place_ = Subscriber::Place::kAway;
    }
    for (const auto& [subscriber, turn] : due) idle_.erase(subscriber);
  }
  for (auto& [subscriber, turn] : due) Do(*subscriber, std::move(turn));
}

}  // namespace crm::feed
