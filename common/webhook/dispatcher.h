#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/base/random.h"
#include "common/event/backoff.h"
#include "common/feed/feed.h"
#include "common/metrics/registry.h"
#include "common/pg/connection.h"
#include "common/webhook/dispatch_store.h"
#include "common/webhook/dispatcher_metrics.h"
#include "common/webhook/endpoint.h"
#include "common/webhook/inbox.h"
#include "common/webhook/sender.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::webhook {

struct DispatcherOptions {
  std::string service;  // "lead"
  int partition = 0;    // of the log, of `partitions`
  int partitions = 1;
  pg::ConnectionOptions database;
  SenderOptions sender;
  EndpointLimits limits;
  // Requests under way at once, shared out evenly: as long as there are no more webhooks than
  // these, each has one of its own, however slow the others are.
  int most_transfers = 256;
  int most_of_one = 8;
  // How often it is looked whether webhooks have changed and tests wait.
  absl::Duration look = absl::Seconds(1);
  // How long one that begins leaves to its predecessor, which may be cut off without knowing it, to
  // find that out.
  absl::Duration take_over = absl::Seconds(2);
  // How long requests under way may take when the process ends; they are sent again otherwise.
  absl::Duration last_words = absl::Seconds(2);
};

// Sends the events of a partition of a service's log to its webhooks, on a thread of its own. Of
// all processes that share the database one does so at a time; the others wait for it to go. Tests
// are sent by that of partition 0. See Endpoint for the rules. What is kept in memory is bounded
// for each webhook: one stretch of the log (128 KiB, or one event) and the marks of what waits for
// a retry; events that wait are read again from the log.
//
// At least once: what was sent and not yet written down when the process dies is sent again.
class Dispatcher {
 public:
  // Feed, clock, ids and registry must outlive it; the feed must run as long. `committed` is called
  // when there is an event of ours for the relay.
  Dispatcher(DispatcherOptions options, feed::Feed& feed, const base::Clock& clock,
             base::IdGenerator& ids, metrics::Registry& registry, std::function<void()> committed,
             base::RandomSource random = base::RandomBits);
  ~Dispatcher();  // stops

  void Start();
  // Begins to end the thread.
  void AskToStop();
  // Ends the thread: blocks for `last_words` at most, and for a round trip of the database.
  void Stop();

 private:
  using Key = std::pair<std::string, base::Uuid>;
  // A webhook that is being served.
  struct Running {
    Running(Target of, const EndpointLimits& limits, const base::RandomSource& random)
        : target(std::move(of)), endpoint(limits, random) {}

    Target target;
    Endpoint endpoint;
    bool closing = false;  // begins nothing more, since it has changed
    bool held = true;      // it is not known yet that nothing is held back
    Hook* hook = nullptr;
    bool holds = false;  // a stretch of the feed, which waits to be told to go on
    base::SteadyTime next_subscription = base::SteadyTime::InfinitePast();
    absl::flat_hash_map<int64_t, feed::FeedEventPointer> events;  // of the queue
  };
  // A request under way; a test if there is no sequence.
  struct Flight {
    Key key;
    int64_t sequence = 0;
    std::optional<Delivery> test = std::nullopt;
  };
  struct Order {
    Key key;
    Endpoint::Start start;
  };

  void Run();
  absl::Status Lead();
  absl::Status Turn();
  absl::Status Drain();
  void Close();
  base::SteadyTime NextTurn();
  int ShareOfOne() const;

  // dispatcher_targets.cc
  absl::Status Look();
  absl::Status Begin(Target target);
  absl::Status LookAtHolds();
  absl::Status RemoveClosed();
  absl::Status StartTests(absl::Time now);
  void Subscribe(Running& running);
  void Unsubscribe(Running& running);
  void AskForMore();
  absl::Status DisableDead();

  // dispatcher_sending.cc
  void Handle(std::vector<News> news);
  void Handle(Taken taken);
  void Handle(const Ended& ended);
  void Handle(const Posted& posted);
  absl::Status StartDue();
  std::vector<Order> OrdersDue(absl::Time now);
  absl::Status Send(const std::vector<Order>& orders, absl::Time now);
  void SendOne(Running& running, const Endpoint::Start& start,
               const crm::event::v1::StageEvent& event, absl::Time now);
  void Gone(Running& running, int64_t sequence, absl::Time now);
  absl::Status Save();
  void Count(const Delivery& delivery);
  void Show();

  const DispatcherOptions options_;
  feed::Feed& feed_;
  const base::Clock& clock_;
  base::IdGenerator& ids_;
  const std::function<void()> committed_;
  const base::RandomSource random_;
  DispatcherMetrics metrics_;
  event::Backoff backoff_;

  Inbox inbox_;
  // The thread's own.
  std::unique_ptr<pg::Connection> database_;
  std::optional<DispatchStore> store_;
  std::unique_ptr<Sender> sender_;
  std::map<Key, std::unique_ptr<Running>> running_;
  std::map<Hook*, std::pair<std::unique_ptr<Hook>, std::optional<Key>>> hooks_;
  std::map<uint64_t, Flight> flights_;
  std::map<base::Uuid, uint64_t> tests_;
  std::vector<Delivery> tested_;  // to be written
  uint64_t last_flight_ = 0;
  base::SteadyTime next_look_ = base::SteadyTime::InfinitePast();

  std::thread thread_;
};

}  // namespace crm::webhook
