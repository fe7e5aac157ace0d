#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/aggregate/revision.h"
#include "common/base/steady_clock.h"
#include "common/base/tenant_key.h"
#include "common/idempotency/request.h"

// The one way in which the services write: many calls, one transaction. Each change that alters
// something, and each creation, is one revision of its thing (revision.h).
//
// An aggregate A is a plain value type with
//   std::string tenant; base::Uuid id; int64_t revision; absl::Time create_time, update_time;
//   operator== over everything that is stored; and whatever it collects to be written along with
//   itself (stage changes, activities, …), also covered by ==.
namespace crm::aggregate {

using Key = base::TenantKey;

// The serialized response of a call, fresh or stored by the first call with this request id.
struct Answer {
  std::string bytes;
  bool replayed = false;
};

// One call's change of one existing aggregate.
template <class A>
struct Change {
  Key key;
  std::string etag;  // empty: whatever the revision
  std::optional<idempotency::Request> request;
  Author author;  // for its revision

  // The rule: changes the aggregate or says why not. Runs with the row locked, perhaps more than
  // once (each time on freshly loaded state), so it must not touch anything else.
  std::function<absl::Status(A&)> apply;

  // The serialized response, made from the aggregate with its new revision and update time.
  std::function<std::string(const A&)> answer;

  absl::StatusOr<Answer> outcome = absl::UnknownError("not run");
};

// One call's new aggregate, complete but for revision, create_time and update_time, and for what
// `apply` sets.
template <class A>
struct Creation {
  A aggregate;
  std::optional<idempotency::Request> request;
  Author author;  // for its revision

  // A rule that needs what Table::Complete fills in; may be empty. Runs in the transaction, perhaps
  // more than once, each time on the aggregate as it was given, and must not touch anything else.
  std::function<absl::Status(A&)> apply = nullptr;

  std::function<std::string(const A&)> answer;
  absl::StatusOr<Answer> outcome = absl::UnknownError("not run");

  // Of the repository alone: the aggregate as it was given, while `apply` is at work on it.
  std::optional<A> given = std::nullopt;
};

// Thread-safe; every method blocks. Deadlines bound the wait for a connection and for statements.
template <class A>
class Repository {
 public:
  virtual ~Repository() = default;

  // Applies all changes in one transaction and sets every `outcome`. Two changes of one aggregate
  // apply in the order of the span. A change that fails fails alone; its outcome says why:
  // NOT_FOUND RESOURCE_NOT_FOUND, ABORTED ETAG_MISMATCH, INVALID_ARGUMENT REQUEST_ID_REUSED, what
  // apply said, DATA_LOSS DATA_DAMAGED when what is stored cannot be read (it stays as it is), or a
  // database error. A change that alters nothing keeps the revision.
  virtual void Update(absl::Span<Change<A>* const> changes, base::Deadline deadline) = 0;

  // Inserts all in one transaction and sets every `outcome`; ALREADY_EXISTS with the service's own
  // reason where something like it is there.
  virtual void Create(absl::Span<Creation<A>* const> creations, base::Deadline deadline) = 0;

  // The aggregates of `keys`, in that order. Each is answered for itself: NOT_FOUND
  // RESOURCE_NOT_FOUND, DATA_LOSS DATA_DAMAGED; a database error is everybody's.
  virtual std::vector<absl::StatusOr<A>> Get(absl::Span<const Key> keys,
                                             base::Deadline deadline) = 0;
};

}  // namespace crm::aggregate
