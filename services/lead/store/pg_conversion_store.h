#pragma once

#include <vector>

#include "common/pg/pool.h"
#include "services/lead/domain/ports.h"

namespace crm::lead {

// The conversion store in PostgreSQL: one statement per call.
class PgConversionStore final : public ConversionStore {
 public:
  explicit PgConversionStore(pg::Pool& pool) : pool_(pool) {}

  absl::StatusOr<std::vector<KnownConversion>> LookUp(
      absl::Span<const ConversionQuestion> questions, absl::Time deadline) override;
  absl::StatusOr<std::vector<DueConversion>> TakeDue(absl::Time now, absl::Time lease_end,
                                                     int limit, absl::Time deadline) override;
  absl::StatusOr<PendingConversions> CountPending(absl::Time deadline) override;
  absl::Status Postpone(absl::Span<const Postponement> postponements, absl::Time deadline) override;

 private:
  pg::Pool& pool_;
};

}  // namespace crm::lead
