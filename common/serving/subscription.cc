#include "common/serving/subscription.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/stage/stage_event.h"

namespace crm::serving {
namespace {

// "crm-contact", by the consumer "contact.lifecycle".
std::string ProgramOf(const SubscriptionPlan& plan) {
  return absl::StrCat("crm-", plan.consumer.substr(0, plan.consumer.find('.')));
}

event::ConsumerOptions OptionsFor(const Process& process, const SubscriptionPlan& plan) {
  event::ConsumerOptions options;
  options.name = plan.consumer;
  options.stream = stage::StreamKey(plan.neighbour, 0);
  options.database = process.database;
  options.redis.url = process.redis_url;
  options.redis.client_name = absl::StrCat("crm-", plan.consumer);
  options.batch_size = plan.batch_size;
  options.concerns = plan.concerns;
  options.pace = plan.pace;
  options.aged_out = plan.aged_out;
  options.committed = process.on_commit;
  return options;
}

}  // namespace

Subscription::Subscription(const Process& process, SubscriptionPlan plan,
                           const std::shared_ptr<grpc::Channel>& channel)
    : source_(channel, ProgramOf(plan)),
      consumer_(OptionsFor(process, plan), std::move(plan.decode), &source_,
                stage::EffectOf(std::move(plan.effect)), &process.metrics) {}

}  // namespace crm::serving
