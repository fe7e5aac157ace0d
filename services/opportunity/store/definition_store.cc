#include "services/opportunity/store/definition_store.h"

#include <utility>

#include "common/aggregate/read_rows.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/row_reader.h"
#include "services/opportunity/store/pipeline_table.h"
#include "services/opportunity/store/statements.h"

namespace crm::opportunity {
namespace {

// A definition takes some ten kilobytes. Beyond this many, all are forgotten and read anew.
constexpr size_t kMostKnown = 2000;

Definition DefaultDefinition() {
  return Definition(Definition(), &DefaultPipeline());  // lives for ever
}

bool IsDefault(const Opportunity& it) { return it.pipeline == kDefaultPipeline; }

// Whether both are of one revision of one pipeline, or new ones of one pipeline.
bool SameRules(const Opportunity* other, const Opportunity& it) {
  return other != nullptr && other->rules.revision == it.rules.revision &&
         other->tenant == it.tenant && other->pipeline == it.pipeline;
}

// Gives what `definition` is to all of the pipeline among `opportunities`.
void Give(const Definition& definition, absl::Span<Opportunity* const> opportunities) {
  for (Opportunity* it : opportunities) {
    if (it->tenant != definition->tenant || it->pipeline != definition->slug) continue;
    it->rules = {definition->revision, definition};
  }
}

}  // namespace

absl::Status DefinitionStore::Complete(pg::Transaction& transaction,
                                       absl::Span<Opportunity* const> opportunities) {
  std::vector<Opportunity*> fresh;
  std::vector<Opportunity*> missing;
  const Opportunity* last = nullptr;  // most of a batch are of one revision
  for (Opportunity* it : opportunities) {
    if (it->revision == 0) {
      fresh.push_back(it);
    } else if (it->rules.revision != 0) {
      it->rules.definition = SameRules(last, *it)
                                 ? last->rules.definition
                                 : Find({it->tenant, it->pipeline, it->rules.revision});
      if (it->rules.definition == nullptr) missing.push_back(it);
      last = it;
    }
  }
  if (!fresh.empty()) CRM_RETURN_IF_ERROR(LoadPresent(transaction, fresh));
  if (!missing.empty()) CRM_RETURN_IF_ERROR(LoadRevisions(transaction, missing));
  std::vector<std::string> tenants;
  for (Opportunity* it : opportunities) {
    if (it->rules.revision != 0 || !IsDefault(*it)) continue;
    it->rules = {DefaultPipeline().revision, DefaultDefinition()};
    tenants.push_back(it->tenant);
  }
  return tenants.empty() ? absl::OkStatus()
                         : EnsureDefaults(transaction, std::move(tenants), clock_.Now());
}

std::vector<absl::StatusOr<Definition>> DefinitionStore::Current(pg::Pool& pool,
                                                                 absl::Span<const PipelineKey> keys,
                                                                 base::Deadline deadline) {
  std::vector<absl::StatusOr<Definition>> found;
  std::vector<aggregate::Key> ids;
  for (const PipelineKey& key : keys) ids.push_back({key.tenant, PipelineId(key.slug)});
  const absl::StatusOr<pg::Rows> rows = pool.Read(pg::TenantsOf(keys), statements::kPipelineSelect,
                                                  aggregate::KeyParams(ids), deadline);
  for (const PipelineKey& key : keys) {
    if (!rows.ok()) {
      found.emplace_back(rows.status());
    } else if (key.slug == kDefaultPipeline) {
      found.emplace_back(DefaultDefinition());
    } else {
      found.emplace_back(error::NotFound(PipelineName(key.slug)).ToStatus());
    }
  }
  if (!rows.ok()) return found;
  for (const pg::Row row : *rows) {
    const std::optional<aggregate::Key> id = aggregate::KeyOf(row);
    for (size_t i = 0; i < ids.size(); ++i) {
      if (id == ids[i]) found[i] = Take(row);
    }
  }
  return found;
}

Definition DefinitionStore::Find(const Revision& revision) const {
  absl::MutexLock lock(&mutex_);
  const auto found = known_.find(revision);
  return found == known_.end() ? nullptr : found->second;
}

Definition DefinitionStore::Put(Pipeline pipeline) {
  Revision revision{pipeline.tenant, pipeline.slug, pipeline.revision};
  auto definition = std::make_shared<const Pipeline>(std::move(pipeline));
  absl::MutexLock lock(&mutex_);
  if (known_.size() >= kMostKnown) known_.clear();
  return known_.try_emplace(std::move(revision), std::move(definition)).first->second;
}

absl::StatusOr<Definition> DefinitionStore::Take(const pg::Row& row) {
  pg::RowReader read(row);
  if (Definition known = Find({read.Text(0), read.Text(5), read.Int(2)})) return known;
  CRM_ASSIGN_OR_RETURN(Pipeline pipeline, ReadPipeline(row));
  return Put(std::move(pipeline));
}

absl::Status DefinitionStore::LoadPresent(pg::Transaction& transaction,
                                          absl::Span<Opportunity* const> fresh) {
  std::vector<aggregate::Key> keys;
  const Opportunity* last = nullptr;
  for (const Opportunity* it : fresh) {
    if (!SameRules(last, *it)) keys.push_back({it->tenant, PipelineId(it->pipeline)});
    last = it;
  }
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(statements::kPipelineSelect, aggregate::KeyParams(keys)));
  for (const pg::Row row : rows) {
    const absl::StatusOr<Definition> definition = Take(row);
    if (definition.ok()) Give(*definition, fresh);
  }
  return absl::OkStatus();
}

absl::Status DefinitionStore::LoadRevisions(pg::Transaction& transaction,
                                            absl::Span<Opportunity* const> missing) {
  pg::Columns keys;
  const Opportunity* last = nullptr;
  for (const Opportunity* it : missing) {
    if (!SameRules(last, *it)) {
      keys.Add(it->tenant, PipelineId(it->pipeline), it->rules.revision);
    }
    last = it;
  }
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(statements::kPipelineRevisions, keys.ToParams()));
  for (const pg::Row row : rows) {
    const absl::StatusOr<Definition> definition = Take(row);
    if (definition.ok()) Give(*definition, missing);
  }
  return absl::OkStatus();
}

}  // namespace crm::opportunity
