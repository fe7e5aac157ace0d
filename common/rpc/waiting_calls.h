#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/strings/string_view.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/steady_clock.h"

namespace crm::rpc {

class CallQueue;
struct QueuedCall;

// What waits of one tenant in a lane.
struct TenantLine {
  size_t calls = 0;
  size_t bytes = 0;
  int64_t next_turn = 0;
};

// The calls that wait in a lane, in the order in which tenants take turns (start-time fair
// queueing). Each call has a turn: not before that of the batch that ran last, and behind the
// earlier calls of its tenant by what those cost. A call costs the share that it has of a full
// batch of its method. So the calls of one tenant run in the order of their arrival, and a tenant
// that comes with a few finds itself before those who wait with many.
//
// Guarded by the lane's mutex, but for the readings that say otherwise.
class WaitingCalls {
 public:
  struct Bounds {
    size_t calls;
    size_t bytes;
  };

  explicit WaitingCalls(Bounds bounds) : bounds_(bounds) {}

  // Whether the lane has place for a call of the tenant, with so many bytes. Never all places are
  // one tenant's: it holds at most kShare times as many as are left.
  static constexpr size_t kShare = 8;
  bool HasPlace(absl::string_view tenant, size_t bytes) const;
  // Whether no tenant, whoever waits, could be refused; without the mutex.
  bool HasPlaceForAnybody() const;

  // Whether as many calls of the tenant wait as of the others on average, and at least one.
  bool AtShare(absl::string_view tenant) const;

  // The call must have place. `full_batch`: how many calls of its method are taken at once at most.
  void Add(CallQueue& queue, size_t full_batch, absl::string_view tenant, QueuedCall* call);
  // The method of the call whose turn is next; nullptr if none waits.
  CallQueue* Next() const;
  // Moves up to `limit` calls of the method to `batch`, by their turns; notes in each whether its
  // tenant is still AtShare.
  void Take(CallQueue& queue, size_t limit, std::vector<QueuedCall*>& batch);

  // The next two without the mutex.
  size_t count() const { return count_.load(std::memory_order_relaxed); }
  // How old the oldest call is; zero if none waits.
  absl::Duration OldestAge(base::SteadyTime now) const;

 private:
  TenantLine& LineOf(absl::string_view tenant);
  bool IsAtShare(const TenantLine& line) const;
  void Unlink(QueuedCall& call);

  const Bounds bounds_;
  std::vector<CallQueue*> active_;  // those with calls
  // Also of tenants that have none, as long as those are few: most come back at once.
  absl::flat_hash_map<std::string, std::unique_ptr<TenantLine>> lines_;
  size_t tenants_ = 0;     // lines with calls
  int64_t turn_ = 0;       // of the batch that was taken last
  uint64_t arrivals_ = 0;  // decides between equal turns
  QueuedCall* oldest_ = nullptr;
  QueuedCall* newest_ = nullptr;
  std::atomic<size_t> count_{0};
  std::atomic<size_t> bytes_{0};
  std::atomic<int64_t> oldest_arrival_{INT64_MAX};  // SteadyTime
};

}  // namespace crm::rpc
