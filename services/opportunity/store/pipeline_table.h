#pragma once

#include <string>
#include <vector>

#include "common/aggregate/table.h"
#include "services/opportunity/domain/pipeline.h"
#include "services/opportunity/store/pipeline_fields.h"

namespace crm::opportunity {

// A row of table pipeline or pipeline_revision. DATA_LOSS DATA_DAMAGED if it cannot be read in
// full.
absl::StatusOr<Pipeline> ReadPipeline(const pg::Row& row);

// The rows of pipelines. Every revision is kept, and what an update retires or takes back is noted
// for the mover (retirement_store.h).
class PipelineTable final : public aggregate::Table<Pipeline> {
 public:
  const pg::Statement& SelectForUpdate() const override;
  const pg::Statement& Select() const override;
  absl::StatusOr<Pipeline> Read(const pg::Row& row) const override { return ReadPipeline(row); }
  aggregate::Fields<Pipeline> StoredFields() const override { return PipelineFieldTable(); }

  absl::Status FindConflicts(pg::Transaction& transaction, aggregate::Writes<Pipeline> pipelines,
                             absl::Span<absl::Status> refusals) const override;
  absl::Status Insert(pg::Transaction& transaction,
                      aggregate::Writes<Pipeline> pipelines) const override;
  absl::Status Update(pg::Transaction& transaction,
                      aggregate::Writes<Pipeline> pipelines) const override;

  // Pipelines have no stages of their own.
  void AppendStages(const Pipeline&, std::vector<stage::StageRecord>&) const override {}
  // An id does not tell the slug; handlers name what they were asked for.
  std::string Name(const aggregate::Key& key) const override;
};

// Gives these tenants their default pipeline where they have none. Deferred.
absl::Status EnsureDefaults(pg::Transaction& transaction, std::vector<std::string> tenants,
                            absl::Time now);

}  // namespace crm::opportunity
