#include "common/rpc/waiting_calls.h"

#include <algorithm>
#include <utility>

#include "common/rpc/executor.h"

namespace crm::rpc {
namespace {

constexpr int64_t kNothingWaits = INT64_MAX;
// The turns that a batch takes, full or of one call.
constexpr int64_t kBatchTurns = 64;
// How many lines of tenants without calls are kept beside those with.
constexpr size_t kIdleLines = 64;

int64_t CostOf(size_t full_batch) {
  return std::max<int64_t>(1, kBatchTurns / static_cast<int64_t>(std::max<size_t>(1, full_batch)));
}

// Of a heap: whether `a` comes after `b`.
constexpr auto kAfter = [](const WaitingTurn& a, const WaitingTurn& b) {
  return std::pair(a.turn, a.arrival) > std::pair(b.turn, b.arrival);
};

void Set(std::atomic<size_t>& value, size_t to) { value.store(to, std::memory_order_relaxed); }
size_t Read(const std::atomic<size_t>& value) { return value.load(std::memory_order_relaxed); }

// Whether one who holds `held` of `all` places may have another, if `taken` are taken.
bool MayHold(size_t held, size_t taken, size_t all) {
  return taken < all && held < WaitingCalls::kShare * (all - taken);
}

}  // namespace

bool WaitingCalls::HasPlaceForAnybody() const {
  const size_t calls = Read(count_);
  const size_t bytes = Read(bytes_);
  return MayHold(calls, calls, bounds_.calls) && MayHold(bytes, bytes, bounds_.bytes);
}

bool WaitingCalls::HasPlace(absl::string_view tenant, size_t bytes) const {
  static constexpr TenantLine kNone;
  const auto found = lines_.find(tenant);
  const TenantLine& line = found == lines_.end() ? kNone : *found->second;
  const size_t taken = Read(bytes_) + bytes;
  return MayHold(line.calls, Read(count_), bounds_.calls) && taken <= bounds_.bytes &&
         MayHold(line.bytes, Read(bytes_), bounds_.bytes);
}

bool WaitingCalls::AtShare(absl::string_view tenant) const {
  const auto found = lines_.find(tenant);
  return found != lines_.end() && IsAtShare(*found->second);
}

bool WaitingCalls::IsAtShare(const TenantLine& line) const {
  return line.calls > 0 && line.calls >= Read(count_) / tenants_;
}

TenantLine& WaitingCalls::LineOf(absl::string_view tenant) {
  const auto found = lines_.find(tenant);
  if (found != lines_.end()) return *found->second;
  if (lines_.size() >= kIdleLines + 2 * tenants_) {
    absl::erase_if(lines_, [](const auto& line) { return line.second->calls == 0; });
  }
  return *lines_.emplace(std::string(tenant), std::make_unique<TenantLine>()).first->second;
}

void WaitingCalls::Add(CallQueue& queue, size_t full_batch, absl::string_view tenant,
                       QueuedCall* call) {
  TenantLine& line = LineOf(tenant);
  call->line = &line;
  if (line.calls++ == 0) ++tenants_;
  line.bytes += call->bytes;
  const int64_t turn = std::max(turn_, line.next_turn);
  line.next_turn = turn + CostOf(full_batch);
  if (queue.waiting_.empty()) active_.push_back(&queue);
  queue.waiting_.push_back({turn, ++arrivals_, call});
  std::push_heap(queue.waiting_.begin(), queue.waiting_.end(), kAfter);
  call->older = newest_;
  call->newer = nullptr;
  (newest_ == nullptr ? oldest_ : newest_->newer) = call;
  newest_ = call;
  if (oldest_ == call) {
    oldest_arrival_.store(call->arrival.ToNanoseconds(), std::memory_order_relaxed);
  }
  Set(count_, Read(count_) + 1);
  Set(bytes_, Read(bytes_) + call->bytes);
}

CallQueue* WaitingCalls::Next() const {
  CallQueue* best = nullptr;
  for (CallQueue* queue : active_) {
    if (best == nullptr || kAfter(best->waiting_.front(), queue->waiting_.front())) best = queue;
  }
  return best;
}

void WaitingCalls::Unlink(QueuedCall& call) {
  (call.older == nullptr ? oldest_ : call.older->newer) = call.newer;
  (call.newer == nullptr ? newest_ : call.newer->older) = call.older;
  TenantLine& line = *call.line;
  line.bytes -= call.bytes;
  if (--line.calls == 0) --tenants_;
}

void WaitingCalls::Take(CallQueue& queue, size_t limit, std::vector<QueuedCall*>& batch) {
  std::vector<WaitingTurn>& waiting = queue.waiting_;
  turn_ = std::max(turn_, waiting.front().turn);
  size_t taken = 0;
  while (!waiting.empty() && batch.size() < limit) {
    std::pop_heap(waiting.begin(), waiting.end(), kAfter);
    QueuedCall* const call = waiting.back().call;
    waiting.pop_back();
    Unlink(*call);
    taken += call->bytes;
    batch.push_back(call);
  }
  if (waiting.empty()) active_.erase(std::find(active_.begin(), active_.end(), &queue));
  Set(count_, Read(count_) - batch.size());
  Set(bytes_, Read(bytes_) - taken);
  oldest_arrival_.store(oldest_ == nullptr ? kNothingWaits : oldest_->arrival.ToNanoseconds(),
                        std::memory_order_relaxed);
  for (QueuedCall* call : batch) call->more_wait = IsAtShare(*call->line);
}

absl::Duration WaitingCalls::OldestAge(base::SteadyTime now) const {
  const int64_t oldest = oldest_arrival_.load(std::memory_order_relaxed);
  if (oldest == kNothingWaits) return absl::ZeroDuration();
  return absl::Nanoseconds(now.ToNanoseconds() - oldest);
}

}  // namespace crm::rpc
