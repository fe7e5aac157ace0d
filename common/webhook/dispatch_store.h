#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/event/event_log.h"
#include "common/pg/connection.h"
#include "common/webhook/endpoint.h"
#include "common/webhook/webhook.h"

// The tables as the process that sends knows them. All of it goes over the connection that holds
// the lock of who sends, so that one who has lost it can write nothing. Each call blocks for a
// round trip.
namespace crm::webhook {

// An enabled webhook, with what it takes to send.
struct Target {
  Webhook webhook;  // but for what people and reads alone need, and how far it is
  int64_t round = 0;
  int64_t position = 0;  // in the partition
  std::optional<absl::Time> failing_since;
  std::optional<absl::Time> last_success_time;  // in any partition
  std::vector<std::string> secrets;             // to sign with, the current one first
};

// A test that waits, of a webhook that may be disabled.
struct WaitingTest {
  base::Uuid event_id;
  absl::Time create_time;
  Target target;
};

// What is to be written of one webhook.
struct Progress {
  std::string tenant;
  base::Uuid webhook;
  int64_t round = 0;
  int64_t position = 0;
  std::optional<absl::Time> failing_since;
  std::optional<absl::Time> last_success;  // since the program began
};

class DispatchStore {
 public:
  // Of one partition of the log. The connection must outlive it.
  DispatchStore(pg::Connection& connection, int partition)
      : connection_(connection), partition_(partition) {}

  // Whether this session is the one that sends the partition's events, of all that share the
  // database: an advisory lock, held until the connection closes.
  absl::StatusOr<bool> TryLead();

  absl::StatusOr<std::vector<Target>> Targets(absl::Time now);
  absl::StatusOr<std::vector<WaitingTest>> Tests(absl::Time now, int limit);

  struct Unfinished {
    std::vector<Delivery> pending;       // by sequence
    absl::flat_hash_set<int64_t> known;  // beyond the position
  };
  absl::StatusOr<Unfinished> UnfinishedOf(const Target& target);

  // The events with these sequences that the log still has, as the log has them.
  absl::StatusOr<std::vector<event::LogRow>> Events(absl::Span<const int64_t> sequences);

  // What may not be sent yet of these, in their order.
  absl::StatusOr<std::vector<Endpoint::Hold>> HoldsOf(absl::Span<const Target* const> targets);

  // In one transaction. What is of another round than the webhook's by now, or of one that is
  // deleted, is left out. Tests have progress of round 0, which is all rounds.
  absl::Status Save(absl::Span<const Progress> progress, absl::Span<const Delivery> deliveries);
  absl::Status SaveTests(absl::Span<const Delivery> deliveries);

  // Disables it, and says so in the log of events; false if it is not enabled any more.
  absl::StatusOr<bool> Disable(const std::string& service, const Target& target,
                               DisableReason reason, const base::Uuid& event_id, absl::Time now);

 private:
  pg::Connection& connection_;
  const int partition_;
};

}  // namespace crm::webhook
