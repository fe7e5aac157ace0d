// The part of the dispatcher that follows which webhooks there are.

#include <algorithm>
#include <set>

#include "common/base/status.h"
#include "common/log/log.h"
#include "common/webhook/dispatcher.h"
#include "common/webhook/payload.h"

namespace crm::webhook {
namespace {

constexpr int kTestsAtOnce = 100;
constexpr absl::Duration kSubscribeAgain = absl::Seconds(1);

template <class Texts>
auto SetOf(const Texts& texts) {
  return absl::flat_hash_set<std::string>(texts.begin(), texts.end());
}

}  // namespace

absl::Status Dispatcher::Look() {
  const absl::Time now = clock_.Now();
  CRM_ASSIGN_OR_RETURN(std::vector<Target> targets, store_->Targets(now));
  std::set<Key> enabled;
  for (Target& target : targets) {
    const Key key{target.webhook.tenant, target.webhook.id};
    enabled.insert(key);
    const auto found = running_.find(key);
    if (found == running_.end()) {
      CRM_RETURN_IF_ERROR(Begin(std::move(target)));
      continue;
    }
    Running& running = *found->second;
    running.closing |= running.target.webhook.revision != target.webhook.revision ||
                       running.target.round != target.round;
    running.target.secrets = std::move(target.secrets);
    running.endpoint.SucceededElsewhere(target.last_success_time);
  }
  for (const auto& [key, running] : running_) running->closing |= !enabled.contains(key);
  CRM_RETURN_IF_ERROR(RemoveClosed());
  CRM_RETURN_IF_ERROR(LookAtHolds());
  return options_.partition == 0 ? StartTests(now) : absl::OkStatus();
}

// Once nothing is held back, nothing will be before the webhook is begun anew.
absl::Status Dispatcher::LookAtHolds() {
  if (options_.partitions == 1) return absl::OkStatus();
  std::vector<Running*> held;
  std::vector<const Target*> targets;
  for (const auto& [key, running] : running_) {
    if (!running->held) continue;
    held.push_back(running.get());
    targets.push_back(&running->target);
  }
  if (held.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(std::vector<Endpoint::Hold> holds, store_->HoldsOf(targets));
  for (size_t i = 0; i < held.size(); ++i) {
    held[i]->held = !holds[i].none();
    held[i]->endpoint.SetHold(std::move(holds[i]), clock_.Now());
  }
  return absl::OkStatus();
}

absl::Status Dispatcher::Begin(Target target) {
  CRM_ASSIGN_OR_RETURN(DispatchStore::Unfinished unfinished, store_->UnfinishedOf(target));
  Key key{target.webhook.tenant, target.webhook.id};
  auto running = std::make_unique<Running>(std::move(target), options_.limits, random_);
  running->endpoint.Restore(running->target.position, running->target.failing_since,
                            std::move(unfinished.pending), std::move(unfinished.known));
  running->endpoint.SucceededElsewhere(running->target.last_success_time);
  running_.emplace(std::move(key), std::move(running));
  return absl::OkStatus();
}

// What has changed is begun anew once nothing of it is under way, with what the tables say then.
absl::Status Dispatcher::RemoveClosed() {
  for (auto each = running_.begin(); each != running_.end();) {
    Running& running = *each->second;
    if (!running.closing || running.endpoint.in_flight() > 0 || running.endpoint.HasNews()) {
      ++each;
      continue;
    }
    Unsubscribe(running);
    each = running_.erase(each);
    next_look_ = base::SteadyNow();
  }
  return absl::OkStatus();
}

void Dispatcher::Subscribe(Running& running) {
  running.next_subscription = base::SteadyNow() + kSubscribeAgain;
  const Webhook& webhook = running.target.webhook;
  feed::Interest interest;
  interest.tenant = webhook.tenant;
  interest.types = SetOf(webhook.types);
  interest.subjects = SetOf(webhook.subjects);
  interest.to_stages = SetOf(webhook.to_stages);
  auto hook = std::make_unique<Hook>(inbox_, std::move(interest), running.endpoint.read());
  Hook* const subscriber = hook.get();
  // Before it is added, since it may be given something at once.
  hooks_[subscriber] = {std::move(hook), Key{webhook.tenant, webhook.id}};
  if (const absl::Status added = feed_.Add(*subscriber); !added.ok()) {
    hooks_.erase(subscriber);
    return;
  }
  running.hook = subscriber;
  running.holds = false;
}

void Dispatcher::Unsubscribe(Running& running) {
  Hook* const hook = std::exchange(running.hook, nullptr);
  if (hook == nullptr) return;
  hooks_[hook].second.reset();
  feed_.Cancel(*hook);
  // Ours at the time, so it ends when it goes back.
  if (running.holds) feed_.Next(*hook);
}

void Dispatcher::AskForMore() {
  for (const auto& [key, running] : running_) {
    if (running->closing || !running->endpoint.WantsMore() || running->endpoint.disabled())
      continue;
    running->events.clear();  // of what waits in a lane by now
    if (running->hook == nullptr && base::SteadyNow() >= running->next_subscription) {
      Subscribe(*running);
    } else if (running->holds) {
      running->holds = false;
      feed_.Next(*running->hook);
    }
  }
}

absl::Status Dispatcher::DisableDead() {
  for (const auto& [key, running] : running_) {
    const std::optional<DisableReason> reason = running->endpoint.disabled();
    if (!reason.has_value() || running->closing || running->endpoint.HasNews()) continue;
    CRM_ASSIGN_OR_RETURN(const bool disabled, store_->Disable(options_.service, running->target,
                                                              *reason, ids_.New(), clock_.Now()));
    running->closing = true;
    if (!disabled) continue;
    metrics_.Disabled(*reason);
    log::Warning("a webhook is disabled, since nothing arrives there",
                 {{"webhook", NameOf(key.second)},
                  {"tenant", key.first},
                  {"reason", base::NameOf(kDisableReasonNames, *reason)}});
    if (committed_) committed_();
  }
  return absl::OkStatus();
}

absl::Status Dispatcher::StartTests(absl::Time now) {
  CRM_ASSIGN_OR_RETURN(const std::vector<WaitingTest> tests, store_->Tests(now, kTestsAtOnce));
  for (const WaitingTest& test : tests) {
    if (tests_.contains(test.event_id)) continue;
    const Webhook& webhook = test.target.webhook;
    crm::event::v1::StageEvent event;
    *event.mutable_change() =
        TestEvent(options_.service, webhook.tenant, webhook.id, test.event_id, test.create_time);
    Delivery delivery;
    delivery.tenant = webhook.tenant;
    delivery.webhook = webhook.id;
    delivery.id = test.event_id;
    delivery.type = event.change().type();
    delivery.subject = event.change().subject();
    delivery.create_time = test.create_time;
    Posting posting{++last_flight_, webhook.url, {}, BodyOf(event, 0)};
    posting.headers =
        HeadersOf(event.change(), posting.body, webhook.id, test.target.secrets, now, 1);
    tests_[test.event_id] = posting.id;
    flights_[posting.id] = {{webhook.tenant, webhook.id}, 0, std::move(delivery)};
    sender_->Post(std::move(posting));
  }
  return absl::OkStatus();
}

}  // namespace crm::webhook
