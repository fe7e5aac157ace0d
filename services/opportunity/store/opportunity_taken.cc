#include "services/opportunity/store/opportunity_taken.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/refusals.h"
#include "common/pg/row_reader.h"
#include "services/opportunity/store/statements.h"

namespace crm::opportunity {
namespace {

absl::Status Duplicate(absl::string_view field, const base::Uuid& id,
                       const std::optional<base::Uuid>& lead) {
  const std::string name = OpportunityName(id);
  error::Error error = error::DuplicateId(field, name);
  error.With("name", name);
  if (lead) error.With("lead", absl::StrCat("leads/", lead->ToString()));
  return error;
}

// Who holds an id or external id among those of the batch; the first to claim it.
class Claims {
 public:
  // The earlier claimant of the same, or nullptr.
  const Opportunity* Claim(const Opportunity& it, std::string what) {
    const auto [at, fresh] = claims_.try_emplace(std::make_pair(it.tenant, std::move(what)), &it);
    return fresh ? nullptr : at->second;
  }

 private:
  absl::flat_hash_map<std::pair<std::string, std::string>, const Opportunity*> claims_;
};

absl::Status ClaimIds(const aggregate::Written<Opportunity>& wanted, Claims& claims) {
  const Opportunity& it = *wanted.after;
  if (wanted.before == nullptr) {
    const Opportunity* const other = claims.Claim(it, it.id.ToString());
    if (other != nullptr) return Duplicate("opportunity_id", other->id, other->lead);
  }
  if (it.external_id.empty() || it.deleted()) return absl::OkStatus();
  const Opportunity* const other = claims.Claim(it, absl::StrCat("external:", it.external_id));
  if (other != nullptr) return Duplicate("external_id", other->id, other->lead);
  return absl::OkStatus();
}

}  // namespace

absl::Status RefuseTaken(pg::Transaction& transaction, aggregate::Writes<Opportunity> wanted,
                         absl::Span<absl::Status> refusals) {
  pg::Columns columns;
  for (const auto& [before, it] : wanted) {
    std::optional<absl::string_view> external_id;
    if (!it->external_id.empty() && !it->deleted()) external_id = it->external_id;
    columns.Add(it->tenant, it->id, external_id);
  }
  if (columns.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(statements::kTaken, columns.ToParams()));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const size_t n = read.Index(0, wanted.size());
    const bool by_id = read.Bool(3);
    const base::Uuid other = read.Uuid(1);
    const std::optional<base::Uuid> lead = read.OptionalUuid(2);
    if (!read.ok()) return read.Damage("opportunity");
    if (by_id && wanted[n].before != nullptr) continue;
    if (!by_id && !refusals[n].ok()) continue;
    refusals[n] = Duplicate(by_id ? "opportunity_id" : "external_id", other, lead);
  }
  Claims claims;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (refusals[i].ok()) refusals[i] = ClaimIds(wanted[i], claims);
  }
  return absl::OkStatus();
}

}  // namespace crm::opportunity
