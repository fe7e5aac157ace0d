#include "services/opportunity/store/opportunity_reads.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/aggregate/listing.h"
#include "common/aggregate/read_rows.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/stage/history.h"
#include "services/opportunity/store/opportunity_table.h"
#include "services/opportunity/store/statements.h"

namespace crm::opportunity {
namespace {

absl::StatusOr<StageChange> ChangeOf(stage::HistoryEntry&& entry,
                                     std::optional<absl::Time> previous,
                                     const base::Uuid& opportunity) {
  const auto from_type = base::ValueOf(kStageTypeNames, entry.from_type);
  const auto to_type = base::ValueOf(kStageTypeNames, entry.to_type);
  const auto category = base::ValueOf(kForecastCategoryNames, entry.category);
  const auto loss_reason = base::ValueOf(kLossReasonNames, entry.reason);
  const bool unknown_word = (!from_type && !entry.from_type.empty()) || !to_type || !category ||
                            (!loss_reason && !entry.reason.empty());
  if (unknown_word) {
    return error::DataDamaged(OpportunityName(opportunity))
        .Private(absl::StrCat("unknown word in stage change ", entry.version));
  }
  StageChange change;
  change.event_id = entry.event_id;
  change.version = entry.version;
  if (from_type) {
    change.before.emplace();
    change.before->stage = std::move(entry.from_stage);
    change.before->type = *from_type;
  }
  change.after.stage = std::move(entry.to_stage);
  change.after.type = *to_type;
  change.after.amount = std::move(entry.amount);
  change.after.probability = entry.probability.value_or(0);
  change.after.category = *category;
  change.effective_time = entry.effective;
  change.record_time = entry.recorded;
  if (previous) change.time_in_previous_stage = entry.effective - *previous;
  change.actor = std::move(entry.actor);
  change.reason = std::move(entry.note);
  change.loss_reason = loss_reason;
  change.overridden_gates = std::move(entry.gates);
  change.request_id = std::move(entry.request_id);
  return change;
}

}  // namespace

absl::StatusOr<std::vector<Opportunity>> OpportunityReads::List(const listing::Query& query,
                                                                base::Deadline deadline) const {
  const OpportunityTable table;
  return aggregate::ReadPage<Opportunity>(
      aggregate::List(pool_, {statements::kListSelect, nullptr}, query, deadline),
      [&table](const pg::Row& row) { return table.Read(row); });
}

absl::StatusOr<std::vector<StageChange>> OpportunityReads::StageChanges(
    const aggregate::Key& key, int64_t after_version, int limit, base::Deadline deadline) const {
  // The change before the first one asked for tells how long its stage had lasted.
  const int64_t from = std::max<int64_t>(after_version - 1, 0);
  const int extra = static_cast<int>(after_version - from);
  CRM_ASSIGN_OR_RETURN(
      std::vector<stage::HistoryEntry> entries,
      stage::ReadHistory(pool_, key.tenant, key.id, from, limit + extra, deadline));
  std::vector<StageChange> changes;
  changes.reserve(entries.size());
  std::optional<absl::Time> previous;
  for (stage::HistoryEntry& entry : entries) {
    const absl::Time effective = entry.effective;
    if (entry.version > after_version) {
      CRM_ASSIGN_OR_RETURN(StageChange change, ChangeOf(std::move(entry), previous, key.id));
      changes.push_back(std::move(change));
    }
    previous = effective;
  }
  return changes;
}

}  // namespace crm::opportunity
