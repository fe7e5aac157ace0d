#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "clients/cpp/client.h"
#include "crm/event/v1/stage_event_service.pb.h"

namespace crm::client {

// Where a program keeps how far it has come with a service's events, beside what it made of them.
class Inbox {
 public:
  virtual ~Inbox() = default;

  // The sequence up to which all is done; 0 at first.
  virtual absl::StatusOr<int64_t> Load() = 0;

  // Does what the events ask for and stores `response.read_sequence()` for the next Load, both in
  // one transaction: then each event takes effect exactly once, whatever dies when. `gap`: so many
  // events before these left the log unread; an error stops there.
  virtual absl::Status Apply(const event::v1::SubscribeStageEventsResponse& response,
                             int64_t gap) = 0;
};

struct OrderedReaderOptions {
  event::v1::SubscribeStageEventsRequest filter = {};  // what is wanted; its start is not looked at
  WatchOptions watch = {};
  // After an Apply or Load that failed with UNAVAILABLE, ABORTED, DEADLINE_EXCEEDED or
  // RESOURCE_EXHAUSTED it begins again behind the stored position. Other errors end it.
  absl::Duration pause = absl::Seconds(1);
};

// Gives a service's events to an inbox, in order. Any number of programs may run with one inbox if
// Apply compares the stored position with `begin_sequence` and refuses (ABORTED) what does not
// follow it.
class OrderedReader {
 public:
  // `inbox` must outlive it.
  OrderedReader(Client client, Service service, Inbox& inbox, OrderedReaderOptions options = {});

  // Until Stop (OK) or an error that does not pass. Blocks.
  absl::Status Run();
  // From any thread; an Apply that runs is finished first.
  void Stop();

 private:
  absl::Status ReadOn();
  bool Pause();

  const Client client_;
  const Service service_;
  Inbox& inbox_;
  const OrderedReaderOptions options_;
  absl::Mutex mutex_;
  base::SteadyCondition changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::unique_ptr<StageEventWatch> watch_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::client
