#include "common/feed/feed.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/error/error.h"
#include "common/error/reasons.h"

namespace crm::feed {
namespace {

absl::Status TooMany() {
  return error::Error(absl::StatusCode::kResourceExhausted, error::kOverloaded,
                      "There are as many subscribers as may be. Try again later.")
      .With("cause", "subscribers")
      .RetryAfter(absl::Seconds(5));
}

absl::Status Stopping() {
  return error::Unavailable(error::kServerStopping, "The server is stopping.",
                            absl::Milliseconds(250));
}

}  // namespace

Feed::Feed(FeedOptions options, pg::Pool& pool, metrics::Registry& registry,
           base::RandomSource random)
    : options_(std::move(options)),
      pool_(pool),
      labels_({{"partition", absl::StrCat(options_.tail.partition)}}),
      count_(registry.GetGauge("crm_subscribers", "Subscriptions that are open.", labels_)),
      behind_(registry.GetGauge("crm_subscribers_behind",
                                "Subscriptions that were served from the log just now.", labels_)),
      sent_(registry.GetCounter("crm_subscriber_events_total", "Events sent to subscribers.",
                                labels_)),
      log_pages_(registry.GetCounter("crm_subscriber_log_pages_total",
                                     "Pages of the log read for subscribers.", labels_)),
      from_log_(registry.GetCounter("crm_subscriber_filled_total",
                                    "Events that the stream did not show to subscribers in time.",
                                    labels_)),
      recent_(options_.recent_events, options_.recent_bytes),
      tail_(options_.tail, pool),
      backoff_(absl::Milliseconds(50), absl::Seconds(2), std::move(random)) {}

Feed::~Feed() { Stop(); }

absl::Status Feed::Gone() {
  return error::Error(absl::StatusCode::kCancelled, error::kCallCancelled,
                      "The caller has gone away.");
}

void Feed::Start() {
  follower_ = std::thread([this] { Follow(); });
  server_ = std::thread([this] { Serve(); });
}

void Feed::Stop() {
  follow_.Stop();
  serve_.Stop();
  if (follower_.joinable()) follower_.join();
  if (server_.joinable()) server_.join();
}

size_t Feed::subscribers() const {
  absl::MutexLock lock(&mutex_);
  return all_.size();
}

int64_t Feed::last_sequence() const {
  absl::MutexLock lock(&mutex_);
  return last_.seq;
}

void Feed::Saw(const redis::StreamId& last) {
  if (last.seq > last_.seq) last_ = last;
}

absl::Status Feed::Add(Subscriber& subscriber) {
  {
    absl::MutexLock lock(&mutex_);
    if (closed_) return Stopping();
    if (subscriber.whose_ == Whose::kCallers && !TakeCaller(subscriber)) return TooMany();
    all_.insert(&subscriber);
    subscriber.place_ = Subscriber::Place::kQueued;
    queue_.push_back(&subscriber);
  }
  serve_.Poke();
  follow_.Poke();
  return absl::OkStatus();
}

void Feed::Remove(Subscriber& subscriber) {
  absl::MutexLock lock(&mutex_);
  if (all_.erase(&subscriber) == 0) return;
  if (all_.empty()) changed_.SignalAll();
  if (subscriber.whose_ == Whose::kOwn) return;
  const auto of_tenant = by_tenant_.find(subscriber.interest_.tenant);
  if (--of_tenant->second == 0) by_tenant_.erase(of_tenant);
  count_.Set(static_cast<double>(--callers_));
}

bool Feed::TakeCaller(const Subscriber& subscriber) {
  size_t& of_tenant = by_tenant_[subscriber.interest_.tenant];
  const size_t share = options_.most_subscribers - options_.most_subscribers / 9;
  if (callers_ >= options_.most_subscribers || of_tenant >= share) {
    if (of_tenant == 0) by_tenant_.erase(subscriber.interest_.tenant);
    return false;
  }
  ++of_tenant;
  count_.Set(static_cast<double>(++callers_));
  return true;
}

void Feed::Next(Subscriber& subscriber) {
  Turn turn;
  {
    absl::MutexLock lock(&mutex_);
    turn = TurnOf(subscriber);
  }
  Do(subscriber, std::move(turn));
}

void Feed::Cancel(Subscriber& subscriber) {
  {
    absl::MutexLock lock(&mutex_);
    subscriber.cancelled_ = true;
    // Elsewhere it will be found out.
    if (subscriber.place_ != Subscriber::Place::kIdle) return;
    idle_.erase(&subscriber);
    subscriber.place_ = Subscriber::Place::kAway;
  }
  subscriber.End(Gone());
}

void Feed::Close(absl::Duration patience) {
  std::vector<Subscriber*> idle;
  {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
    idle = TakeIdle();
  }
  serve_.Poke();
  EndAll(idle, absl::OkStatus());
  absl::MutexLock lock(&mutex_);
  changed_.AwaitUntil(mutex_, base::SteadyNow() + patience, [this] {
    mutex_.AssertHeld();
    return all_.empty();
  });
  for (Subscriber* const slow : all_) slow->Abort();
}

// The subscriber is nowhere at this moment: not idle, not queued, nothing under way to it.
Feed::Turn Feed::TurnOf(Subscriber& subscriber) {
  subscriber.place_ = Subscriber::Place::kAway;
  if (subscriber.cancelled_) return {Turn::What::kEnd, {}, Gone()};
  if (closed_) return {Turn::What::kEnd, {}, absl::OkStatus()};
  if (recent_.known() && subscriber.progress_.read >= recent_.begin()) {
    return FromRecent(subscriber);
  }
  if (recent_.known()) {
    subscriber.place_ = Subscriber::Place::kQueued;
    queue_.push_back(&subscriber);
    serve_.Poke();
  } else {
    subscriber.place_ = Subscriber::Place::kIdle;
    idle_.insert(&subscriber);
  }
  return {};
}

Feed::Turn Feed::FromRecent(Subscriber& subscriber) {
  Stretch stretch;
  Progress& progress = subscriber.progress_;
  switch (Collect(subscriber.interest_, recent_.After(progress.read), progress, stretch)) {
    case Found::kStretch:
      return Sent(subscriber, std::move(stretch));
    case Found::kDamage:
      return {Turn::What::kEnd, {}, error::DataDamaged("the next stage event")};
    case Found::kNothing:
      break;
  }
  subscriber.place_ = Subscriber::Place::kIdle;
  idle_.insert(&subscriber);
  return {};
}

Feed::Turn Feed::Sent(Subscriber& subscriber, Stretch stretch) {
  stretch.last = last_;
  subscriber.next_beat_ = base::SteadyNow() + subscriber.heartbeat_.value_or(options_.heartbeat);
  return {Turn::What::kTake, std::move(stretch), {}};
}

std::vector<Subscriber*> Feed::TakeIdle() {
  std::vector<Subscriber*> taken(idle_.begin(), idle_.end());
  for (Subscriber* const subscriber : taken) subscriber->place_ = Subscriber::Place::kAway;
  idle_.clear();
  return taken;
}

void Feed::Do(Subscriber& subscriber, Turn turn) {
  if (turn.what == Turn::What::kEnd) {
    subscriber.End(std::move(turn.status));
  } else if (turn.what == Turn::What::kTake) {
    sent_.Increment(static_cast<double>(turn.stretch.events.size()));
    subscriber.Take(std::move(turn.stretch));
  }
}

void Feed::EndAll(const std::vector<Subscriber*>& subscribers, const absl::Status& status) {
  for (Subscriber* const subscriber : subscribers) subscriber->End(status);
}

}  // namespace crm::feed
