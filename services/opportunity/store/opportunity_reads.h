#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/aggregate/listing.h"
#include "common/aggregate/repository.h"
#include "common/aggregate/revision.h"
#include "common/idempotency/request.h"
#include "common/listing/query.h"
#include "common/pg/pool.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

// The open ones have a table in the order of their expected close dates, which lists by that read.
aggregate::ListedTable ListedTableFor(const listing::Query& query);

// Reads of more than one opportunity by something else than their keys. Thread-safe; blocks.
class OpportunityReads {
 public:
  // `pool` must outlive the reads.
  explicit OpportunityReads(pg::Pool& pool) : pool_(pool) {}

  // One page; DATA_LOSS DATA_DAMAGED if a row of it cannot be read.
  absl::StatusOr<std::vector<Opportunity>> List(const listing::Query& query,
                                                base::Deadline deadline) const;

  // At most `limit` stage changes of one opportunity with a version beyond `after_version`, in
  // order; none if there is no such opportunity.
  // DATA_LOSS DATA_DAMAGED if one of them cannot be read.
  absl::StatusOr<std::vector<StageChange>> StageChanges(const aggregate::Key& key,
                                                        int64_t after_version, int limit,
                                                        base::Deadline deadline) const;

  // The first answer to a request, as idempotency::FirstAnswer.
  absl::StatusOr<std::optional<std::string>> FirstAnswer(const std::string& tenant,
                                                         const idempotency::Request& request,
                                                         base::Deadline deadline) const;

  // At most `limit` revisions of one opportunity beyond `after`, in order; none if there is no such
  // opportunity. DATA_LOSS DATA_DAMAGED if one of them cannot be read.
  absl::StatusOr<std::vector<aggregate::ReadRevision<Opportunity>>> Revisions(
      const aggregate::Key& key, int64_t after, int limit, base::Deadline deadline) const;

  // `present`, which has just been read, as it was at `moment`: see aggregate::AsOf.
  absl::StatusOr<Opportunity> AsOf(const Opportunity& present, const aggregate::Moment& moment,
                                   base::Deadline deadline) const;

  // All stage changes of one opportunity, read in pages; errors as above. A change that is recorded
  // meanwhile may be among them or not, but never one without those before it.
  absl::StatusOr<std::vector<StageChange>> WholeHistory(const aggregate::Key& key,
                                                        base::Deadline deadline) const;

 private:
  pg::Pool& pool_;
};

}  // namespace crm::opportunity
