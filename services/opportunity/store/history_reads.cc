#include "services/opportunity/store/history_reads.h"

#include <future>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
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

absl::StatusOr<absl::flat_hash_set<base::Uuid>> Deleted(const Reading& of) {
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

class Histories {
 public:
  Histories(const Reading& of, const std::optional<std::vector<base::Uuid>>& listed)
      : of_(of), listed_(listed), all_(of.needs.changes == DealNeeds::Changes::kAll) {}

  absl::Status Tell() {
    CRM_ASSIGN_OR_RETURN(deleted_, Deleted(of_));
    CRM_ASSIGN_OR_RETURN(
        const pg::Rows corrections,
        of_.snapshot.Query(statements::kReportCorrections,
                           pg::MakeParams(of_.tenant, base::Uuid(), base::Uuid(~0ULL, ~0ULL))));
    CRM_RETURN_IF_ERROR(of_.changes.ReadCorrections(corrections));
    for (Fetched piece = Fetch(); piece.valid();) {
      CRM_ASSIGN_OR_RETURN(const pg::Rows rows, piece.get());
      CRM_RETURN_IF_ERROR(Pass(rows));
      piece = Fetch();
      CRM_RETURN_IF_ERROR(Visit(rows));
    }
    return absl::OkStatus();
  }

 private:
  // Its destructor waits, so that nothing uses the snapshot any more.
  using Fetched = std::future<absl::StatusOr<pg::Rows>>;

  // Begins to fetch the next piece; nothing valid if there is none.
  Fetched Fetch() {
    if (done_) return {};
    const pg::Statement& statement =
        listed_ ? (all_ ? statements::kReportListedChanges : statements::kReportListedStays)
                : (all_ ? statements::kReportNextChanges : statements::kReportNextStays);
    return std::async(std::launch::async, [this, &statement, params = NextParams()] {
      return of_.snapshot.Query(statement, params);
    });
  }

  pg::Params NextParams() {
    if (!listed_) return pg::MakeParams(of_.tenant, last_, kPiece);
    pg::Array ids;
    const auto piece = absl::MakeConstSpan(*listed_).subspan(next_, kPiece);
    for (const base::Uuid& id : piece) ids.Add(id);
    next_ += piece.size();
    return pg::MakeParams(of_.tenant, ids);
  }

  // Notes where the piece behind `rows` begins.
  absl::Status Pass(const pg::Rows& rows) {
    if (listed_) {
      done_ = next_ == listed_->size();
      return absl::OkStatus();
    }
    done_ = static_cast<int64_t>(rows.size()) < kPiece;
    if (rows.empty()) return absl::OkStatus();
    pg::RowReader read(rows[rows.size() - 1]);
    last_ = read.Uuid(0);
    return read.ok() ? absl::OkStatus() : read.Damage("stage history");
  }

  absl::Status Visit(const pg::Rows& rows) const {
    for (const pg::Row row : rows) {
      pg::RowReader read(row);
      const base::Uuid id = read.Uuid(0);
      if (!read.ok()) return read.Damage("stage history");
      CRM_ASSIGN_OR_RETURN(auto changes, of_.changes.Read(id, row));
      if (deleted_.contains(id) || changes.front().record_time > of_.needs.view.known_at) continue;
      CRM_RETURN_IF_ERROR(of_.visit(DealOf(id, std::move(changes))));
    }
    return absl::OkStatus();
  }

  const Reading& of_;
  const std::optional<std::vector<base::Uuid>>& listed_;
  const bool all_;
  absl::flat_hash_set<base::Uuid> deleted_;
  base::Uuid last_;
  size_t next_ = 0;
  bool done_ = false;
};

}  // namespace

absl::Status TellOfHistories(const Reading& of,
                             const std::optional<std::vector<base::Uuid>>& listed) {
  if (listed && listed->empty()) return absl::OkStatus();
  return Histories(of, listed).Tell();
}

}  // namespace crm::opportunity
