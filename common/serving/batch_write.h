#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "common/base/uuid.h"
#include "common/idempotency/request.h"
#include "common/rpc/call_context.h"
#include "common/rpc/request_hash.h"

// Between a batch of calls and a repository.
namespace crm::serving {

// The longest a batch may hold its connection, however patient its callers are.
inline constexpr absl::Duration kMostBatchTime = absl::Seconds(30);

// What makes the request repeatable, nullopt if the caller gave no request_id (validated before).
template <class Req>
std::optional<idempotency::Request> RequestOf(const rpc::CallContext& context, const Req& request) {
  if (request.request_id().empty()) return std::nullopt;
  const std::optional<base::Uuid> id = base::Uuid::Parse(request.request_id());
  if (!id.has_value()) return std::nullopt;
  return idempotency::Request{*id, rpc::RequestHash(context.method, request)};
}

// The batch runs until its most patient caller gives up: a call that gives up earlier has its own
// deadline at its client.
template <class CallType>
absl::Time BatchDeadline(absl::Span<CallType* const> calls) {
  absl::Time latest = absl::InfinitePast();
  for (const CallType* call : calls) latest = std::max(latest, call->context().deadline);
  return std::min(latest, absl::Now() + kMostBatchTime);
}

// Runs the calls as one batch. `make` turns a call into an Item (aggregate::Change<A> or
// aggregate::Creation<A>), or an error that only this call gets; `write` hands the items to the
// repository, which sets their outcomes. Every call is finished.
template <class Item, class CallType, class Make, class Write>
void AnswerBatch(absl::Span<CallType* const> calls, const Make& make, const Write& write) {
  std::vector<Item> items;
  std::vector<CallType*> callers;
  items.reserve(calls.size());
  callers.reserve(calls.size());
  for (CallType* call : calls) {
    absl::StatusOr<Item> item = make(*call);
    if (!item.ok()) {
      call->Finish(item.status());
      continue;
    }
    items.push_back(*std::move(item));
    callers.push_back(call);
  }
  std::vector<Item*> pointers;
  pointers.reserve(items.size());
  for (Item& item : items) pointers.push_back(&item);
  write(absl::Span<Item* const>(pointers), BatchDeadline(calls));
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i].outcome.ok()) {
      callers[i]->FinishSerialized(items[i].outcome->bytes, items[i].outcome->replayed);
    } else {
      callers[i]->Finish(items[i].outcome.status());
    }
  }
}

// Changes of existing aggregates: make(call) → StatusOr<aggregate::Change<A>>.
template <class A, class CallType, class Make>
void UpdateBatch(aggregate::Repository<A>& repository, absl::Span<CallType* const> calls,
                 const Make& make) {
  AnswerBatch<aggregate::Change<A>>(
      calls, make, [&](auto items, absl::Time deadline) { repository.Update(items, deadline); });
}

// New aggregates: make(call) → StatusOr<aggregate::Creation<A>>.
template <class A, class CallType, class Make>
void CreateBatch(aggregate::Repository<A>& repository, absl::Span<CallType* const> calls,
                 const Make& make) {
  AnswerBatch<aggregate::Creation<A>>(
      calls, make, [&](auto items, absl::Time deadline) { repository.Create(items, deadline); });
}

}  // namespace crm::serving
