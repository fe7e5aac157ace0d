#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/aggregate/fields.h"
#include "common/aggregate/replays.h"
#include "common/aggregate/repository.h"
#include "common/aggregate/revisions.h"
#include "common/error/error.h"

// How the items of one batch are judged, the same for every kind of repository.
namespace crm::aggregate {

// What an etag is about: the revision, unless the aggregate tells its editions apart from revisions
// that nobody's edit can collide with.
template <class A>
int64_t EditionOf(const A& aggregate) {
  if constexpr (requires { aggregate.edition(); }) {
    return aggregate.edition();
  } else {
    return aggregate.revision;
  }
}

// The state of one aggregate while a batch runs.
template <class A>
struct Slot {
  absl::StatusOr<A> aggregate;  // an error if what is stored cannot be read
  // As it was before the first change; nothing while unchanged.
  std::optional<A> loaded = std::nullopt;
  std::vector<RevisionRow> revisions = {};  // one for each change since
};

template <class A>
using Slots = absl::flat_hash_map<Key, Slot<A>>;

template <class A>
const std::string& TenantOf(const Change<A>& change) {
  return change.key.tenant;
}
template <class A>
const std::string& TenantOf(const Creation<A>& creation) {
  return creation.aggregate.tenant;
}

// Whether the item did something, rather than repeat a request or fail.
template <class Item>
bool TookEffect(const Item& item) {
  return item.outcome.ok() && !item.outcome->replayed;
}

// The item took effect: its request has an answer now.
template <class Item>
void RememberAnswer(const Item& item, Replays& replays) {
  if (!item.request.has_value()) return;
  replays.Remember({TenantOf(item), item.request->id},
                   idempotency::StoredAnswer{item.request->hash, item.outcome->bytes});
}

// What a revision makes public: Table::Published, or nothing.
template <class A>
using Publish = std::function<std::optional<stage::RecordChange>(const A& before, const A& after,
                                                                 const Revision& revision)>;

// The revision that a change or creation makes of `before` (a new A if it is a creation).
template <class A, class Item>
RevisionRow RevisionBy(const Item& item, const A& before, const A& after, Fields<A> fields,
                       const Publish<A>& publish) {
  RevisionRow row{{after.tenant, after.id}};
  row.revision.revision = after.revision;
  row.revision.record_time = after.update_time;
  if (after.revision > 1) row.revision.previous_time = before.update_time;
  row.revision.author = item.author;
  if (item.request.has_value()) row.revision.request_id = item.request->id;
  row.revision.changes = ChangesOf(before, after, fields);
  if (publish) row.published = publish(before, after, row.revision);
  return row;
}

// Runs one change on its slot, nullptr if there is nothing: etag, rule, new revision, answer.
// `name_of` names a key's resource for errors, `fields` are those of its revision, `publish` what
// of it is made public.
template <class A, class NameOf>
absl::StatusOr<Answer> ApplyChange(const Change<A>& change, Slot<A>* slot, absl::Time now,
                                   const NameOf& name_of, Fields<A> fields = {},
                                   const Publish<A>& publish = nullptr) {
  if (slot == nullptr) return error::NotFound(name_of(change.key));
  if (!slot->aggregate.ok()) return slot->aggregate.status();
  A& stored = *slot->aggregate;
  if (!change.etag.empty()) {
    const std::string current = absl::StrCat(EditionOf(stored));
    if (change.etag != current) {
      return error::StaleEtag(name_of(change.key))
          .With("etag", change.etag)
          .With("currentEtag", current);
    }
  }
  A next = stored;
  if (absl::Status status = change.apply(next); !status.ok()) return status;
  if (!(next == stored)) {
    ++next.revision;
    next.update_time = now;
    slot->revisions.push_back(RevisionBy(change, stored, next, fields, publish));
    A previous = std::exchange(stored, std::move(next));
    if (!slot->loaded.has_value()) slot->loaded = std::move(previous);
  }
  return Answer{change.answer(stored)};
}

// Runs all changes in order. The slots that changed, in order of their first change; they point
// into `slots`.
template <class A, class NameOf>
std::vector<Slot<A>*> ApplyChanges(absl::Span<Change<A>* const> changes, Slots<A>& slots,
                                   Replays& replays, absl::Time now, const NameOf& name_of,
                                   Fields<A> fields, const Publish<A>& publish) {
  std::vector<Slot<A>*> changed;
  changed.reserve(slots.size());
  for (Change<A>* change : changes) {
    if (auto seen = replays.Find(change->key.tenant, change->request)) {
      change->outcome = *std::move(seen);
      continue;
    }
    const auto found = slots.find(change->key);
    Slot<A>* const slot = found == slots.end() ? nullptr : &found->second;
    const bool fresh = slot != nullptr && !slot->loaded.has_value();
    change->outcome = ApplyChange(*change, slot, now, name_of, fields, publish);
    if (fresh && slot->loaded.has_value()) changed.push_back(slot);
    if (change->outcome.ok()) RememberAnswer(*change, replays);
  }
  return changed;
}

// Puts an aggregate that an earlier attempt has changed back to what was given.
template <class A>
void BeginAnew(Creation<A>& creation) {
  if (!creation.apply) return;
  if (creation.given.has_value()) {
    creation.aggregate = *creation.given;
  } else {
    creation.given = creation.aggregate;
  }
}

// The new ones among `creations`: replays are answered, what a rule refuses is refused, the others
// get revision, times and answer.
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
    if (creation->apply) {
      if (absl::Status status = creation->apply(aggregate); !status.ok()) {
        creation->outcome = std::move(status);
        continue;
      }
    }
    aggregate.revision = 1;
    aggregate.create_time = aggregate.update_time = now;
    creation->outcome = Answer{creation->answer(aggregate)};
    RememberAnswer(*creation, replays);
    fresh.push_back(creation);
  }
  return fresh;
}

// Sets the outcome of items whose transaction failed. COMMIT_IN_DOUBT tells each its request id,
// under which it may be called again.
template <class Item>
void FailAll(absl::Span<Item* const> items, const absl::Status& status) {
  const bool in_doubt = error::ReasonOf(status) == error::kCommitInDoubt;
  for (Item* item : items) {
    item->outcome = in_doubt && item->request.has_value()
                        ? error::WithMetadata(status, "requestId", item->request->id.ToString())
                        : status;
  }
}

}  // namespace crm::aggregate
