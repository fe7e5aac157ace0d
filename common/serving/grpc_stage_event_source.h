#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "common/event/event_source.h"
#include "common/event/history_source.h"
#include "crm/event/v1/stage_event_service.grpc.pb.h"

namespace crm::serving {

// A partition of a neighbour's log by its ListStageEvents, and its history by its ListStageMoves;
// payloads as of stage::ToEvent. Thread-safe; blocks at most for `limit` per call.
class GrpcStageEventSource final : public event::EventSource, public event::HistorySource {
 public:
  // `asker` is the program that asks: "crm-contact".
  GrpcStageEventSource(const std::shared_ptr<grpc::Channel>& channel, std::string asker,
                       int partition = 0, absl::Duration limit = absl::Seconds(10));
  // For tests: takes the stub.
  GrpcStageEventSource(std::unique_ptr<event::v1::StageEventService::StubInterface> stub,
                       std::string asker, int partition = 0,
                       absl::Duration limit = absl::Seconds(10));

  // Pages that the channel finds too large are asked for again by halves. Errors: those of the
  // call.
  absl::StatusOr<event::SourcePage> After(int64_t sequence, int limit) override;

  // UNIMPLEMENTED from a neighbour of before ListStageMoves.
  absl::StatusOr<event::HistoryPage> Moves(const std::string& position, int64_t sequence,
                                           int limit) override;

  // How many partitions the neighbour's log has. One that does not say has one.
  absl::StatusOr<int> CountPartitions();

 private:
  absl::Status Ask(const event::v1::ListStageEventsRequest& request,
                   event::v1::ListStageEventsResponse& response);

  const std::unique_ptr<event::v1::StageEventService::StubInterface> stub_;
  const std::string asker_;
  const int partition_;
  const absl::Duration limit_;
};

}  // namespace crm::serving
