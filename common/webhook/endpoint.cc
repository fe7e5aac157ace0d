#include "common/webhook/endpoint.h"

#include <algorithm>
#include <utility>

namespace crm::webhook {
namespace {

constexpr size_t kDeadThings = 3;
constexpr int kGone = 410;

}  // namespace

bool Endpoint::Hold::Covers(const Delivery& delivery) const {
  return delivery.sequence > all_beyond || CoversThingOf(delivery);
}

bool Endpoint::Hold::CoversThingOf(const Delivery& delivery) const {
  const auto of_thing = beyond.find(delivery.subject);
  return of_thing != beyond.end() && delivery.sequence > of_thing->second;
}

Endpoint::Endpoint(EndpointLimits limits, base::RandomSource random)
    : limits_(limits), random_(random), pause_(limits.first_retry, limits.longest_pause, random) {}

void Endpoint::Restore(int64_t position, std::optional<absl::Time> failing_since,
                       std::vector<Delivery> pending, absl::flat_hash_set<int64_t> known) {
  read_ = position;
  saved_position_ = position;
  failing_since_ = failing_since;
  known_ = std::move(known);
  pending_ = pending.size();
  for (Delivery& delivery : pending) {
    // What was last said of when it is due stands.
    lanes_[delivery.subject].waiting.push_back(std::move(delivery));
  }
}

void Endpoint::SetHold(Hold hold, absl::Time now) {
  hold_ = std::move(hold);
  std::deque<Delivery> queued = std::exchange(queue_, {});
  for (Delivery& event : queued) {
    if (WaitsBehind(event)) {
      Park(std::move(event), lanes_[event.subject], now);
    } else {
      queue_.push_back(std::move(event));
    }
  }
}

// Whether it is known that it cannot be sent for long: something of its thing waits, here or in
// another partition. Who is behind one that is under way for the first time may be next.
bool Endpoint::WaitsBehind(const Delivery& delivery) const {
  const auto lane = lanes_.find(delivery.subject);
  if (lane != lanes_.end() && !lane->second.waiting.empty()) return true;
  return hold_.CoversThingOf(delivery) && (lane == lanes_.end() || !lane->second.busy);
}

void Endpoint::Take(std::vector<Delivery> events, int64_t read, absl::Time now) {
  for (Delivery& event : events) {
    if (known_.contains(event.sequence)) continue;
    event.create_time = now;
    unsettled_.insert(event.sequence);
    if (WaitsBehind(event)) {
      Park(std::move(event), lanes_[event.subject], now);
    } else {
      queue_.push_back(std::move(event));
    }
  }
  read_ = std::max(read_, read);
  absl::erase_if(known_, [this](int64_t sequence) { return sequence <= read_; });
}

bool Endpoint::Failing() const { return failed_.size() >= kDeadThings; }

std::optional<Endpoint::Start> Endpoint::Next(absl::Time now, int most_in_flight) {
  if (disabled_.has_value()) return std::nullopt;
  const bool probe = Failing();
  if (probe && now < paused_until_) return std::nullopt;
  if (in_flight_.size() >= (probe ? 1 : static_cast<size_t>(most_in_flight))) return std::nullopt;
  if (probe) {
    // Of a thing that has not failed, if there is one: one thing's event that the receiver will
    // never take must not make it look dead.
    const std::optional<Start> fresh = StartFresh();
    if (fresh.has_value()) return fresh;
  }
  const auto due = DueLane(now, probe);
  if (due != lanes_.end()) return StartHead(due->second);
  return probe ? std::nullopt : StartFresh();
}

// The thing of one in the queue is free.
bool Endpoint::MayBegin(const Delivery& queued) const {
  const auto lane = lanes_.find(queued.subject);
  const bool free = lane == lanes_.end() || (!lane->second.busy && lane->second.waiting.empty());
  return free && !hold_.Covers(queued);
}

bool Endpoint::MayBegin(const Lane& lane) const {
  return !lane.busy && !lane.waiting.empty() && !hold_.Covers(lane.waiting.front());
}

bool Endpoint::HasWork() const {
  return std::any_of(queue_.begin(), queue_.end(),
                     [this](const Delivery& each) { return MayBegin(each); }) ||
         std::any_of(lanes_.begin(), lanes_.end(),
                     [this](const auto& each) { return MayBegin(each.second); });
}

std::optional<Endpoint::Start> Endpoint::StartFresh() {
  const auto found = std::find_if(queue_.begin(), queue_.end(),
                                  [this](const Delivery& each) { return MayBegin(each); });
  if (found == queue_.end()) return std::nullopt;
  Delivery delivery = std::move(*found);
  queue_.erase(found);
  lanes_[delivery.subject].busy = true;
  const Start start{delivery.sequence, delivery.attempts + 1};
  in_flight_.emplace(start.sequence, std::move(delivery));
  return start;
}

// The lane whose head is due for the longest; of a dead endpoint that is due the soonest.
absl::flat_hash_map<std::string, Endpoint::Lane>::iterator Endpoint::DueLane(absl::Time now,
                                                                             bool probe) {
  auto due = lanes_.end();
  absl::Time soonest = probe ? absl::InfiniteFuture() : now;
  for (auto lane = lanes_.begin(); lane != lanes_.end(); ++lane) {
    if (!MayBegin(lane->second)) continue;
    const absl::Time time = lane->second.waiting.front().next_attempt_time.value_or(now);
    if (time > soonest || (time == soonest && due != lanes_.end())) continue;
    soonest = time;
    due = lane;
  }
  return due;
}

Endpoint::Start Endpoint::StartHead(Lane& lane) {
  lane.busy = true;
  const Delivery& head = lane.waiting.front();
  in_flight_.emplace(head.sequence, head);
  return {head.sequence, head.attempts + 1};
}

absl::Time Endpoint::NextTime() const {
  if (disabled_.has_value()) return absl::InfiniteFuture();
  if (Failing()) {
    const bool idle = in_flight_.empty() && HasWork();
    return idle ? paused_until_ : absl::InfiniteFuture();
  }
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [subject, lane] : lanes_) {
    if (!MayBegin(lane)) continue;
    next = std::min(next, lane.waiting.front().next_attempt_time.value_or(absl::InfinitePast()));
  }
  return next;
}

void Endpoint::Unsent(int64_t sequence) {
  const auto found = in_flight_.find(sequence);
  if (found == in_flight_.end()) return;
  const auto lane = lanes_.find(found->second.subject);
  lane->second.busy = false;
  const bool waits =
      !lane->second.waiting.empty() && lane->second.waiting.front().sequence == sequence;
  if (!waits) queue_.push_front(std::move(found->second));
  if (lane->second.waiting.empty()) lanes_.erase(lane);
  in_flight_.erase(found);
}

void Endpoint::Finished(int64_t sequence, const Posted& posted, absl::Time now) {
  const auto found = in_flight_.find(sequence);
  if (found == in_flight_.end()) return;
  Delivery delivery = std::move(found->second);
  in_flight_.erase(found);
  const std::string subject = delivery.subject;
  Lane& lane = lanes_[subject];
  lane.busy = false;
  delivery.last_attempt_time = now;
  delivery.last_result = posted.result;
  delivery.http_status = posted.http_status;
  delivery.duration_ms = absl::ToInt64Milliseconds(posted.duration);
  if (posted.result == Result::kEventGone) {
    delivery.state = DeliveryState::kGivenUp;
    Settle(std::move(delivery), lane, now);
  } else {
    ++delivery.attempts;
    if (!delivery.first_attempt_time.has_value()) delivery.first_attempt_time = now;
    if (posted.result == Result::kAccepted) {
      Succeeded(delivery, lane, now);
    } else {
      Failed(std::move(delivery), lane, posted, now);
    }
  }
  if (!lane.busy && lane.waiting.empty()) lanes_.erase(subject);
}

void Endpoint::Succeeded(Delivery& delivery, Lane& lane, absl::Time now) {
  last_success_ = now;
  failing_since_.reset();
  if (Failing()) {
    // It is back: what waits goes out at once.
    for (auto& [subject, other] : lanes_) {
      if (!other.waiting.empty()) other.waiting.front().next_attempt_time = now;
    }
  }
  failed_.clear();
  pause_.Reset();
  delivery.state = DeliveryState::kDelivered;
  Settle(std::move(delivery), lane, now);
}

void Endpoint::Failed(Delivery delivery, Lane& lane, const Posted& posted, absl::Time now) {
  if (!failing_since_.has_value()) failing_since_ = now;
  const bool was_failing = Failing();
  if (!was_failing) failed_.insert(delivery.subject);
  // Of those that were under way together the first one counts.
  if (Failing() && (!was_failing || now >= paused_until_)) paused_until_ = now + pause_.Next();
  if (GivesUp(delivery, posted, now)) {
    delivery.state = DeliveryState::kGivenUp;
    Settle(std::move(delivery), lane, now);
    return;
  }
  delivery.next_attempt_time = now + std::max(posted.retry_after.value_or(absl::ZeroDuration()),
                                              PauseAfter(delivery.attempts));
  Note(delivery);
  if (!lane.waiting.empty()) {
    lane.waiting.front() = std::move(delivery);
    return;
  }
  const std::string subject = delivery.subject;
  lane.waiting.push_back(std::move(delivery));
  ++pending_;
  ParkQueued(subject, lane, now);
}

// Whether this was the last attempt at the event; or at all, and then the event waits on.
bool Endpoint::GivesUp(const Delivery& delivery, const Posted& posted, absl::Time now) {
  if (posted.http_status == kGone && posted.result == Result::kRejected) {
    disabled_ = DisableReason::kGone;
  } else if (now - std::max(*failing_since_, succeeded_elsewhere_.value_or(*failing_since_)) >=
             limits_.retry_for) {
    disabled_ = DisableReason::kFailing;
  }
  if (disabled_.has_value()) return false;
  return now - *delivery.first_attempt_time >= limits_.retry_for;
}

// It waits no more; the next of its thing is due.
void Endpoint::Settle(Delivery delivery, Lane& lane, absl::Time now) {
  delivery.next_attempt_time.reset();
  if (!lane.waiting.empty() && lane.waiting.front().sequence == delivery.sequence) {
    lane.waiting.pop_front();
    --pending_;
    if (!lane.waiting.empty()) lane.waiting.front().next_attempt_time = now;
  }
  Note(delivery);
}

void Endpoint::Park(Delivery delivery, Lane& lane, absl::Time now) {
  delivery.next_attempt_time = now;
  Note(delivery);
  lane.waiting.push_back(std::move(delivery));
  ++pending_;
}

void Endpoint::ParkQueued(const std::string& subject, Lane& lane, absl::Time now) {
  for (auto each = queue_.begin(); each != queue_.end();) {
    if (each->subject != subject) {
      ++each;
      continue;
    }
    Park(std::move(*each), lane, now);
    each = queue_.erase(each);
  }
}

absl::Duration Endpoint::PauseAfter(int64_t attempts) {
  absl::Duration pause = limits_.first_retry;
  for (int64_t i = 1; i < attempts && pause < limits_.longest_retry; ++i) pause *= 2;
  pause = std::min(pause, limits_.longest_retry);
  return pause * (0.75 + 0.5 * base::UnitInterval(random_()));
}

// The tables will know it, together with the position.
void Endpoint::Note(const Delivery& delivery) {
  unsettled_.erase(delivery.sequence);
  unsaved_[delivery.sequence] = delivery;
}

void Endpoint::Saved() {
  unsaved_.clear();
  saved_position_ = position();
}

}  // namespace crm::webhook
