#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/random.h"
#include "common/event/backoff.h"
#include "common/webhook/sender.h"
#include "common/webhook/webhook.h"

namespace crm::webhook {

struct EndpointLimits {
  // Beyond so many that wait for a retry no more of the log is read.
  size_t most_pending = 1000;
  // Between attempts at one event: each pause is about twice the one before.
  absl::Duration first_retry = absl::Seconds(5);
  absl::Duration longest_retry = absl::Hours(1);
  // Between attempts at an endpoint at which several things fail in a row.
  absl::Duration longest_pause = absl::Minutes(5);
  // How long is tried, both at one event and at an endpoint at which nothing succeeds.
  absl::Duration retry_for = absl::Hours(72);
};

// How one webhook's events are sent: the rules, without the sending. Several things at once, but
// never two events of one thing, and of one thing never a later event before an earlier one has
// arrived or is given up on. What fails waits in its thing's lane and holds up that thing alone. If
// three things fail in a row, the endpoint is taken for dead: one attempt at a time, with growing
// pauses, until one succeeds.
//
// The position moves up to the first event that neither was delivered nor stands in the table of
// deliveries. One thread at a time; times are the wall clock's, since they are stored.
class Endpoint {
 public:
  // Which events may not be sent yet, since earlier ones of their things may be in other
  // partitions: beyond a sequence all, or those of a thing.
  struct Hold {
    int64_t all_beyond = INT64_MAX;
    absl::flat_hash_map<std::string, int64_t> beyond = {};

    bool none() const { return all_beyond == INT64_MAX && beyond.empty(); }
    bool Covers(const Delivery& delivery) const;
    bool CoversThingOf(const Delivery& delivery) const;
  };

  // An event that is to be sent now.
  struct Start {
    int64_t sequence = 0;
    int64_t attempt = 1;
  };

  Endpoint(EndpointLimits limits, base::RandomSource random);

  // As the tables tell: how far it is, what waits, in order, and which events beyond the position
  // are done or wait.
  void Restore(int64_t position, std::optional<absl::Time> failing_since,
               std::vector<Delivery> pending, absl::flat_hash_set<int64_t> known);

  // From now on these are held, and no others. Those of single things wait with what waits for a
  // retry, and hold up nothing else.
  void SetHold(Hold hold, absl::Time now);

  // Deliveries of the webhook's other events succeed: the last did so then.
  void SucceededElsewhere(std::optional<absl::Time> time) { succeeded_elsewhere_ = time; }

  // The next events that are wanted, and how far the log has been looked through with them.
  void Take(std::vector<Delivery> events, int64_t read, absl::Time now);
  // Whether there is place for more of the log.
  bool WantsMore() const { return queue_.empty() && pending_ < limits_.most_pending; }

  // What may be sent now, if not so many are under way already; it is then under way.
  std::optional<Start> Next(absl::Time now, int most_in_flight);
  // When something is due that waits for its time alone.
  absl::Time NextTime() const;

  // What became of it. A disabled endpoint sends nothing more.
  void Finished(int64_t sequence, const Posted& posted, absl::Time now);
  // The same of one that was not sent after all, and changes nothing.
  void Unsent(int64_t sequence);

  // What the tables do not know yet; to be written together with the position.
  const std::map<int64_t, Delivery>& unsaved() const { return unsaved_; }
  bool HasNews() const { return !unsaved_.empty() || position() != saved_position_; }
  void Saved();

  // How far the log has been looked through.
  int64_t read() const { return read_; }
  int64_t position() const { return unsettled_.empty() ? read_ : *unsettled_.begin() - 1; }
  std::optional<absl::Time> failing_since() const { return failing_since_; }
  std::optional<absl::Time> last_success() const { return last_success_; }
  std::optional<DisableReason> disabled() const { return disabled_; }
  bool Failing() const;
  size_t pending() const { return pending_; }
  size_t in_flight() const { return in_flight_.size(); }
  size_t queued() const { return queue_.size(); }

 private:
  // The events of one thing that wait for a retry or behind one that does, in order.
  struct Lane {
    bool busy = false;  // one is under way
    std::deque<Delivery> waiting;
  };

  absl::flat_hash_map<std::string, Lane>::iterator DueLane(absl::Time now, bool probe);
  bool MayBegin(const Delivery& queued) const;
  bool MayBegin(const Lane& lane) const;
  bool HasWork() const;
  std::optional<Start> StartFresh();
  Start StartHead(Lane& lane);
  bool WaitsBehind(const Delivery& delivery) const;
  void Park(Delivery delivery, Lane& lane, absl::Time now);
  void ParkQueued(const std::string& subject, Lane& lane, absl::Time now);
  void Succeeded(Delivery& delivery, Lane& lane, absl::Time now);
  void Failed(Delivery delivery, Lane& lane, const Posted& posted, absl::Time now);
  bool GivesUp(const Delivery& delivery, const Posted& posted, absl::Time now);
  void Settle(Delivery delivery, Lane& lane, absl::Time now);
  void Note(const Delivery& delivery);
  absl::Duration PauseAfter(int64_t attempts);

  const EndpointLimits limits_;
  const base::RandomSource random_;
  event::Backoff pause_;

  int64_t read_ = 0;
  int64_t saved_position_ = 0;
  absl::flat_hash_set<int64_t> known_;
  Hold hold_;
  std::deque<Delivery> queue_;
  absl::flat_hash_map<std::string, Lane> lanes_;
  size_t pending_ = 0;
  std::map<int64_t, Delivery> in_flight_;
  std::set<int64_t> unsettled_;  // begun or queued, and in no table, nor in what follows
  std::map<int64_t, Delivery> unsaved_;

  absl::flat_hash_set<std::string> failed_;  // things since the last success; no more than needed
  absl::Time paused_until_ = absl::InfinitePast();
  std::optional<absl::Time> failing_since_;
  std::optional<absl::Time> last_success_;
  std::optional<absl::Time> succeeded_elsewhere_;
  std::optional<DisableReason> disabled_;
};

}  // namespace crm::webhook
