#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "crm/event/v1/stage_event_service.pb.h"
#include "crm/pipeline/settings.h"

namespace crm::pipeline {

class Connection;

// The stage events of one server, each once, in order: when the server stops, the connection breaks
// or nothing is said for 35 s, it subscribes again behind what it has handed out. `sequence` of an
// event, kept beside what was done with it, is the `after_sequence` to go on with in another
// process.
class StageEventWatch {
 public:
  StageEventWatch(std::shared_ptr<Connection> connection, Server server,
                  event::v1::SubscribeStageEventsRequest from);
  StageEventWatch(StageEventWatch&&) noexcept;
  ~StageEventWatch();

  // Blocks until there is one. Errors: those that do not pass by themselves; DATA_LOSS with the
  // reason EVENTS_LOST where events left the log unread, behind which the next call goes on;
  // CANCELLED. One thread.
  absl::StatusOr<event::v1::StageEvent> Next();

  // Ends Next, now and from now on. From any thread.
  void Cancel();

  // How far it has read; nothing before the first response. The thread of Next().
  std::optional<int64_t> read_sequence() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace crm::pipeline
