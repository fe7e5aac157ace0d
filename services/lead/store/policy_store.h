#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "common/idempotency/request.h"
#include "common/pg/pool.h"
#include "services/lead/domain/qualification_policy.h"
#include "services/lead/store/document_store.h"

namespace crm::lead {

// Which policy of a tenant: a revision, or the one in force at a time; neither: the current one.
struct PolicyQuestion {
  std::string tenant;
  int64_t revision = 0;
  std::optional<absl::Time> time = std::nullopt;

  friend bool operator==(const PolicyQuestion&, const PolicyQuestion&) = default;
};

// A new policy of a tenant.
struct PolicyUpdate {
  std::string tenant;
  QualificationPolicy policy;  // without faults
  std::string etag;            // empty: whatever the current revision
  std::optional<idempotency::Request> request;
  std::string actor;
  absl::Time now;
  // The serialized response.
  std::function<std::string(const PolicyRevision&)> answer;
};

// The qualification policies in PostgreSQL. Thread-safe; every method blocks.
class PolicyStore {
 public:
  explicit PolicyStore(pg::Pool& pool);

  // One answer per question, each for itself: NOT_FOUND RESOURCE_NOT_FOUND for an unknown revision,
  // DATA_LOSS DATA_DAMAGED; a database error is everybody's. One query.
  std::vector<absl::StatusOr<PolicyRevision>> Find(absl::Span<const PolicyQuestion> questions,
                                                   base::Deadline deadline) const;

  // At most `limit` revisions before `before` (nothing: from the current one), the newest first;
  // the built-in one is the last.
  absl::StatusOr<std::vector<PolicyRevision>> List(const std::string& tenant,
                                                   std::optional<int64_t> before, int limit,
                                                   base::Deadline deadline) const;

  // Makes a new revision unless the current one judges alike, and gives the answer, or the first
  // answer to this request. Errors: ABORTED ETAG_MISMATCH, REQUEST_ID_REUSED, DATA_DAMAGED,
  // database errors.
  absl::StatusOr<aggregate::Answer> Update(const PolicyUpdate& update, base::Deadline deadline);

 private:
  pg::Pool& pool_;
  DocumentStore documents_;
};

// "qualificationPolicy/revisions/{revision}", for errors.
std::string PolicyName(int64_t revision);

}  // namespace crm::lead
