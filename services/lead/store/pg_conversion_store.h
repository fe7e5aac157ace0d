#pragma once

#include <vector>

#include "common/pg/pool.h"
#include "services/lead/domain/ports.h"

namespace crm::lead {

// The conversion store in PostgreSQL: one statement per call.
class PgConversionStore final : public ConversionStore {
 public:
  explicit PgConversionStore(pg::Pool& pool) : pool_(pool) {}

  absl::StatusOr<std::vector<absl::StatusOr<KnownConversion>>> LookUp(
      absl::Span<const ConversionQuestion> questions, base::Deadline deadline) override;
  absl::StatusOr<std::vector<absl::StatusOr<DueConversion>>> TakeDue(
      absl::Time now, absl::Time lease_end, int limit, base::Deadline deadline) override;
  absl::StatusOr<PendingConversions> CountPending(base::Deadline deadline) override;
  absl::StatusOr<int> Postpone(absl::Span<const Postponement> postponements,
                               base::Deadline deadline) override;
  absl::StatusOr<std::vector<StuckConversion>> ListStuck(int limit,
                                                         base::Deadline deadline) override;
  absl::StatusOr<int> Resume(absl::Span<const base::Uuid> conversions, bool give_up, absl::Time now,
                             base::Deadline deadline) override;

 private:
  pg::Pool& pool_;
};

}  // namespace crm::lead
