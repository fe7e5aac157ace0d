#pragma once

#include <vector>

#include "common/aggregate/table.h"
#include "common/pg/migrator.h"
#include "common/pg/rows.h"
#include "services/lead/domain/lead.h"
#include "services/lead/store/lead_fields.h"
#include "services/lead/store/lead_taken.h"

namespace crm::lead {

// The service's own tables.
pg::MigrationSet Migrations();

// A row of CRM_LEAD_COLUMNS. DATA_LOSS DATA_DAMAGED if it cannot be read.
absl::StatusOr<Lead> ReadLead(const pg::Row& row);

// Leads in PostgreSQL, with their activities, assessments and conversions.
class LeadTable final : public aggregate::Table<Lead> {
 public:
  const pg::Statement& SelectForUpdate() const override;
  const pg::Statement& Select() const override;
  absl::StatusOr<Lead> Read(const pg::Row& row) const override { return ReadLead(row); }
  aggregate::Fields<Lead> StoredFields() const override { return LeadFieldTable(); }

  absl::Status FindConflicts(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                             absl::Span<absl::Status> refusals) const override {
    return RefuseTaken(transaction, leads, refusals);
  }
  absl::Status Insert(pg::Transaction& transaction, aggregate::Writes<Lead> leads) const override;
  absl::Status Update(pg::Transaction& transaction, aggregate::Writes<Lead> leads) const override;
  void AppendStages(const Lead& lead, std::vector<stage::StageRecord>& out) const override;
  std::string Name(const aggregate::Key& key) const override { return LeadName(key.id); }
};

}  // namespace crm::lead
