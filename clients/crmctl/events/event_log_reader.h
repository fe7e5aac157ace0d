#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>

#include "clients/cpp/client.h"
#include "crm/event/v1/stage_event_service.pb.h"

namespace crm::crmctl {

using EventPage = event::v1::ListStageEventsResponse;

// A partition of a service's log.
struct EventLog {
  client::Service service;
  int partition = 0;
};

// Reads `log` behind `after`, page by page, until its end as of now, or until `visit` returns
// false.
absl::Status ReadEvents(const client::Client& client, const EventLog& log, int64_t after,
                        const std::function<absl::StatusOr<bool>(const EventPage&)>& visit);

// The sequence behind which all events that `client` may see were published at `time` or later: by
// halving, some twenty calls.
absl::StatusOr<int64_t> SequenceBefore(const client::Client& client, const EventLog& log,
                                       absl::Time time);

}  // namespace crm::crmctl
