#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/aggregate/repository.h"
#include "common/idempotency/request.h"
#include "common/pg/pool.h"
#include "services/lead/domain/outcome_model.h"

namespace crm::lead {

// A revision of a tenant's prediction model.
struct ModelRevision {
  int64_t revision = 0;
  absl::Time record_time;
  std::string actor;
  OutcomeModel model;
};

// A model that was learned.
struct LearnedModel {
  std::string tenant;
  OutcomeModel model;
  std::optional<idempotency::Request> request;
  std::string actor;
  absl::Time now;
  // The serialized response.
  std::function<std::string(const ModelRevision&)> answer;
};

// The prediction models in PostgreSQL, and how far their daily training has come. Thread-safe, for
// any number of processes; every method blocks.
class ModelStore {
 public:
  explicit ModelStore(pg::Pool& pool) : pool_(pool) {}

  // A revision, 0: the current one. NOT_FOUND RESOURCE_NOT_FOUND; FAILED_PRECONDITION MODEL_MISSING
  // if the tenant has none at all; DATA_LOSS DATA_DAMAGED.
  absl::StatusOr<ModelRevision> Find(const std::string& tenant, int64_t revision,
                                     base::Deadline deadline) const;

  // At most `limit` revisions before `before` (nothing: from the current one), the newest first,
  // without what was learned of the factors.
  absl::StatusOr<std::vector<ModelRevision>> List(const std::string& tenant,
                                                  std::optional<int64_t> before, int limit,
                                                  base::Deadline deadline) const;

  // Makes a new revision unless the current one is equal, and gives the answer, or the first answer
  // to this request. Errors: REQUEST_ID_REUSED, DATA_DAMAGED, database errors.
  absl::StatusOr<aggregate::Answer> Add(const LearnedModel& learned, base::Deadline deadline);

  // Behind which tenant the daily training is, if its next step is due; nobody else gets it for as
  // long as `lease`.
  absl::StatusOr<std::optional<std::string>> ClaimTraining(absl::Duration lease,
                                                           base::Deadline deadline);

  // The first tenant behind this one that has leads.
  absl::StatusOr<std::optional<std::string>> NextTenant(const std::string& after,
                                                        base::Deadline deadline) const;

  // The training is behind `after` now; the next step is due after `pause`. Does nothing if it is
  // not behind `before` any more.
  absl::Status AdvanceTraining(const std::string& before, const std::string& after,
                               absl::Duration pause, base::Deadline deadline);

 private:
  pg::Pool& pool_;
};

}  // namespace crm::lead
