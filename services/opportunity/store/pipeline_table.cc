#include "services/opportunity/store/pipeline_table.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/aggregate/read_rows.h"
#include "common/base/status.h"
#include "common/error/refusals.h"
#include "common/pg/row_reader.h"
#include "services/opportunity/store/pipeline_json.h"
#include "services/opportunity/store/statements.h"

namespace crm::opportunity {
namespace {

void AddRow(const Pipeline& it, pg::Columns& rows) {
  rows.Add(it.tenant, it.id, it.revision, it.create_time, it.update_time, it.slug, it.archive_time,
           DefinitionToJson(it));
}

// The retired stages of `some` that are none of `others`.
std::vector<const RetiredStage*> RetiredOnlyIn(const Pipeline& some, const Pipeline& others) {
  std::vector<const RetiredStage*> retired;
  for (const RetiredStage& it : some.retired) {
    if (others.FindRetired(it.stage.key) == nullptr) retired.push_back(&it);
  }
  return retired;
}

}  // namespace

absl::StatusOr<Pipeline> ReadPipeline(const pg::Row& row) {
  pg::RowReader read(row);
  Pipeline it;
  aggregate::ReadHead(read, it);
  it.slug = read.Text(5);
  it.archive_time = read.OptionalTime(6);
  read.Parsed(7, [&it](absl::string_view json) -> std::optional<bool> {
    return DefinitionFromJson(json, it) ? std::optional(true) : std::nullopt;
  });
  if (!read.ok()) return read.Damage(PipelineName(it.slug));
  return it;
}

const pg::Statement& PipelineTable::SelectForUpdate() const {
  return statements::kPipelineSelectForUpdate;
}

const pg::Statement& PipelineTable::Select() const { return statements::kPipelineSelect; }

absl::Status PipelineTable::FindConflicts(pg::Transaction& transaction,
                                          aggregate::Writes<Pipeline> pipelines,
                                          absl::Span<absl::Status> refusals) const {
  pg::Columns columns;
  for (const auto& [before, it] : pipelines) columns.Add(it->tenant, it->id);
  if (columns.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(statements::kPipelineTaken, columns.ToParams()));
  std::set<std::pair<std::string, base::Uuid>> taken;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const Pipeline& it = *pipelines[read.Index(0, pipelines.size())].after;
    if (!read.ok()) return read.Damage("pipeline");
    taken.emplace(it.tenant, it.id);
  }
  for (size_t i = 0; i < pipelines.size(); ++i) {
    const auto& [before, it] = pipelines[i];
    if (before != nullptr || taken.emplace(it->tenant, it->id).second) continue;
    const std::string name = PipelineName(it->slug);
    refusals[i] = error::DuplicateId("pipeline_id", name).With("name", name);
  }
  return absl::OkStatus();
}

absl::Status PipelineTable::Insert(pg::Transaction& transaction,
                                   aggregate::Writes<Pipeline> pipelines) const {
  pg::Columns rows;
  for (const auto& [before, it] : pipelines) AddRow(*it, rows);
  CRM_RETURN_IF_ERROR(transaction.Defer(statements::kPipelineInsert, rows));
  return transaction.Defer(statements::kPipelineInsertRevision, rows);
}

absl::Status PipelineTable::Update(pg::Transaction& transaction,
                                   aggregate::Writes<Pipeline> pipelines) const {
  pg::Columns updates;
  pg::Columns revisions;
  pg::Columns retired;
  pg::Columns taken_back;
  for (const auto& [before, it] : pipelines) {
    updates.Add(it->tenant, it->id, it->revision, it->update_time, it->archive_time,
                DefinitionToJson(*it));
    AddRow(*it, revisions);
    for (const RetiredStage* gone : RetiredOnlyIn(*it, *before)) {
      retired.Add(it->tenant, it->slug, gone->stage.key, gone->actor);
    }
    for (const RetiredStage* back : RetiredOnlyIn(*before, *it)) {
      taken_back.Add(it->tenant, it->slug, back->stage.key);
    }
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(statements::kPipelineUpdate, updates));
  CRM_RETURN_IF_ERROR(transaction.Defer(statements::kPipelineInsertRevision, revisions));
  CRM_RETURN_IF_ERROR(transaction.Defer(statements::kRetire, retired));
  return transaction.Defer(statements::kUnretire, taken_back);
}

std::string PipelineTable::Name(const aggregate::Key& key) const {
  return PipelineName(key.id == DefaultPipeline().id ? std::string(kDefaultPipeline)
                                                     : key.id.ToString());
}

absl::Status EnsureDefaults(pg::Transaction& transaction, std::vector<std::string> tenants,
                            absl::Time now) {
  // In one order, so that two who give them to the same tenants do not wait for each other.
  std::sort(tenants.begin(), tenants.end());
  tenants.erase(std::unique(tenants.begin(), tenants.end()), tenants.end());
  pg::Columns rows;
  for (std::string& tenant : tenants) {
    Pipeline it = DefaultPipeline();
    it.tenant = std::move(tenant);
    it.create_time = it.update_time = now;
    AddRow(it, rows);
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(statements::kPipelineEnsure, rows));
  return transaction.Defer(statements::kPipelineEnsureRevision, rows);
}

}  // namespace crm::opportunity
