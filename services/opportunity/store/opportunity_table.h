#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/aggregate/table.h"
#include "common/base/id_generator.h"
#include "common/pg/migrator.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/store/definition_store.h"
#include "services/opportunity/store/opportunity_fields.h"
#include "services/opportunity/store/opportunity_taken.h"

namespace crm::opportunity {

// The service's own tables; those of the shared libraries come from them.
pg::MigrationSet Migrations();

// The rows of opportunities. The refusal of a taken id names the lead of the opportunity that has
// it, so that a client who repeats an Open after its request id was forgotten sees whether that
// opportunity is the one it opened.
class OpportunityTable final : public aggregate::Table<Opportunity> {
 public:
  // `definitions` fills in the rules in force; without, they stay empty. `ids` are those of the
  // events of writes that are no moves; without, these are not published. Both must outlive the
  // table.
  explicit OpportunityTable(DefinitionStore* definitions = nullptr,
                            base::IdGenerator* ids = nullptr)
      : definitions_(definitions), ids_(ids) {}

  const pg::Statement& SelectForUpdate() const override;
  const pg::Statement& Select() const override;
  absl::StatusOr<Opportunity> Read(const pg::Row& row) const override;
  aggregate::Fields<Opportunity> StoredFields() const override { return OpportunityFieldTable(); }

  absl::Status Complete(pg::Transaction& transaction,
                        absl::Span<Opportunity* const> opportunities) const override {
    return definitions_ == nullptr ? absl::OkStatus()
                                   : definitions_->Complete(transaction, opportunities);
  }

  absl::Status FindConflicts(pg::Transaction& transaction,
                             aggregate::Writes<Opportunity> aggregates,
                             absl::Span<absl::Status> refusals) const override {
    return RefuseTaken(transaction, aggregates, refusals);
  }

  absl::Status Insert(pg::Transaction& transaction,
                      aggregate::Writes<Opportunity> aggregates) const override;
  absl::Status Update(pg::Transaction& transaction,
                      aggregate::Writes<Opportunity> aggregates) const override;

  void AppendStages(const Opportunity& aggregate,
                    std::vector<stage::StageRecord>& out) const override;
  std::optional<stage::RecordChange> Published(const Opportunity& before, const Opportunity& after,
                                               const aggregate::Revision& revision) const override;
  std::string Name(const aggregate::Key& key) const override;

 private:
  DefinitionStore* const definitions_;
  base::IdGenerator* const ids_;
};

}  // namespace crm::opportunity
