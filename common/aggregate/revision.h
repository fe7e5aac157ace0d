#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "common/base/uuid.h"

// Field history: every write of a thing leaves one revision, written in the same transaction.
namespace crm::aggregate {

// Who makes a write, and by which method ("MoveOpportunity"; of a write without a call, what causes
// it).
struct Author {
  std::string actor;
  std::string method;
};

// One write of one thing.
struct Revision {
  int64_t revision = 0;                     // the thing's from then on; 1 for a new one
  absl::Time record_time;                   // the thing's update_time from then on
  std::optional<absl::Time> previous_time;  // the update_time until then; nothing for a new one
  Author author;
  std::optional<base::Uuid> request_id;
  std::string changes;  // as ChangesOf makes them (fields.h)
};

// That a field changed.
struct ReadChange {
  std::string field;
  bool erased = false;  // its values are gone
};

// A revision with the values it changed: of the fields named, `before` and `after` hold what they
// were and became; all else in them but tenant and id is as in a new A. So are erased values.
template <class A>
struct ReadRevision {
  Revision revision;
  std::vector<ReadChange> changes;
  A before;
  A after;
};

// When a thing is asked for: at a revision (≥ 1) or at a time.
using Moment = std::variant<int64_t, absl::Time>;

}  // namespace crm::aggregate
