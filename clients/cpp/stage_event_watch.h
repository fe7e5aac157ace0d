#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "clients/cpp/channels.h"
#include "clients/cpp/retry_policy.h"
#include "common/base/random.h"
#include "common/base/steady_condition.h"
#include "crm/event/v1/stage_event_service.pb.h"

namespace crm::client {

struct WatchOptions {
  // The server says something every ten seconds; after so long a silence the connection is dead.
  absl::Duration silence = absl::Seconds(35);
  // Between attempts to subscribe again; by default for ever.
  RetryPolicy retries = {.longest_delay = absl::Seconds(5), .total = absl::InfiniteDuration()};
};

// The stage events of one service, one response after the other, as SubscribeStageEvents sends
// them. When the call ends, be it since the server stops, the connection breaks or nothing comes
// any more, it subscribes again behind what was read: no event is missed or comes twice, as long as
// the process lives. To go on after that, keep the last `read_sequence` beside what was done with
// the events, and begin with it as `after_sequence`.
//
//   auto watch = client.Watch(Service::kLead, request);
//   for (auto next = watch->Next(); next.ok(); next = watch->Next()) { … next->events() … }
class StageEventWatch {
 public:
  StageEventWatch(Channels channels, Caller caller, Service service,
                  event::v1::SubscribeStageEventsRequest request, WatchOptions options = {},
                  base::RandomSource random = base::RandomBits);
  ~StageEventWatch();

  // The next response; without events if there are none at this time. Blocks until it is there. A
  // gap shows as `begin_sequence` greater than expected. Errors: those that do not pass by
  // themselves, and those that did not within the policy's total; CANCELLED. One thread.
  absl::StatusOr<event::v1::SubscribeStageEventsResponse> Next();

  // Ends Next, now and from now on. From any thread.
  void Cancel();

  // How far it has read; nothing before the first response.
  std::optional<int64_t> read_sequence() const { return read_; }
  // How often it has subscribed. From any thread.
  int subscriptions() const { return subscriptions_; }

 private:
  class Call;

  bool Pause(absl::Duration pause);

  const Channels channels_;
  const Caller caller_;
  const Service service_;
  const WatchOptions options_;
  const base::RandomSource random_;

  event::v1::SubscribeStageEventsRequest request_;
  std::optional<int64_t> read_;
  std::atomic<int> subscriptions_{0};
  int failures_ = 0;  // in a row
  base::SteadyTime first_failure_ = base::SteadyTime::InfinitePast();

  absl::Mutex mutex_;
  base::SteadyCondition changed_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  std::unique_ptr<Call> call_ ABSL_GUARDED_BY(mutex_);  // changed by Next's thread alone
};

}  // namespace crm::client
