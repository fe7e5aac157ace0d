#pragma once

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/aggregate/batch.h"
#include "common/aggregate/repository.h"
#include "common/base/status.h"
#include "common/idempotency/ledger.h"
#include "common/pg/transaction.h"

// What attempts at batches of changes and of creations have in common.
namespace crm::aggregate {

// One attempt at a batch.
template <class Item>
struct Attempt {
  pg::Transaction& transaction;
  absl::Span<Item* const> items;
  bool careful;               // an attempt has failed before
  std::vector<Item*>& aside;  // to be run alone after this one
};

template <class Item>
Key RequestKey(const Item& item) {
  return {TenantOf(item), item.request->id};
}

template <class Item>
absl::Status LookUp(Attempt<Item>& attempt, absl::Span<Item* const> items, Replays& replays) {
  std::vector<Key> keys;
  for (const Item* item : items) {
    if (item->request.has_value()) keys.push_back(RequestKey(*item));
  }
  CRM_ASSIGN_OR_RETURN(auto answers, idempotency::Lookup(attempt.transaction, keys));
  for (size_t i = 0; i < keys.size(); ++i) {
    if (answers[i].has_value()) replays.Remember(keys[i], *std::move(answers[i]));
  }
  return absl::OkStatus();
}

// A failed item may be the retry of one that succeeded: then the first answer stands.
template <class Item>
absl::Status ReplayFailed(Attempt<Item>& attempt) {
  std::vector<Item*> failed;
  for (Item* item : attempt.items) {
    if (!item->outcome.ok() && item->request.has_value()) failed.push_back(item);
  }
  if (failed.empty()) return absl::OkStatus();
  Replays replays;
  CRM_RETURN_IF_ERROR(LookUp(attempt, absl::MakeConstSpan(failed), replays));
  for (Item* item : failed) {
    if (auto seen = replays.Find(TenantOf(*item), item->request)) {
      item->outcome = *std::move(seen);
    }
  }
  return absl::OkStatus();
}

template <class Item, class Predicate>
void SetAside(Attempt<Item>& attempt, const Predicate& predicate) {
  for (Item* item : attempt.items) {
    if (!predicate(*item)) continue;
    item->outcome = absl::UnknownError("not run");
    attempt.aside.push_back(item);
  }
}

}  // namespace crm::aggregate
