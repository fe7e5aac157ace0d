// The part of the feed that serves from the log those who begin or are behind.

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/event/event_log.h"
#include "common/feed/feed.h"

namespace crm::feed {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);  // with the database
constexpr int kLogPage = 200;                           // about what a response holds
constexpr absl::Duration kUntilPoked = absl::Hours(1);

}  // namespace

void Feed::Serve() {
  while (!serve_.stopping()) {
    std::vector<Subscriber*> opening, behind, over;
    bool closed = false;
    {
      absl::MutexLock lock(&mutex_);
      closed = closed_;
      for (Subscriber* const subscriber : queue_) {
        subscriber->place_ = Subscriber::Place::kAway;
        const bool ends = closed_ || subscriber->cancelled_;
        (ends ? over : subscriber->opened_ ? behind : opening).push_back(subscriber);
      }
      queue_.clear();
    }
    behind_.Set(static_cast<double>(behind.size()));
    EndAll(over, closed ? absl::OkStatus() : Gone());
    if (!opening.empty()) Open(opening);
    if (!behind.empty()) ReadFor(std::move(behind));
    if (opening.empty() && behind.empty() && over.empty()) serve_.Wait(kUntilPoked);
  }
}

void Feed::Open(const std::vector<Subscriber*>& waiting) {
  const absl::StatusOr<event::LogPage> newest =
      event::ReadLog(pool_, pg::Tenants::All(),
                     {.partition = options_.tail.partition, .newest_first = true, .limit = 1},
                     base::Deadline::After(kPatience));
  if (!newest.ok()) return EndAll(waiting, newest.status());
  for (Subscriber* const subscriber : waiting) {
    const absl::StatusOr<Progress> begin = BeginOf(subscriber->beginning_, *newest);
    if (!begin.ok()) {
      subscriber->End(begin.status());
      continue;
    }
    Turn turn;
    {
      absl::MutexLock lock(&mutex_);
      Saw(newest->last());
      subscriber->opened_ = true;
      subscriber->progress_ = *begin;
      turn = Sent(*subscriber, WhatWasRead(subscriber->progress_));
    }
    Do(*subscriber, std::move(turn));
  }
}

absl::StatusOr<Progress> Feed::BeginOf(const Beginning& beginning, const event::LogPage& newest) {
  Progress progress;
  progress.read = newest.last_sequence;
  if (const auto* const after = std::get_if<After>(&beginning)) {
    progress.read = std::max(after->sequence, newest.floor_sequence - 1);
  } else if (const auto* const since = std::get_if<Since>(&beginning)) {
    CRM_ASSIGN_OR_RETURN(progress.read,
                         event::SequenceBefore(pool_, options_.tail.partition, since->time,
                                               base::Deadline::After(kPatience)));
  }
  if (!newest.rows.empty() && newest.rows[0].sequence == progress.read) {
    progress.milliseconds = newest.rows[0].milliseconds;
  }
  progress.told = progress.read;
  return progress;
}

// One page for as many as it suits.
void Feed::ReadFor(std::vector<Subscriber*> waiting) {
  std::sort(waiting.begin(), waiting.end(), [](const Subscriber* a, const Subscriber* b) {
    return a->progress_.read < b->progress_.read;
  });
  for (size_t i = 0; i < waiting.size();) {
    const absl::StatusOr<event::LogPage> page =
        event::ReadLog(pool_, pg::Tenants::All(),
                       {.partition = options_.tail.partition,
                        .after = waiting[i]->progress_.read,
                        .limit = kLogPage},
                       base::Deadline::After(kPatience));
    if (!page.ok())
      return EndAll({waiting.begin() + static_cast<std::ptrdiff_t>(i), waiting.end()},
                    page.status());
    log_pages_.Increment();
    std::vector<FeedEventPointer> events;
    for (const event::LogRow& row : page->rows) events.push_back(FeedEventOf(row));
    do {
      Do(*waiting[i], FromPage(*waiting[i], events, page->last()));
    } while (++i < waiting.size() && !events.empty() &&
             waiting[i]->progress_.read < events.back()->sequence);
  }
}

Feed::Turn Feed::FromPage(Subscriber& subscriber, absl::Span<const FeedEventPointer> events,
                          const redis::StreamId& last) {
  absl::MutexLock lock(&mutex_);
  Saw(last);
  Progress& progress = subscriber.progress_;
  // What is in memory and follows nothing of the log: a gap.
  if (events.empty()) {
    if (recent_.known()) progress.told = progress.read = std::max(progress.read, recent_.begin());
    return TurnOf(subscriber);
  }
  Stretch stretch;
  switch (Collect(subscriber.interest_, Beyond(events, progress.read), progress, stretch)) {
    case Found::kStretch:
      return Sent(subscriber, std::move(stretch));
    case Found::kDamage:
      return {Turn::What::kEnd, {}, error::DataDamaged("the next stage event")};
    case Found::kNothing:
      break;
  }
  if (base::SteadyNow() >= subscriber.next_beat_) {
    return Sent(subscriber, WhatWasRead(progress));
  }
  return TurnOf(subscriber);
}

}  // namespace crm::feed
