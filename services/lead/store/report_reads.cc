#include "services/lead/store/report_reads.h"

#include <memory>
#include <optional>
#include <utility>

#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/snapshot.h"
#include "common/report/in_turn.h"
#include "services/lead/store/report_statements.h"
#include "services/lead/store/sale_store.h"
#include "services/lead/store/story_reads.h"

namespace crm::lead {
namespace {

// Leads that are read and told at a time.
constexpr int64_t kPiece = 2000;
// Connections on which they are read, one for each thread.
constexpr size_t kConnections = 2;

// Takes one piece after the other.
class Pieces {
 public:
  Pieces(const Reading& of, const std::optional<LeadIds>& listed) : of_(of), listed_(listed) {
    if (of.needs.created) time_ = of.needs.created->from;
  }

  absl::StatusOr<std::unique_ptr<StoryPiece>> Take() {
    if (listed_) {
      const auto ids = absl::MakeConstSpan(*listed_).subspan(next_, kPiece);
      next_ += ids.size();
      if (ids.empty()) return nullptr;
      return std::make_unique<StoryPiece>(of_, ids);
    }
    if (ended_) return nullptr;
    CRM_ASSIGN_OR_RETURN(pg::Rows rows, Next());
    ended_ = static_cast<int64_t>(rows.size()) < kPiece;
    if (rows.empty()) return nullptr;
    pg::RowReader read(rows[rows.size() - 1]);
    id_ = read.Uuid(0);
    time_ = read.Time(1);
    if (!read.ok()) return read.Damage("leads");
    return std::make_unique<StoryPiece>(of_, std::move(rows));
  }

 private:
  absl::StatusOr<pg::Rows> Next() const {
    const StoryNeeds& needs = of_.needs;
    pg::Params params = of_.Asked();
    params.Add(time_);
    params.Add(id_);
    params.Add(kPiece);
    params.Add(needs.created ? std::optional(needs.created->until) : std::nullopt);
    if (needs.created && needs.view.clock == report::Clock::kEffective) {
      return of_.snapshot.Query(kReportLeadsThatCameIn, params);
    }
    // Nothing is decided after that was recorded.
    params.Add(needs.decided ? std::optional(needs.decided->from) : std::nullopt);
    return of_.snapshot.Query(kReportLeads, params);
  }

  const Reading& of_;
  const std::optional<LeadIds>& listed_;
  size_t next_ = 0;
  absl::Time time_ = absl::UnixEpoch();  // behind which the next piece begins
  base::Uuid id_;                        // the last one of that time
  bool ended_ = false;
};

// Those decided in the period, in order; nothing if they are not asked for, or too many.
absl::StatusOr<std::optional<LeadIds>> Decided(const Reading& of, int64_t most) {
  if (!of.needs.decided) return std::nullopt;
  const bool effective = of.needs.view.clock == report::Clock::kEffective;
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       of.snapshot.Query(effective ? kReportDecidedIn : kReportRecordedDecidedIn,
                                         pg::MakeParams(of.tenant, of.needs.decided->from,
                                                        of.needs.decided->until, most)));
  LeadIds ids;
  int64_t decisions = 0;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    ids.push_back(read.Uuid(0));
    decisions += read.Int(1);
    if (!read.ok()) return read.Damage("stage history");
  }
  if (decisions >= most) return std::nullopt;
  return ids;
}

absl::StatusOr<ReportGround> ReadGround(pg::Snapshot& snapshot, const std::string& streams) {
  ReportGround ground;
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       snapshot.Query(kReportGround, pg::MakeParams(kSalesConsumer, streams)));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    std::vector<int64_t>& sequences =
        read.Bool(0) ? ground.last_sequences : ground.opportunity_sequences;
    const auto partition = static_cast<size_t>(read.Int(1));
    const int64_t sequence = read.Int(2);
    if (!read.ok()) return read.Damage("events");
    if (partition >= sequences.size()) sequences.resize(partition + 1);
    sequences[partition] = sequence;
  }
  return ground;
}

}  // namespace

absl::StatusOr<ReportGround> ReportReads::Read(
    const std::string& tenant, const StoryNeeds& needs, base::Deadline deadline,
    const std::function<absl::Status(const LeadStory&)>& visit) const {
  CRM_ASSIGN_OR_RETURN(const std::unique_ptr<pg::Snapshot> snapshot,
                       pg::Snapshot::Begin(pool_, pg::Tenants(tenant), deadline, kConnections));
  CRM_ASSIGN_OR_RETURN(const ReportGround ground, ReadGround(*snapshot, streams_));
  const Reading of{*snapshot, tenant, needs, visit};
  CRM_ASSIGN_OR_RETURN(const std::optional<LeadIds> decided, Decided(of, most_decisions_));
  Pieces pieces(of, decided);
  CRM_RETURN_IF_ERROR(report::TellInTurn<StoryPiece>(
      {.take = [&] { return pieces.Take(); },
       .read = [](StoryPiece& piece) { return piece.Read(); },
       .tell = [](const StoryPiece& piece) { return piece.Tell(); }}));
  return ground;
}

}  // namespace crm::lead
