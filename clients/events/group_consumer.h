#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "clients/cpp/client.h"
#include "common/redis/connection.h"
#include "common/redis/stream.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::client {

struct GroupOptions {
  redis::ConnectionOptions redis;
  Service service = Service::kOpportunity;  // whose stream
  int partition = 0;                        // of its log, whose events the stream has
  std::string group;
  std::string consumer;    // this member; a name of its own, the same after a restart
  bool from_start = true;  // where a new group begins: with all that there is, or what comes
  int batch = 100;         // entries of one read
  absl::Duration block = absl::Milliseconds(500);
  // What a member has not acknowledged for so long is given to another one, and so is what failed.
  absl::Duration take_over = absl::Minutes(1);
  int max_deliveries = 5;  // then it goes to the dead letters
};

// One member of a consumer group on a service's Redis stream: its members share the events among
// them, and each event is handled at least once, by one of them and in no order between them. (For
// order, or exactly once, see OrderedReader.)
//
//  - What fails, or was given to a member that died, is given out again after `take_over`; after
//    `max_deliveries` it goes to the stream crm:dead-letters:<group> with the reason, and the group
//    is rid of it.
//  - What left the stream before the group had read it is read from the service's log; by each
//    member that notices, and with what another one has read of it within two seconds.
//  - A group that is gone (FLUSHALL, a failover) is made again where all before was acknowledged,
//  as
//    this member knew it a moment before; some events then come twice.
//
// One thread. The process must ignore SIGPIPE.
class GroupConsumer {
 public:
  // OK acknowledges the event; an error leaves it for later.
  using Handler = std::function<absl::Status(const event::v1::StageEvent&)>;

  GroupConsumer(GroupOptions options, Client client, Handler handler);

  // Reads once and handles what came; returns how many were handled well. Blocks for `block` and
  // the handler. After an error try again, after a pause: UNAVAILABLE and so on of Redis or of the
  // service.
  absl::StatusOr<int> Poll();

  int64_t filled() const { return filled_; }              // events read from the log
  int64_t dead_letters() const { return dead_letters_; }  // events given up on
  int64_t groups_made() const { return groups_made_; }

 private:
  absl::StatusOr<int> PollOnce();
  absl::Status Open();
  absl::Status MakeGroup();
  absl::StatusOr<int> Look();
  absl::StatusOr<int> FillUpTo(int64_t after, int64_t last);
  absl::StatusOr<int> ReadGroup(absl::string_view position);
  absl::StatusOr<int> TakeOver();
  absl::StatusOr<int> FillGone();
  absl::StatusOr<int> HandleAll(const std::vector<redis::StreamEntry>& entries);
  absl::StatusOr<int64_t> Deliveries(const std::string& id);
  absl::Status Bury(const redis::StreamEntry& entry, absl::string_view reason);
  absl::Status Bury(const event::v1::StageEvent& event, absl::string_view reason);
  absl::Status AddDeadLetter(absl::string_view entry, absl::string_view data,
                             absl::string_view reason);
  absl::Status Acknowledge(const std::string& id);

  const GroupOptions options_;
  const Client client_;
  const Handler handler_;
  const std::string stream_;
  std::unique_ptr<redis::Connection> redis_;
  bool own_are_read_ = false;            // what was given to this member before it started
  std::optional<redis::StreamId> safe_;  // all up to here was acknowledged
  base::SteadyTime next_look_ = base::SteadyTime::InfinitePast();
  int64_t delivered_ = INT64_MAX;      // how far the group was at the last look
  std::set<int64_t> read_since_look_;  // by this member
  std::deque<int64_t> gone_;           // were taken over and have left the stream
  int64_t filled_to_ = 0;              // what had left the stream is handled up to here
  int fill_failures_ = 0;              // of the next of them, in a row
  int64_t filled_ = 0;
  int64_t dead_letters_ = 0;
  int64_t groups_made_ = 0;
};

// The event in an entry of a stream; INVALID_ARGUMENT if it is none.
absl::StatusOr<event::v1::StageEvent> StageEventOf(const redis::StreamEntry& entry);

}  // namespace crm::client
