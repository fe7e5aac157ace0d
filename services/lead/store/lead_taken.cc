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
#include "services/lead/store/conversion_statements.h"
#include "services/lead/store/statements.h"

namespace crm::lead {
namespace {

using Holders = absl::flat_hash_map<std::pair<std::string, std::string>, base::Uuid>;

// The external id that nobody else may have; a deleted lead leaves its own to others.
const std::string& ClaimedBy(const Lead& lead) {
  static const std::string kNone;
  return lead.deleted() ? kNone : lead.external_id;
}

// Ids and external ids that are in use, by tenant.
struct Taken {
  absl::flat_hash_set<base::TenantKey> ids;
  Holders external_ids;

  void Add(const std::string& tenant, const base::Uuid& id, const std::string& external_id) {
    ids.insert({tenant, id});
    if (!external_id.empty()) external_ids.emplace(std::pair(tenant, external_id), id);
  }
  absl::Status Refusal(const aggregate::Written<Lead>& written) const {
    const Lead& lead = *written.after;
    const bool fresh = written.before == nullptr;
    if (fresh && ids.contains(base::TenantKey{lead.tenant, lead.id})) {
      return error::DuplicateId("lead_id", LeadName(lead.id));
    }
    const auto other = external_ids.find(std::pair(lead.tenant, ClaimedBy(lead)));
    if (other != external_ids.end() && (fresh || other->second != lead.id)) {
      return error::DuplicateId("external_id", LeadName(other->second));
    }
    return absl::OkStatus();
  }
};

bool GivesUpExternalId(const aggregate::Written<Lead>& written) {
  return written.before != nullptr && GivesUpExternalId(*written.before, *written.after);
}

absl::StatusOr<Taken> FindTaken(pg::Transaction& transaction, aggregate::Writes<Lead> leads) {
  pg::Columns columns;
  for (const auto& [before, lead] : leads) {
    columns.Add(lead->tenant, lead->id, ClaimedBy(*lead));
  }
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kTakenLeads, columns.ToParams()));
  Taken taken;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const std::string tenant = read.Text(0);
    const base::Uuid id = read.Uuid(1);
    taken.Add(tenant, id, read.TextOrEmpty(2));
    if (!read.ok()) return read.Damage("lead");
  }
  return taken;
}

// What those of `leads` that are not refused give up is free for the others. Whom that refuses
// gives up nothing, so it is asked again until nobody is refused in addition.
absl::Status RefuseTakenIds(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                            absl::Span<absl::Status> refusals) {
  if (leads.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(const Taken stored, FindTaken(transaction, leads));
  for (bool more = true; more;) {
    more = false;
    Taken taken = stored;
    for (size_t i = 0; i < leads.size(); ++i) {
      if (!refusals[i].ok() || !GivesUpExternalId(leads[i])) continue;
      taken.external_ids.erase({leads[i].before->tenant, leads[i].before->external_id});
    }
    for (size_t i = 0; i < leads.size(); ++i) {
      const Lead& lead = *leads[i].after;
      if (!refusals[i].ok()) continue;
      refusals[i] = taken.Refusal(leads[i]);
      more |= !refusals[i].ok();
      if (refusals[i].ok()) taken.Add(lead.tenant, lead.id, ClaimedBy(lead));
    }
  }
  return absl::OkStatus();
}

// The conversions that exist among those that `leads` begin, with what their requests are told.
absl::StatusOr<absl::flat_hash_map<base::TenantKey, absl::Status>> FindBegun(
    pg::Transaction& transaction, aggregate::Writes<Lead> leads) {
  absl::flat_hash_map<base::TenantKey, absl::Status> begun;
  pg::Columns columns;
  absl::flat_hash_map<base::TenantKey, const Lead*> wanted;
  for (const auto& [before, lead] : leads) {
    if (!BeginsConversion(before, *lead)) continue;
    columns.Add(lead->tenant, lead->conversion->id);
    wanted.try_emplace(base::TenantKey{lead->tenant, lead->conversion->id}, lead);
  }
  if (columns.empty()) return begun;
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(kBegunConversions, columns.ToParams()));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const base::TenantKey key{read.Text(0), read.Uuid(1)};
    const base::Uuid owner = read.Uuid(2);
    const std::string refusal = read.TextOrEmpty(3);
    if (!read.ok()) return read.Damage("conversion");
    const Lead& lead = *wanted.at(key);
    // Of the same lead it can only be an earlier one, which was refused.
    begun[key] = owner == lead.id && !refusal.empty()
                     ? ConversionRefused(refusal)
                     : RequestIdReused(lead.conversion->request_id);
  }
  return begun;
}

absl::Status RefuseBegunConversions(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                                    absl::Span<absl::Status> refusals) {
  CRM_ASSIGN_OR_RETURN(auto begun, FindBegun(transaction, leads));
  for (size_t i = 0; i < leads.size(); ++i) {
    const Lead& lead = *leads[i].after;
    if (!BeginsConversion(leads[i].before, lead) || !refusals[i].ok()) continue;
    // The first of the batch to use a request id has it.
    const auto [taken, fresh] = begun.try_emplace({lead.tenant, lead.conversion->id},
                                                  RequestIdReused(lead.conversion->request_id));
    if (!fresh) refusals[i] = taken->second;
  }
  return absl::OkStatus();
}

// Callers that choose the ids of records bring what other systems know, so that most writes ask
// nothing.
absl::Status RefuseTakenRecords(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                                absl::Span<absl::Status> refusals) {
  pg::Columns columns;
  for (const auto& [before, lead] : leads) {
    for (const ChosenId& chosen : lead->chosen_ids) columns.Add(lead->tenant, lead->id, chosen.id);
  }
  if (columns.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kTakenRecords, columns.ToParams()));
  // By lead and id: whether an activity, and whether an assessment has it.
  absl::flat_hash_map<std::pair<base::TenantKey, base::Uuid>, std::pair<bool, bool>> taken;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const std::pair key(base::TenantKey{read.Text(0), read.Uuid(1)}, read.Uuid(2));
    taken[key] = {read.Bool(3), read.Bool(4)};
    if (!read.ok()) return read.Damage("lead");
  }
  for (size_t i = 0; i < leads.size(); ++i) {
    const Lead& lead = *leads[i].after;
    for (const ChosenId& chosen : lead.chosen_ids) {
      const auto found = taken.find({base::TenantKey{lead.tenant, lead.id}, chosen.id});
      if (found == taken.end() || !refusals[i].ok()) continue;
      const bool assessed = chosen.kind == RecordKind::kAssessment;
      if (assessed ? found->second.second : found->second.first) {
        refusals[i] = RecordIdTaken(lead, chosen);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

bool GivesUpExternalId(const Lead& before, const Lead& after) {
  return !before.external_id.empty() && !before.deleted() &&
         (before.external_id != after.external_id || after.deleted());
}

absl::Status RefuseTaken(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                         absl::Span<absl::Status> refusals) {
  CRM_RETURN_IF_ERROR(RefuseTakenIds(transaction, leads, refusals));
  CRM_RETURN_IF_ERROR(RefuseTakenRecords(transaction, leads, refusals));
  return RefuseBegunConversions(transaction, leads, refusals);
}

}  // namespace crm::lead
