#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "common/base/steady_clock.h"
#include "common/base/uuid.h"
#include "common/idempotency/request.h"
#include "common/rpc/call_context.h"
#include "common/rpc/request_hash.h"
#include "common/serving/batch_rounds.h"

// Between a batch of calls and a repository.
namespace crm::serving {

// What makes the request repeatable, nullopt if the caller gave no request_id (validated before).
template <class Req>
std::optional<idempotency::Request> RequestOf(const rpc::CallContext& context, const Req& request) {
  if (request.request_id().empty()) return std::nullopt;
  const std::optional<base::Uuid> id = base::Uuid::Parse(request.request_id());
  if (!id.has_value()) return std::nullopt;
  return idempotency::Request{*id, rpc::RequestHash(context.method, request)};
}

// Who calls, and which method, for the revision that a write leaves.
inline aggregate::Author AuthorOf(const rpc::CallContext& context) {
  return {context.actor, std::string(context.method.substr(context.method.rfind('/') + 1))};
}

// Of a call that does many things: whether this one was not even tried. If none was, the call is
// refused as a whole, and may be repeated.
inline bool Unreached(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

template <class Item, class CallType>
void AnswerFrom(const Item& item, CallType& call) {
  if (item.outcome.ok()) {
    call.FinishSerialized(item.outcome->bytes, item.outcome->replayed);
  } else {
    call.Finish(item.outcome.status());
  }
}

// Runs the calls as one batch, in rounds (batch_rounds.h). `make` turns a call into an Item
// (aggregate::Change<A> or aggregate::Creation<A>), or an error that only this call gets; `write`
// hands the items to the repository, which sets their outcomes, perhaps more than once. Every call
// is finished. The author of each item is its call.
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
    items.back().author = AuthorOf(call->context());
    callers.push_back(call);
  }
  std::vector<Item*> pointers;
  pointers.reserve(items.size());
  BatchRounds rounds(DeadlinesOf(absl::MakeConstSpan(callers)));
  for (; !rounds.over(); rounds.Next()) {
    pointers.clear();
    for (const size_t i : rounds.members()) pointers.push_back(&items[i]);
    write(absl::Span<Item* const>(pointers), rounds.end());
    for (const size_t i : rounds.members()) {
      if (!rounds.GoesOn(i, items[i].outcome.status())) AnswerFrom(items[i], *callers[i]);
    }
  }
}

// Changes of existing aggregates: make(call) → StatusOr<aggregate::Change<A>>.
template <class A, class CallType, class Make>
void UpdateBatch(aggregate::Repository<A>& repository, absl::Span<CallType* const> calls,
                 const Make& make) {
  AnswerBatch<aggregate::Change<A>>(calls, make, [&](auto items, base::Deadline deadline) {
    repository.Update(items, deadline);
  });
}

// New aggregates: make(call) → StatusOr<aggregate::Creation<A>>.
template <class A, class CallType, class Make>
void CreateBatch(aggregate::Repository<A>& repository, absl::Span<CallType* const> calls,
                 const Make& make) {
  AnswerBatch<aggregate::Creation<A>>(calls, make, [&](auto items, base::Deadline deadline) {
    repository.Create(items, deadline);
  });
}

}  // namespace crm::serving
