#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "common/error/error.h"
#include "common/idempotency/ledger.h"

// How the items of one batch are judged, the same for every kind of repository.
namespace crm::aggregate {

// The state of one aggregate while a batch runs.
template <class A>
struct Slot {
  absl::StatusOr<A> aggregate;  // an error if what is stored cannot be read
  // As it was before the first change; nothing while unchanged.
  std::optional<A> loaded = std::nullopt;
};

template <class A>
using Slots = absl::flat_hash_map<Key, Slot<A>>;

// Answers of requests that were seen before, in the ledger or earlier in this batch.
class Replays {
 public:
  void Remember(const std::string& tenant, const idempotency::Request& request,
                const std::string& answer) {
    seen_[Key{tenant, request.id}] = {request.hash, answer};
  }
  void Remember(const Key& key, idempotency::StoredAnswer answer) {
    seen_[key] = std::move(answer);
  }
  // The answer to give instead of running the item, or nullopt if it is new.
  std::optional<absl::StatusOr<Answer>> Find(
      const std::string& tenant, const std::optional<idempotency::Request>& request) const {
    if (!request.has_value() || seen_.empty()) return std::nullopt;
    const auto found = seen_.find(Key{tenant, request->id});
    if (found == seen_.end()) return std::nullopt;
    absl::StatusOr<std::string> bytes = idempotency::Replay(found->second, *request);
    if (!bytes.ok()) return absl::StatusOr<Answer>(bytes.status());
    return absl::StatusOr<Answer>(Answer{*std::move(bytes), /*replayed=*/true});
  }

 private:
  absl::flat_hash_map<Key, idempotency::StoredAnswer> seen_;
};

// Runs one change on its slot: etag, rule, new revision, answer.
template <class A>
absl::StatusOr<Answer> ApplyChange(const Change<A>& change, Slot<A>* slot, absl::Time now,
                                   const std::string& name) {
  if (slot == nullptr) return error::NotFound(name);
  if (!slot->aggregate.ok()) return slot->aggregate.status();
  A& stored = *slot->aggregate;
  const std::string current = absl::StrCat(stored.revision);
  if (!change.etag.empty() && change.etag != current) {
    return error::StaleEtag(name).With("etag", change.etag).With("currentEtag", current);
  }
  A next = stored;
  if (absl::Status status = change.apply(next); !status.ok()) return status;
  if (!(next == stored)) {
    ++next.revision;
    next.update_time = now;
    A previous = std::exchange(stored, std::move(next));
    if (!slot->loaded.has_value()) slot->loaded = std::move(previous);
  }
  return Answer{change.answer(stored)};
}

// Runs all changes in order. `name_of` names a key's resource for errors.
template <class A, class NameOf>
void ApplyChanges(absl::Span<Change<A>* const> changes, Slots<A>& slots, Replays& replays,
                  absl::Time now, const NameOf& name_of) {
  for (Change<A>* change : changes) {
    if (auto seen = replays.Find(change->key.tenant, change->request)) {
      change->outcome = *std::move(seen);
      continue;
    }
    const auto slot = slots.find(change->key);
    change->outcome = ApplyChange(*change, slot == slots.end() ? nullptr : &slot->second, now,
                                  name_of(change->key));
    if (change->outcome.ok() && change->request.has_value()) {
      replays.Remember(change->key.tenant, *change->request, change->outcome->bytes);
    }
  }
}

// The new ones among `creations`: replays are answered, the others get revision, times and answer.
template <class A>
std::vector<Creation<A>*> PrepareCreations(absl::Span<Creation<A>* const> creations,
                                           Replays& replays, absl::Time now) {
  std::vector<Creation<A>*> fresh;
  fresh.reserve(creations.size());
  for (Creation<A>* creation : creations) {
    A& aggregate = creation->aggregate;
    if (auto seen = replays.Find(aggregate.tenant, creation->request)) {
      creation->outcome = *std::move(seen);
      continue;
    }
    aggregate.revision = 1;
    aggregate.create_time = aggregate.update_time = now;
    creation->outcome = Answer{creation->answer(aggregate)};
    if (creation->request.has_value()) {
      replays.Remember(aggregate.tenant, *creation->request, creation->outcome->bytes);
    }
    fresh.push_back(creation);
  }
  return fresh;
}

}  // namespace crm::aggregate
