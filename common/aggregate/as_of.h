#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/aggregate/fields.h"
#include "common/aggregate/revisions.h"
#include "common/base/status.h"
#include "common/error/refusals.h"

// A thing as it was. Revisions are taken back one by one, from the present on: so a thing that is
// older than its history is told as far back as that goes, and a write without a revision (by a
// program of a version before there was field history) ends what can be told.
namespace crm::aggregate {

// Takes `revision` back from `thing`, which it made. False if it cannot be read. A TakenBack(thing,
// method) beside A takes back what A counts apart from its fields.
template <class A>
bool TakeBack(const Revision& revision, Fields<A> fields, A& thing) {
  if (!revision.previous_time.has_value()) return false;
  if (!ReadChanges<A>(revision.changes, fields, &thing, nullptr)) return false;
  --thing.revision;
  if constexpr (requires { TakenBack(thing, absl::string_view()); }) {
    TakenBack(thing, revision.author.method);
  }
  thing.update_time = *revision.previous_time;
  return true;
}

// `thing`, as it has just been read, at `moment`: at a revision exactly as it was answered then; at
// a time as the latest revision recorded by then. OUT_OF_RANGE REVISION_OUT_OF_RANGE for a
// revision that never was or a moment before what is kept; NOT_FOUND RESOURCE_NOT_FOUND for a time
// before the thing was made; DATA_LOSS DATA_DAMAGED if a revision in between cannot be read.
// `name` is the thing's. Blocks for a read per 500 revisions.
template <class A>
absl::StatusOr<A> AsOf(pg::Pool& pool, Fields<A> fields, A thing, const std::string& name,
                       const Moment& moment, base::Deadline deadline) {
  constexpr int kChunk = 500;
  const auto* const revision = std::get_if<int64_t>(&moment);
  const auto* const time = std::get_if<absl::Time>(&moment);
  if (revision != nullptr && *revision > thing.revision) {
    return error::RevisionOutOfRange(name).With("latest", absl::StrCat(thing.revision));
  }
  if (time != nullptr && *time < thing.create_time) return error::NotFound(name);
  const auto not_kept = [&] {
    return error::RevisionOutOfRange(name)
        .With("earliest", absl::StrCat(thing.revision))
        .With("earliestTime",
              absl::FormatTime(absl::RFC3339_full, thing.update_time, absl::UTCTimeZone()));
  };
  const auto reached = [&] {
    return revision != nullptr ? thing.revision <= *revision : thing.update_time <= *time;
  };
  while (!reached()) {
    CRM_ASSIGN_OR_RETURN(
        const std::vector<Revision> revisions,
        RevisionsUntil(pool, {thing.tenant, thing.id}, name, thing.revision, kChunk, deadline));
    if (revisions.empty()) return not_kept();
    for (const Revision& each : revisions) {
      if (reached()) break;
      if (each.revision != thing.revision) return not_kept();
      if (!TakeBack(each, fields, thing)) return error::DataDamaged(name);
    }
  }
  return thing;
}

// At most `limit` revisions of one thing beyond `after`, in order, with the values they changed.
// DATA_LOSS DATA_DAMAGED if one cannot be read. Blocks for one read.
template <class A>
absl::StatusOr<std::vector<ReadRevision<A>>> ReadRevisions(pg::Pool& pool, Fields<A> fields,
                                                           const base::TenantKey& key,
                                                           const std::string& name, int64_t after,
                                                           int limit, base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(std::vector<Revision> revisions,
                       RevisionsAfter(pool, key, name, after, limit, deadline));
  std::vector<ReadRevision<A>> read;
  read.reserve(revisions.size());
  for (Revision& revision : revisions) {
    ReadRevision<A>& one = read.emplace_back();
    for (A* side : {&one.before, &one.after}) {
      side->tenant = key.tenant;
      side->id = key.id;
    }
    one.revision = std::move(revision);
    if (!ReadChanges(one.revision.changes, fields, &one.before, &one.after, &one.changes)) {
      return error::DataDamaged(name);
    }
  }
  return read;
}

}  // namespace crm::aggregate
