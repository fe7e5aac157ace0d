#include "clients/crmctl/events/event_log_reader.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

#include <optional>
#include <string>
#include <utility>

#include "common/base/status.h"

namespace crm::crmctl {
namespace {

// Milliseconds since 1970 at which the event was given its sequence.
int64_t PublishedAt(const event::v1::StageEvent& event) {
  const std::pair<std::string, std::string> id = absl::StrSplit(event.entry_id(), '-');
  int64_t milliseconds = 0;
  (void)absl::SimpleAtoi(id.first, &milliseconds);
  return milliseconds;
}

event::v1::ListStageEventsRequest RequestOf(const EventLog& log) {
  event::v1::ListStageEventsRequest request;
  request.set_partition(log.partition);
  return request;
}

// The first event behind `after` and up to `end` that may be seen; a page may show none.
absl::StatusOr<std::optional<event::v1::StageEvent>> NextEvent(const client::Client& client,
                                                               const EventLog& log, int64_t after,
                                                               int64_t end) {
  event::v1::ListStageEventsRequest request = RequestOf(log);
  for (request.set_page_size(1);; request.set_page_size(1000)) {
    request.set_after_sequence(after);
    CRM_ASSIGN_OR_RETURN(const EventPage page, client.CallOn(log.service, request));
    if (!page.events().empty()) return page.events(0);
    if (page.read_sequence() <= after || page.read_sequence() >= end) return std::nullopt;
    after = page.read_sequence();
  }
}

}  // namespace

absl::Status ReadEvents(const client::Client& client, const EventLog& log, int64_t after,
                        const std::function<absl::StatusOr<bool>(const EventPage&)>& visit) {
  event::v1::ListStageEventsRequest request = RequestOf(log);
  request.set_page_size(1000);
  for (int64_t end = -1;;) {
    request.set_after_sequence(after);
    CRM_ASSIGN_OR_RETURN(const EventPage page, client.CallOn(log.service, request));
    if (end < 0) end = page.last_sequence();
    CRM_ASSIGN_OR_RETURN(const bool go_on, visit(page));
    if (!go_on || page.read_sequence() <= after || page.read_sequence() >= end) break;
    after = page.read_sequence();
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> SequenceBefore(const client::Client& client, const EventLog& log,
                                       absl::Time time) {
  event::v1::ListStageEventsRequest request = RequestOf(log);
  request.set_page_size(1);
  CRM_ASSIGN_OR_RETURN(const EventPage first, client.CallOn(log.service, request));
  const int64_t wanted = absl::ToUnixMillis(time);
  int64_t low = first.floor_sequence() == 0 ? 0 : first.floor_sequence() - 1;
  int64_t high = first.last_sequence();
  // What may be seen up to `low` is older, and what may be seen behind `high` is not.
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    CRM_ASSIGN_OR_RETURN(const auto next, NextEvent(client, log, middle, high));
    if (next.has_value() && PublishedAt(*next) < wanted) {
      low = next->sequence();
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace crm::crmctl
