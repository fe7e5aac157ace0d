#include "services/lead/store/outcome_reads.h"

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/lead/domain/lead.h"
#include "services/lead/store/prediction_statements.h"

namespace crm::lead {

absl::StatusOr<std::vector<FinishedLead>> OutcomeReads::Finished(const std::string& tenant,
                                                                 int limit,
                                                                 base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool_.Read(pg::Tenants(tenant), kFinishedLeads,
                                                       pg::MakeParams(tenant, limit), deadline));
  std::vector<FinishedLead> found;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    FinishedLead& it = found.emplace_back();
    it.id = read.Uuid(0);
    it.converted = read.Bool(1);
    it.stage_version = read.Int(2);
    it.open_time = read.Time(3);
    it.close_time = read.Time(4);
    it.close_revision = read.OptionalInt(5);
    if (!read.ok()) return read.Damage(LeadName(it.id));
  }
  return found;
}

absl::StatusOr<absl::Time> OutcomeReads::OpenTime(const base::TenantKey& lead,
                                                  base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool_.Read(pg::Tenants(lead.tenant), kOpenedTime,
                                  pg::MakeParams(lead.tenant, lead.id), deadline));
  if (rows.empty()) return error::NotFound(LeadName(lead.id));
  pg::RowReader read(rows[0]);
  const absl::Time opened = read.Time(0);
  return read.Checked(opened, LeadName(lead.id));
}

}  // namespace crm::lead
