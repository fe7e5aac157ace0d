#include "services/opportunity/store/opportunity_reads.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "common/aggregate/as_of.h"
#include "common/aggregate/read_rows.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/idempotency/first_answer.h"
#include "common/stage/history.h"
#include "services/opportunity/store/opportunity_fields.h"
#include "services/opportunity/store/opportunity_stages.h"
#include "services/opportunity/store/opportunity_table.h"
#include "services/opportunity/store/statements.h"

namespace crm::opportunity {
namespace {

// Fields with an index of their own, which finds fewer than there are open ones.
constexpr absl::string_view kSelective[] = {
    "owner", "contact", "lead", "external_id", "cloned_from", "next_step.due_date", "attributes"};

// Whether only open ones can meet the condition.
bool MeansOpen(const listing::Condition& condition) {
  if (condition.op != listing::Operator::kEqual) return false;
  if (condition.field->name == "stage_type") {
    return std::get<std::string>(condition.values[0]) ==
           base::NameOf(kStageTypeNames, StageType::kOpen);
  }
  return condition.field->name == "overdue" && std::get<bool>(condition.values[0]);
}

bool IsSelective(const listing::Condition& condition) {
  return condition.op != listing::Operator::kNotEqual &&
         absl::c_linear_search(kSelective, condition.field->name);
}

}  // namespace

aggregate::ListedTable ListedTableFor(const listing::Query& query) {
  static constexpr char kLive[] = "delete_time IS NULL";
  const bool by_close_date = query.order->name == "expected_close_date";
  if (by_close_date && absl::c_any_of(query.conditions, MeansOpen) &&
      absl::c_none_of(query.conditions, IsSelective)) {
    return {statements::kOpenListSelect, kLive, query.order->column, "due"};
  }
  return {statements::kListSelect, kLive};
}

absl::StatusOr<std::vector<Opportunity>> OpportunityReads::List(const listing::Query& query,
                                                                base::Deadline deadline) const {
  const OpportunityTable table;
  return aggregate::ReadPage<Opportunity>(
      aggregate::List(pool_, ListedTableFor(query), query, deadline),
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
      CRM_ASSIGN_OR_RETURN(StageChange change, ChangeOf(key.id, std::move(entry), previous));
      changes.push_back(std::move(change));
    }
    previous = effective;
  }
  return changes;
}

absl::StatusOr<std::optional<std::string>> OpportunityReads::FirstAnswer(
    const std::string& tenant, const idempotency::Request& request, base::Deadline deadline) const {
  return idempotency::FirstAnswer(pool_, tenant, request, deadline);
}

absl::StatusOr<std::vector<aggregate::ReadRevision<Opportunity>>> OpportunityReads::Revisions(
    const aggregate::Key& key, int64_t after, int limit, base::Deadline deadline) const {
  return aggregate::ReadRevisions(pool_, OpportunityFieldTable(), key, OpportunityName(key.id),
                                  after, limit, deadline);
}

absl::StatusOr<Opportunity> OpportunityReads::AsOf(const Opportunity& present,
                                                   const aggregate::Moment& moment,
                                                   base::Deadline deadline) const {
  return aggregate::AsOf(pool_, OpportunityFieldTable(), present, NameOf(present), moment,
                         deadline);
}

absl::StatusOr<std::vector<StageChange>> OpportunityReads::WholeHistory(
    const aggregate::Key& key, base::Deadline deadline) const {
  constexpr int kPage = 1000;
  std::vector<StageChange> all;
  for (size_t before = 0;; before = all.size()) {
    CRM_ASSIGN_OR_RETURN(std::vector<StageChange> page,
                         StageChanges(key, static_cast<int64_t>(before), kPage, deadline));
    std::move(page.begin(), page.end(), std::back_inserter(all));
    if (page.size() < kPage) return all;
  }
}

}  // namespace crm::opportunity
