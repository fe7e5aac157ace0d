#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/aggregate/fields.h"
#include "common/aggregate/repository.h"
#include "common/aggregate/revision.h"
#include "common/pg/rows.h"
#include "common/pg/transaction.h"
#include "common/stage/record_change.h"
#include "common/stage/stage_record.h"

namespace crm::aggregate {

// An aggregate that a batch writes.
template <class A>
struct Written {
  const A* before;  // as it was loaded; nullptr if it is new
  const A* after;
};

// All that a batch writes.
template <class A>
using Writes = absl::Span<const Written<A>>;

// What a service's store supplies for its aggregate: statements and rows, nothing of the protocol.
// Stateless; used from several threads at once.
template <class A>
class Table {
 public:
  virtual ~Table() = default;

  // A statement with parameters ($1::text[] tenants, $2::uuid[] ids) that selects the rows' columns
  // for Read; a key that repeats gives its row as often. SelectForUpdate ends in `ORDER BY tenant,
  // id FOR UPDATE`, or FOR NO KEY UPDATE, so that all batches lock in one order.
  virtual const pg::Statement& SelectForUpdate() const = 0;
  virtual const pg::Statement& Select() const = 0;

  // One row of either as an aggregate; its first two columns are tenant and id. DATA_LOSS
  // DATA_DAMAGED with the resource name if it cannot be read in full: see pg::RowReader.
  virtual absl::StatusOr<A> Read(const pg::Row& row) const = 0;

  // Every field that is stored, for the field history: all but what the rows of every aggregate
  // begin with (ReadHead). A field without its row here cannot be told as it was. Static storage.
  virtual Fields<A> StoredFields() const = 0;

  // Fills in what aggregates carry beside their rows, in the transaction of the batch: of those
  // just locked, before any change is applied, and of new ones with an `apply`, before that. May
  // query; the hot path should not need to. What is missing for one aggregate is left out of it,
  // for its rule to refuse; an error is the whole batch's.
  virtual absl::Status Complete(pg::Transaction& /*transaction*/,
                                absl::Span<A* const> /*aggregates*/) const {
    return absl::OkStatus();
  }

  // Looks for what forbids writing each of `aggregates` (a taken id, a duplicate) and sets the
  // refusal of those; OK elsewhere. Only asked after a write failed retryably, as on a unique
  // constraint. The other members of the batch are among `aggregates` too: of two that want the
  // same the earlier one gets it. What one of them gives up need not count as free; who is refused
  // for it is asked again, alone, after the others are written.
  virtual absl::Status FindConflicts(pg::Transaction& transaction, Writes<A> aggregates,
                                     absl::Span<absl::Status> refusals) const = 0;

  // Defer set-wise statements (unnest) that write the rows and everything collected in them. What
  // a changed aggregate needs written follows from the difference to the loaded one.
  virtual absl::Status Insert(pg::Transaction& transaction, Writes<A> aggregates) const = 0;
  virtual absl::Status Update(pg::Transaction& transaction, Writes<A> aggregates) const = 0;

  // The stage changes collected in the aggregate, for history and outbox. `actor`-like facts are in
  // the aggregate's own records.
  virtual void AppendStages(const A& aggregate, std::vector<stage::StageRecord>& out) const = 0;

  // What of the write that made `revision` is published beside its moves, in words of the streams
  // (docs/events.md); nothing of what may be personal. `before` is a new A if the write created
  // the thing.
  virtual std::optional<stage::RecordChange> Published(const A& /*before*/, const A& /*after*/,
                                                       const Revision& /*revision*/) const {
    return std::nullopt;
  }

  // The resource name, for NOT_FOUND and ETAG_MISMATCH.
  virtual std::string Name(const Key& key) const = 0;
};

}  // namespace crm::aggregate
