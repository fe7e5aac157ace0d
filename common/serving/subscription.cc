#include "common/serving/subscription.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/enum_names.h"
#include "common/stage/stage_event.h"

namespace crm::serving {
namespace {

// "crm-contact", by the consumer "contact.lifecycle".
std::string ProgramOf(const SubscriptionPlan& plan) {
  return absl::StrCat("crm-", plan.consumer.substr(0, plan.consumer.find('.')));
}

// A neighbour that has not answered yet is asked again soon.
constexpr absl::Duration kAskAgain = absl::Seconds(1);
constexpr absl::Duration kLookAgain = absl::Seconds(30);

constexpr base::EnumName<event::AgedOut> kAgedOutNames[] = {
    {event::AgedOut::kStop, "stop"},
    {event::AgedOut::kSkip, "skip"},
    {event::AgedOut::kRebuild, "rebuild"},
};

event::ConsumerOptions OptionsFor(const Process& process, const SubscriptionPlan& plan,
                                  int partition, GrpcStageEventSource& source) {
  event::ConsumerOptions options;
  options.name = plan.consumer;
  options.stream = stage::StreamKey(plan.neighbour, partition);
  options.database = process.database;
  options.redis.url = process.redis_url;
  options.redis.client_name = absl::StrCat("crm-", plan.consumer);
  options.batch_size = plan.batch_size;
  options.concerns = plan.concerns;
  options.pace = plan.pace;
  options.aged_out = plan.aged_out;
  options.history = &source;
  options.committed = process.on_commit;
  return options;
}

}  // namespace

std::vector<std::string> AgedOutNames() {
  std::vector<std::string> names;
  for (const auto& [value, name] : kAgedOutNames) names.emplace_back(name);
  return names;
}

event::AgedOut AgedOutNamed(absl::string_view name) {
  return base::ValueOf(kAgedOutNames, name).value_or(event::AgedOut::kStop);
}

Subscription::Part::Part(const Process& process, const SubscriptionPlan& plan,
                         const std::shared_ptr<grpc::Channel>& channel, int partition)
    : source(channel, ProgramOf(plan), partition),
      consumer(OptionsFor(process, plan, partition, source), plan.decode, &source,
               stage::EffectOf(plan.effect), &process.metrics) {}

Subscription::Subscription(const Process& process, SubscriptionPlan plan,
                           const std::shared_ptr<grpc::Channel>& channel)
    : process_(process), plan_(std::move(plan)), channel_(channel) {}

void Subscription::StartNext() {
  const int partition = parts_.size();
  parts_.Add(std::make_unique<Part>(process_, plan_, channel_, partition));
  parts_[partition].consumer.Start();
}

void Subscription::Start() {
  StartNext();
  looking_ = std::make_unique<lifecycle::Repeating>([this] { return LookForMore(); },
                                                    absl::ZeroDuration());
}

absl::Duration Subscription::LookForMore() {
  const absl::StatusOr<int> partitions = parts_[0].source.CountPartitions();
  if (!partitions.ok()) return kAskAgain;
  while (parts_.size() < std::min(*partitions, event::kMostPartitions)) StartNext();
  return kLookAgain;
}

void Subscription::Stop() {
  looking_.reset();
  parts_.ForEach([](Part& part) { part.consumer.Stop(); });
}

Subscriptions::Subscriptions(const Process& process, const std::vector<Followed>& followed) {
  for (const Followed& it : followed) {
    each_.push_back(std::make_unique<Subscription>(process, it.plan, it.channel));
  }
}

void Subscriptions::Start() {
  for (const auto& subscription : each_) subscription->Start();
}

void Subscriptions::Stop() {
  for (const auto& subscription : each_) subscription->Stop();
}

}  // namespace crm::serving
