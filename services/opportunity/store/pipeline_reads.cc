#include "services/opportunity/store/pipeline_reads.h"

#include "common/aggregate/listing.h"
#include "common/aggregate/read_rows.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/row_reader.h"
#include "services/opportunity/store/pipeline_table.h"
#include "services/opportunity/store/statements.h"

namespace crm::opportunity {
namespace {

constexpr size_t kMostEnsured = 100'000;

}  // namespace

absl::Status PipelineReads::EnsureDefaults(absl::Span<const std::string> tenants,
                                           base::Deadline deadline) {
  std::vector<std::string> wanted;
  {
    absl::MutexLock lock(&mutex_);
    for (const std::string& tenant : tenants) {
      if (!ensured_.contains(tenant)) wanted.push_back(tenant);
    }
  }
  if (wanted.empty()) return absl::OkStatus();
  CRM_RETURN_IF_ERROR(pg::RunInTransaction(
      pool_, pg::TenantsOf(wanted), deadline, [&](pg::Transaction& transaction) {
        return opportunity::EnsureDefaults(transaction, wanted, clock_.Now());
      }));
  absl::MutexLock lock(&mutex_);
  if (ensured_.size() >= kMostEnsured) ensured_.clear();
  ensured_.insert(wanted.begin(), wanted.end());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Pipeline>> PipelineReads::List(const listing::Query& query,
                                                          base::Deadline deadline) const {
  return aggregate::ReadPage<Pipeline>(
      aggregate::List(pool_, {statements::kPipelineListSelect, nullptr}, query, deadline),
      ReadPipeline);
}

absl::StatusOr<Pipeline> PipelineReads::AtRevision(const PipelineKey& key, int64_t revision,
                                                   base::Deadline deadline) const {
  pg::Columns keys;
  keys.Add(key.tenant, PipelineId(key.slug), revision);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool_.Read(pg::Tenants(key.tenant), statements::kPipelineRevisions,
                                  keys.ToParams(), deadline));
  if (rows.empty()) return error::NotFound(PipelineName(key.slug));
  return ReadPipeline(rows[0]);
}

absl::StatusOr<absl::flat_hash_set<std::string>> PipelineReads::InUse(
    const PipelineKey& key, const std::vector<std::string>& stages, base::Deadline deadline) const {
  absl::flat_hash_set<std::string> used;
  if (stages.empty()) return used;
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool_.Read(pg::Tenants(key.tenant), statements::kStagesInUse,
                                  pg::MakeParams(key.tenant, key.slug, stages), deadline));
  for (const pg::Row row : rows) used.insert(row.Text(0));
  return used;
}

}  // namespace crm::opportunity
