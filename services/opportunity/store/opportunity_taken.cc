#include "services/opportunity/store/opportunity_taken.h"

#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/refusals.h"
#include "common/pg/row_reader.h"
#include "services/opportunity/store/statements.h"

namespace crm::opportunity {
namespace {

// What only one opportunity of a tenant can have, as kTaken numbers it.
enum Claim { kId, kExternalId, kLead };
constexpr const char* kClaimNames[] = {"opportunity_id", "external_id", "lead"};

absl::Status Duplicate(size_t claim, const base::Uuid& id, const std::optional<base::Uuid>& lead) {
  const std::string name = OpportunityName(id);
  error::Error error = error::DuplicateId(kClaimNames[claim], name);
  error.With("name", name);
  if (lead) error.With("lead", absl::StrCat("leads/", lead->ToString()));
  return error;
}

// Whether the claim is raised by this write. An id never changes, a lead is only ever added.
bool Claims(const aggregate::Written<Opportunity>& wanted, size_t claim) {
  switch (claim) {
    case kId:
      return wanted.before == nullptr;
    case kLead:
      return wanted.after->lead.has_value() &&
             (wanted.before == nullptr || wanted.before->lead != wanted.after->lead);
    default:
      return !wanted.after->external_id.empty() && !wanted.after->deleted();
  }
}

std::string ValueOf(const Opportunity& it, size_t claim) {
  if (claim == kExternalId) return it.external_id;
  return (claim == kId ? it.id : *it.lead).ToString();
}

// Who claims what among those of the batch; the first to do so has it.
class BatchClaims {
 public:
  // The earlier claimant of the same, or nullptr.
  const Opportunity* Claim(const Opportunity& it, size_t claim) {
    const auto [at, fresh] =
        claims_.try_emplace(std::make_tuple(it.tenant, claim, ValueOf(it, claim)), &it);
    return fresh ? nullptr : at->second;
  }

 private:
  absl::flat_hash_map<std::tuple<std::string, size_t, std::string>, const Opportunity*> claims_;
};

absl::Status ClaimAll(const aggregate::Written<Opportunity>& wanted, BatchClaims& claims) {
  for (const size_t claim : {kId, kExternalId, kLead}) {
    if (!Claims(wanted, claim)) continue;
    const Opportunity* const other = claims.Claim(*wanted.after, claim);
    if (other != nullptr) return Duplicate(claim, other->id, other->lead);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RefuseTaken(pg::Transaction& transaction, aggregate::Writes<Opportunity> wanted,
                         absl::Span<absl::Status> refusals) {
  pg::Columns columns;
  for (const auto& [before, it] : wanted) {
    std::optional<absl::string_view> external_id;
    if (!it->external_id.empty() && !it->deleted()) external_id = it->external_id;
    columns.Add(it->tenant, it->id, external_id, it->lead);
  }
  if (columns.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(statements::kTaken, columns.ToParams()));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const size_t n = read.Index(0, wanted.size());
    const base::Uuid other = read.Uuid(1);
    const std::optional<base::Uuid> lead = read.OptionalUuid(2);
    const size_t claim = static_cast<size_t>(read.Int(3));
    if (!read.ok()) return read.Damage("opportunity");
    if (refusals[n].ok() && Claims(wanted[n], claim)) refusals[n] = Duplicate(claim, other, lead);
  }
  BatchClaims claims;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (refusals[i].ok()) refusals[i] = ClaimAll(wanted[i], claims);
  }
  return absl::OkStatus();
}

}  // namespace crm::opportunity
