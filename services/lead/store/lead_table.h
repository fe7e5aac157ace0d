#pragma once

#include <vector>

#include "common/aggregate/table.h"
#include "common/pg/migrator.h"
#include "common/pg/rows.h"
#include "services/lead/domain/lead.h"

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

  // ALREADY_EXISTS DUPLICATE_ID for a taken id or external id; metadata field, existing.
  absl::Status CheckNew(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                        absl::Span<absl::Status> refusals) const override;
  // The same for external ids, and REQUEST_ID_REUSED for a conversion begun for another lead.
  absl::Status CheckChanged(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                            absl::Span<absl::Status> refusals) const override;

  absl::Status Insert(pg::Transaction& transaction, aggregate::Writes<Lead> leads) const override;
  absl::Status Update(pg::Transaction& transaction, aggregate::Writes<Lead> leads) const override;
  void AppendStages(const Lead& lead, std::vector<stage::StageRecord>& out) const override;
  std::string Name(const aggregate::Key& key) const override { return LeadName(key.id); }
};

}  // namespace crm::lead
