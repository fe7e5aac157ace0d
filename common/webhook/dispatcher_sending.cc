// The part of the dispatcher that sends events and hears what became of them.

#include <algorithm>

#include "common/base/status.h"
#include "common/log/log.h"
#include "common/stage/stage_event.h"
#include "common/webhook/dispatcher.h"
#include "common/webhook/payload.h"
#include "crm/event/v1/stage_event_service.pb.h"

namespace crm::webhook {
namespace {

using crm::event::v1::StageEvent;

StageEvent EventIn(const feed::FeedEvent& fed) {
  crm::event::v1::SubscribeStageEventsResponse alone;
  alone.ParseFromString(fed.encoded);
  return alone.events_size() == 1 ? alone.events(0) : StageEvent();
}

}  // namespace

void Dispatcher::Handle(std::vector<News> news) {
  for (News& each : news) {
    std::visit([this](auto& one) { Handle(std::move(one)); }, each);
  }
}

void Dispatcher::Handle(Taken taken) {
  const auto hook = hooks_.find(taken.hook);
  if (!hook->second.second.has_value()) return feed_.Next(*taken.hook);  // on its way out
  Running& running = *running_.at(*hook->second.second);
  running.holds = true;
  const int64_t missing = taken.stretch.begin - running.endpoint.read() - 1;
  if (missing > 0) {
    metrics_.lost.Increment(static_cast<double>(missing));
    log::Error("events left the log before a webhook was sent them",
               {{"webhook", NameOf(running.target.webhook.id)},
                {"partition", options_.partition},
                {"after", running.endpoint.read()},
                {"events", missing}});
  }
  std::vector<Delivery> deliveries;
  for (const feed::FeedEventPointer& event : taken.stretch.events) {
    Delivery delivery;
    delivery.tenant = event->tenant;
    delivery.webhook = running.target.webhook.id;
    delivery.id = base::Uuid::Parse(EventIn(*event).change().event_id()).value_or(base::Uuid());
    delivery.partition = options_.partition;
    delivery.sequence = event->sequence;
    delivery.type = event->type;
    delivery.subject = event->subject;
    running.events[event->sequence] = event;
    deliveries.push_back(std::move(delivery));
  }
  running.endpoint.Take(std::move(deliveries), taken.stretch.read, clock_.Now());
}

// By the end of a subscription, ours or the feed's: then another one begins where this one was.
void Dispatcher::Handle(const Ended& ended) {
  const auto hook = hooks_.find(ended.hook);
  if (hook->second.second.has_value()) {
    Running& running = *running_.at(*hook->second.second);
    running.hook = nullptr;
    running.holds = false;
    if (!ended.status.ok()) {
      log::Warning("a webhook's events cannot be read",
                   {{"webhook", NameOf(running.target.webhook.id)},
                    {"after", running.endpoint.read()},
                    {"error", ended.status.ToString()}});
    }
  }
  feed_.Remove(*ended.hook);
  hooks_.erase(hook);
}

void Dispatcher::Handle(const Posted& posted) {
  const auto found = flights_.find(posted.id);
  if (found == flights_.end()) return;
  Flight flight = std::move(found->second);
  flights_.erase(found);
  metrics_.Attempted(posted.result, posted.duration);
  const absl::Time now = clock_.Now();
  if (flight.test.has_value()) {
    Delivery& test = *flight.test;
    test.state =
        posted.result == Result::kAccepted ? DeliveryState::kDelivered : DeliveryState::kGivenUp;
    test.attempts = 1;
    test.first_attempt_time = now;
    test.last_attempt_time = now;
    test.last_result = posted.result;
    test.http_status = posted.http_status;
    test.duration_ms = absl::ToInt64Milliseconds(posted.duration);
    tested_.push_back(std::move(test));
    return;
  }
  const auto running = running_.find(flight.key);
  if (running != running_.end()) running->second->endpoint.Finished(flight.sequence, posted, now);
}

absl::Status Dispatcher::StartDue() {
  const absl::Time now = clock_.Now();
  return Send(OrdersDue(now), now);
}

// Each webhook in turn, so that none takes the place of others.
std::vector<Dispatcher::Order> Dispatcher::OrdersDue(absl::Time now) {
  const size_t most = static_cast<size_t>(options_.most_transfers);
  const int share = ShareOfOne();
  std::vector<Order> orders;
  for (bool any = true; any;) {
    any = false;
    for (const auto& [key, running] : running_) {
      if (running->closing || flights_.size() + orders.size() >= most) continue;
      const auto start = running->endpoint.Next(now, share);
      if (!start.has_value()) continue;
      orders.push_back({key, *start});
      any = true;
    }
  }
  return orders;
}

// What is no longer in memory is read from the log, all of it at once.
absl::Status Dispatcher::Send(const std::vector<Order>& orders, absl::Time now) {
  std::vector<int64_t> wanted;
  for (const Order& order : orders) {
    Running& running = *running_.at(order.key);
    if (!running.events.contains(order.start.sequence)) wanted.push_back(order.start.sequence);
  }
  CRM_ASSIGN_OR_RETURN(const std::vector<event::LogRow> rows, store_->Events(wanted));
  absl::flat_hash_map<int64_t, const event::LogRow*> stored;
  for (const event::LogRow& row : rows) stored[row.sequence] = &row;
  for (const Order& order : orders) {
    Running& running = *running_.at(order.key);
    const auto kept = running.events.find(order.start.sequence);
    if (kept != running.events.end()) {
      SendOne(running, order.start, EventIn(*kept->second), now);
      running.events.erase(order.start.sequence);
      continue;
    }
    const auto row = stored.find(order.start.sequence);
    absl::StatusOr<StageEvent> event = absl::NotFoundError("");
    if (row != stored.end() && row->second->tenant == order.key.first) {
      event = stage::StageEventOf(*row->second);
    }
    if (event.ok()) {
      SendOne(running, order.start, *event, now);
    } else {
      Gone(running, order.start.sequence, now);
    }
  }
  return absl::OkStatus();
}

void Dispatcher::SendOne(Running& running, const Endpoint::Start& start, const StageEvent& event,
                         absl::Time now) {
  const Webhook& webhook = running.target.webhook;
  Posting posting{++last_flight_, webhook.url, {}, BodyOf(event, options_.partition)};
  posting.headers = HeadersOf(event.change(), posting.body, webhook.id, running.target.secrets, now,
                              start.attempt);
  flights_[posting.id] = {{webhook.tenant, webhook.id}, start.sequence};
  sender_->Post(std::move(posting));
}

void Dispatcher::Gone(Running& running, int64_t sequence, absl::Time now) {
  metrics_.lost.Increment();
  running.endpoint.Finished(sequence, {.result = Result::kEventGone, .duration = {}}, now);
}

absl::Status Dispatcher::Save() {
  std::vector<Progress> progress;
  std::vector<Delivery> deliveries;
  for (const auto& [key, running] : running_) {
    const Endpoint& endpoint = running->endpoint;
    if (!endpoint.HasNews()) continue;
    progress.push_back({key.first, key.second, running->target.round, endpoint.position(),
                        endpoint.failing_since(), endpoint.last_success()});
    for (const auto& [sequence, delivery] : endpoint.unsaved()) deliveries.push_back(delivery);
  }
  if (!progress.empty()) CRM_RETURN_IF_ERROR(store_->Save(progress, deliveries));
  for (const Progress& each : progress) running_.at({each.tenant, each.webhook})->endpoint.Saved();
  for (const Delivery& delivery : deliveries) Count(delivery);
  if (tested_.empty()) return absl::OkStatus();
  CRM_RETURN_IF_ERROR(store_->SaveTests(tested_));
  for (const Delivery& test : tested_) tests_.erase(test.id);
  tested_.clear();
  return absl::OkStatus();
}

void Dispatcher::Count(const Delivery& delivery) {
  if (delivery.state != DeliveryState::kGivenUp) return;
  metrics_.given_up.Increment();
  log::Warning("a delivery to a webhook is given up",
               {{"webhook", NameOf(delivery.webhook)},
                {"tenant", delivery.tenant},
                {"partition", delivery.partition},
                {"sequence", delivery.sequence},
                {"attempts", delivery.attempts},
                {"result", base::NameOf(kResultNames, delivery.last_result)},
                {"status", delivery.http_status}});
}

void Dispatcher::Show() {
  size_t failing = 0, pending = 0;
  int64_t behind = 0;
  absl::Time oldest = absl::InfiniteFuture();
  const int64_t last = feed_.last_sequence();
  for (const auto& [key, running] : running_) {
    const Endpoint& endpoint = running->endpoint;
    failing += endpoint.failing_since().has_value() ? 1 : 0;
    pending += endpoint.pending();
    behind = std::max(behind, last - endpoint.position());
    if (endpoint.failing_since().has_value()) continue;
    for (const auto& [sequence, event] : running->events) {
      oldest = std::min(oldest, absl::FromUnixMillis(event->milliseconds));
    }
  }
  metrics_.enabled.Set(static_cast<double>(running_.size()));
  metrics_.failing.Set(static_cast<double>(failing));
  metrics_.pending.Set(static_cast<double>(pending));
  metrics_.behind.Set(static_cast<double>(behind));
  metrics_.delay_seconds.Set(oldest == absl::InfiniteFuture()
                                 ? 0
                                 : std::max(0.0, absl::ToDoubleSeconds(clock_.Now() - oldest)));
}

}  // namespace crm::webhook
