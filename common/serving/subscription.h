#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/growing.h"
#include "common/event/consumer.h"
#include "common/event/event_log.h"
#include "common/lifecycle/repeating.h"
#include "common/serving/grpc_stage_event_source.h"
#include "common/serving/service.h"
#include "common/stage/stage_effect.h"

namespace crm::serving {

// Whose stream a service follows, and what for.
struct SubscriptionPlan {
  std::string consumer;   // the key of its position: "contact.lifecycle"
  std::string neighbour;  // "lead"
  event::EntryDecoder decode;
  stage::StageEffect effect;
  int batch_size = 500;
  bool (*concerns)(const event::Event& event) = nullptr;  // as of ConsumerOptions
  // Rest after a batch that was not full.
  absl::Duration pace = absl::Milliseconds(25);
  event::AgedOut aged_out = event::AgedOut::kStop;
  // Whether the effect comes to the same by the moves of the neighbour's history.
  bool rebuilds = false;
};

// How flags call what to do about events that have aged out.
std::vector<std::string> AgedOutNames();
// One of these.
event::AgedOut AgedOutNamed(absl::string_view name);

// One neighbour's streams, followed by a process: where they are read, and where their holes are
// filled from. Every log has partition 0; whether there are others the neighbour is asked, also
// later on, since there may come to be more.
class Subscription {
 public:
  // `process` must outlive it; `channel` is one to the neighbour.
  Subscription(const Process& process, SubscriptionPlan plan,
               const std::shared_ptr<grpc::Channel>& channel);

  void Start();
  // Ends all threads; blocks as event::Consumer does.
  void Stop();

 private:
  // One partition.
  struct Part {
    Part(const Process& process, const SubscriptionPlan& plan,
         const std::shared_ptr<grpc::Channel>& channel, int partition);

    GrpcStageEventSource source;
    event::Consumer consumer;
  };

  void StartNext();
  absl::Duration LookForMore();

  const Process& process_;
  const SubscriptionPlan plan_;
  const std::shared_ptr<grpc::Channel> channel_;
  base::Growing<Part, event::kMostPartitions> parts_;
  std::unique_ptr<lifecycle::Repeating> looking_;
};

// A neighbour's log that a program follows, and a channel to the neighbour.
struct Followed {
  SubscriptionPlan plan;
  std::shared_ptr<grpc::Channel> channel;
};

// All that a program follows.
class Subscriptions {
 public:
  // `process` must outlive it.
  Subscriptions(const Process& process, const std::vector<Followed>& followed);

  void Start();
  // As Subscription's, of one after the other.
  void Stop();

 private:
  std::vector<std::unique_ptr<Subscription>> each_;
};

}  // namespace crm::serving
