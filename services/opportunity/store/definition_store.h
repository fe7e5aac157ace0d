#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "common/base/clock.h"
#include "common/base/steady_clock.h"
#include "common/pg/pool.h"
#include "common/pg/transaction.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/domain/pipeline.h"

namespace crm::opportunity {

// Which pipeline of which tenant.
struct PipelineKey {
  std::string tenant;
  std::string slug;
};

// The definitions of pipelines by revision. A revision is immutable, so each is read once by a
// process and never asked for again; which one counts, the database says each time. So no process
// applies an old one, whatever others have changed. Thread-safe.
class DefinitionStore {
 public:
  explicit DefinitionStore(const base::Clock& clock) : clock_(clock) {}

  // Fills in the definitions of opportunities: of stored ones that of the revision which came with
  // the row, of new ones the present one, by a query. Costs a round trip only for those and for
  // revisions that this process has not seen. A tenant's default pipeline is stored if it is not
  // yet. What is not there, or cannot be read, is left out.
  absl::Status Complete(pg::Transaction& transaction, absl::Span<Opportunity* const> opportunities);

  // The present definitions, in order of the keys. NOT_FOUND RESOURCE_NOT_FOUND, DATA_LOSS
  // DATA_DAMAGED; a database error is everybody's. Blocks for one read.
  std::vector<absl::StatusOr<Definition>> Current(pg::Pool& pool,
                                                  absl::Span<const PipelineKey> keys,
                                                  base::Deadline deadline);

 private:
  using Revision = std::tuple<std::string, std::string, int64_t>;  // tenant, slug, number

  Definition Find(const Revision& revision) const;
  Definition Put(Pipeline pipeline);
  // From a row of a pipeline, read in full only if the revision is not known yet.
  absl::StatusOr<Definition> Take(const pg::Row& row);
  absl::Status LoadPresent(pg::Transaction& transaction, absl::Span<Opportunity* const> fresh);
  absl::Status LoadRevisions(pg::Transaction& transaction, absl::Span<Opportunity* const> missing);

  const base::Clock& clock_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<Revision, Definition> known_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::opportunity
