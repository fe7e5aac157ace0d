#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "common/event/consumer.h"
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
};

// One neighbour's stream, followed by a process: where it is read, and where its holes are filled
// from.
class Subscription {
 public:
  // `process` must outlive it; `channel` is one to the neighbour.
  Subscription(const Process& process, SubscriptionPlan plan,
               const std::shared_ptr<grpc::Channel>& channel);

  // As of event::Consumer.
  void Start() { consumer_.Start(); }
  void Stop() { consumer_.Stop(); }

 private:
  GrpcStageEventSource source_;
  event::Consumer consumer_;
};

}  // namespace crm::serving
