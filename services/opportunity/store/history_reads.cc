#include "services/opportunity/store/history_reads.h"

#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/opportunity/store/deal_stages.h"
#include "services/opportunity/store/report_statements.h"

namespace crm::opportunity {
namespace {

// What the changes alone tell of a thing.
Deal DealOf(const base::Uuid& id, std::vector<DealChange> changes) {
  Deal deal;
  deal.id = id;
  DealVersion& version = deal.versions.emplace_back();
  version.revision = 1;
  version.record_time = changes.front().record_time;
  deal.facts_by_changes = true;
  deal.changes = std::move(changes);
  return deal;
}

absl::StatusOr<absl::flat_hash_set<base::Uuid>> ReadDeleted(const Reading& of) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       of.snapshot.Query(statements::kReportDeleted, pg::MakeParams(of.tenant)));
  absl::flat_hash_set<base::Uuid> deleted;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    deleted.insert(read.Uuid(0));
    if (!read.ok()) return read.Damage("opportunities");
  }
  return deleted;
}

using Deleted = absl::flat_hash_set<base::Uuid>;

// Some histories.
class HistoryPiece {
 public:
  HistoryPiece(const Reading& of, Portion of_things, const Deleted& deleted)
      : of_(of), of_things_(std::move(of_things)), deleted_(deleted) {}

  absl::Status Read() {
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows, Query());
    if (rows.empty()) return absl::OkStatus();
    CRM_RETURN_IF_ERROR(ReadCorrections());
    deals_.reserve(static_cast<size_t>(rows.size()));
    for (const pg::Row row : rows) CRM_RETURN_IF_ERROR(ReadOne(row));
    return absl::OkStatus();
  }

  absl::Status Tell() const {
    for (const Deal& deal : deals_) CRM_RETURN_IF_ERROR(of_.visit(deal));
    return absl::OkStatus();
  }

 private:
  bool Whole() const { return of_.needs.changes == DealNeeds::Changes::kAll; }

  absl::StatusOr<pg::Rows> Query() const {
    if (!of_things_.listed.empty()) {
      return of_.snapshot.Query(
          Whole() ? statements::kReportListedChanges : statements::kReportListedStays,
          pg::MakeParams(of_.tenant, of_things_.listed));
    }
    return of_.snapshot.Query(Whole() ? statements::kReportChanges : statements::kReportStays,
                              pg::MakeParams(of_.tenant, of_things_.behind, of_things_.up_to));
  }

  absl::Status ReadCorrections() {
    const bool listed = !of_things_.listed.empty();
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                         listed ? of_.snapshot.Query(statements::kReportListedCorrections,
                                                     pg::MakeParams(of_.tenant, of_things_.listed))
                                : of_.snapshot.Query(statements::kReportCorrections,
                                                     pg::MakeParams(of_.tenant, of_things_.behind,
                                                                    of_things_.up_to)));
    return changes_.ReadCorrections(rows);
  }

  absl::Status ReadOne(const pg::Row& row) {
    pg::RowReader read(row);
    const base::Uuid id = read.Uuid(0);
    if (!read.ok()) return read.Damage("stage history");
    CRM_ASSIGN_OR_RETURN(auto changes, changes_.Read(id, row, Whole()));
    if (deleted_.contains(id) || changes.front().record_time > of_.needs.view.known_at) {
      return absl::OkStatus();
    }
    deals_.push_back(DealOf(id, std::move(changes)));
    return absl::OkStatus();
  }

  const Reading& of_;
  const Portion of_things_;
  const Deleted& deleted_;
  DealChanges changes_;
  std::vector<Deal> deals_;
};

}  // namespace

absl::Status TellOfHistories(const Reading& of, const std::optional<DealIds>& listed) {
  CRM_ASSIGN_OR_RETURN(const Deleted deleted, ReadDeleted(of));
  return TellByPortions<HistoryPiece>(of, listed, deleted);
}

}  // namespace crm::opportunity
