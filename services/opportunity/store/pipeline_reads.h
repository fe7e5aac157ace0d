#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "common/base/clock.h"
#include "common/listing/query.h"
#include "common/pg/pool.h"
#include "services/opportunity/store/definition_store.h"

namespace crm::opportunity {

// Reads of pipelines by something else than their keys. Thread-safe; blocks.
class PipelineReads {
 public:
  // All must outlive the reads.
  PipelineReads(pg::Pool& pool, DefinitionStore& definitions, const base::Clock& clock)
      : pool_(pool), definitions_(definitions), clock_(clock) {}

  // Stores the default pipeline of these tenants where it is not yet, so that it is found like any
  // other. Asks the database once for each tenant.
  absl::Status EnsureDefaults(absl::Span<const std::string> tenants, base::Deadline deadline);

  // One page; DATA_LOSS DATA_DAMAGED if a row of it cannot be read.
  absl::StatusOr<std::vector<Pipeline>> List(const listing::Query& query,
                                             base::Deadline deadline) const;

  // The pipeline as its revision number `revision` defined it. NOT_FOUND RESOURCE_NOT_FOUND,
  // DATA_LOSS DATA_DAMAGED.
  absl::StatusOr<Pipeline> AtRevision(const PipelineKey& key, int64_t revision,
                                      base::Deadline deadline) const;

  // The present definition, see DefinitionStore::Current.
  absl::StatusOr<Definition> Current(const PipelineKey& key, base::Deadline deadline) const {
    return definitions_.Current(pool_, absl::MakeConstSpan(&key, 1), deadline)[0];
  }

  // Which of these stages have opportunities. Walks over the tenant's opportunities if one has
  // none.
  absl::StatusOr<absl::flat_hash_set<std::string>> InUse(const PipelineKey& key,
                                                         const std::vector<std::string>& stages,
                                                         base::Deadline deadline) const;

 private:
  pg::Pool& pool_;
  DefinitionStore& definitions_;
  const base::Clock& clock_;
  absl::Mutex mutex_;
  absl::flat_hash_set<std::string> ensured_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::opportunity
