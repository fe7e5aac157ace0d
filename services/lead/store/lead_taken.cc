#include "services/lead/store/lead_taken.h"

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "common/base/status.h"
#include "common/base/tenant_key.h"
#include "common/error/refusals.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/lead/domain/lead_conversion.h"
#include "services/lead/store/statements.h"

namespace crm::lead {
namespace {

// Ids and external ids that are in use, by tenant.
class Taken {
 public:
  void Add(const std::string& tenant, const base::Uuid& id, const std::string& external_id) {
    ids_.insert({tenant, id});
    if (!external_id.empty()) external_ids_.emplace(std::pair(tenant, external_id), id);
  }
  absl::Status Refusal(const aggregate::Written<Lead>& written) const {
    const Lead& lead = *written.after;
    const bool fresh = written.before == nullptr;
    if (fresh && ids_.contains(base::TenantKey{lead.tenant, lead.id})) {
      return error::DuplicateId("lead_id", LeadName(lead.id));
    }
    const auto other = external_ids_.find(std::pair(lead.tenant, lead.external_id));
    if (other != external_ids_.end() && (fresh || other->second != lead.id)) {
      return error::DuplicateId("external_id", LeadName(other->second));
    }
    return absl::OkStatus();
  }

 private:
  absl::flat_hash_set<base::TenantKey> ids_;
  absl::flat_hash_map<std::pair<std::string, std::string>, base::Uuid> external_ids_;
};

absl::Status RefuseTakenIds(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                            absl::Span<absl::Status> refusals) {
  if (leads.empty()) return absl::OkStatus();
  pg::Columns columns;
  for (const auto& [before, lead] : leads) columns.Add(lead->tenant, lead->id, lead->external_id);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kTakenLeads, columns.ToParams()));
  Taken taken;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const std::string tenant = read.Text(0);
    const base::Uuid id = read.Uuid(1);
    taken.Add(tenant, id, read.TextOrEmpty(2));
    if (!read.ok()) return read.Damage("lead");
  }
  for (size_t i = 0; i < leads.size(); ++i) {
    const Lead& lead = *leads[i].after;
    refusals[i] = taken.Refusal(leads[i]);
    if (refusals[i].ok()) taken.Add(lead.tenant, lead.id, lead.external_id);
  }
  return absl::OkStatus();
}

absl::Status RefuseForeignConversions(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                                      absl::Span<absl::Status> refusals) {
  pg::Columns columns;
  for (const auto& [before, lead] : leads) {
    if (BeginsConversion(before, *lead)) {
      columns.Add(lead->tenant, lead->conversion->id, lead->id);
    }
  }
  if (columns.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(kForeignConversions, columns.ToParams()));
  absl::flat_hash_set<base::TenantKey> taken;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    taken.insert({read.Text(0), read.Uuid(2)});
    if (!read.ok()) return read.Damage("conversion");
  }
  for (size_t i = 0; i < leads.size(); ++i) {
    const Lead& lead = *leads[i].after;
    if (!BeginsConversion(leads[i].before, lead) || !refusals[i].ok()) continue;
    // The first of the batch to use a request id has it.
    const base::TenantKey key{lead.tenant, lead.conversion->id};
    if (!taken.insert(key).second) refusals[i] = RequestIdReused(lead.conversion->request_id);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RefuseTaken(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                         absl::Span<absl::Status> refusals) {
  CRM_RETURN_IF_ERROR(RefuseTakenIds(transaction, leads, refusals));
  return RefuseForeignConversions(transaction, leads, refusals);
}

}  // namespace crm::lead
