#include "services/lead/store/report_reads.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "common/base/status.h"
#include "common/pg/packed_ids.h"
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

// Takes one piece after the other: of a list; of those that came in during a time, in the order in
// which they did; or of all, by their ids. The last way alone has nothing to wait for: where a
// piece of the second ends, only its rows tell.
class Pieces {
 public:
  Pieces(const Reading& of, std::optional<LeadIds> listed, std::optional<TimeSpan> came_in)
      : of_(of), listed_(std::move(listed)), came_in_(came_in) {
    if (came_in_) time_ = came_in_->from;
  }

  absl::StatusOr<std::unique_ptr<StoryPiece>> Take() {
    if (ended_) return nullptr;
    if (listed_) return TakeListed();
    return came_in_ ? TakeNext() : TakeRange();
  }

 private:
  using Taken = absl::StatusOr<std::unique_ptr<StoryPiece>>;

  Taken TakeListed() {
    const auto ids = absl::MakeConstSpan(*listed_).subspan(next_, kPiece);
    next_ += ids.size();
    if (ids.empty()) return nullptr;
    return std::make_unique<StoryPiece>(of_, ids);
  }

  Taken TakeNext() {
    pg::Params params = of_.Asked();
    params.Add(time_);
    params.Add(id_);
    params.Add(kPiece);
    params.Add(came_in_->until);
    const bool effective = of_.needs.view.clock == report::Clock::kEffective;
    CRM_ASSIGN_OR_RETURN(
        pg::Rows rows,
        of_.snapshot.Query(effective ? kReportLeadsThatCameIn : kReportLeads, params));
    ended_ = static_cast<int64_t>(rows.size()) < kPiece;
    if (rows.empty()) return nullptr;
    pg::RowReader read(rows[rows.size() - 1]);
    id_ = read.Uuid(0);
    time_ = read.Time(1);
    if (!read.ok()) return read.Damage("leads");
    return std::make_unique<StoryPiece>(of_, std::move(rows));
  }

  Taken TakeRange() {
    CRM_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        of_.snapshot.Query(kReportNextLead, pg::MakeParams(of_.tenant, id_, kPiece - 1)));
    const base::Uuid behind = std::exchange(id_, base::Uuid(~0ULL, ~0ULL));
    ended_ = rows.empty();
    if (ended_) return std::make_unique<StoryPiece>(of_, behind, id_);
    pg::RowReader read(rows[0]);
    id_ = read.Uuid(0);
    if (!read.ok()) return read.Damage("leads");
    return std::make_unique<StoryPiece>(of_, behind, id_);
  }

  const Reading& of_;
  const std::optional<LeadIds> listed_;
  const std::optional<TimeSpan> came_in_;
  size_t next_ = 0;                      // in the list
  absl::Time time_ = absl::UnixEpoch();  // behind which the next piece begins
  base::Uuid id_;                        // the last one, of that time
  bool ended_ = false;
};

// The time in which leads are looked for; nothing if all are gone through, since so many of them
// came in then.
absl::StatusOr<std::optional<TimeSpan>> CameIn(const Reading& of, int few_of) {
  const std::optional<TimeSpan>& created = of.needs.created;
  if (!created) return std::nullopt;
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       of.snapshot.Query(kReportLeadsSpan, pg::MakeParams(of.tenant)));
  pg::RowReader read(rows[0]);
  const std::optional<absl::Time> first = read.OptionalTime(0);
  const std::optional<absl::Time> last = read.OptionalTime(1);
  if (!read.ok()) return read.Damage("leads");
  if (!first || !last) return created;
  const absl::Duration within = std::min(created->until, *last) - std::max(created->from, *first);
  return within * few_of < *last - *first ? created : std::nullopt;
}

// Those decided in the period, in order; nothing if they are not asked for, or too many.
absl::StatusOr<std::optional<LeadIds>> Decided(const Reading& of, int64_t most) {
  if (!of.needs.decided) return std::nullopt;
  const bool effective = of.needs.view.clock == report::Clock::kEffective;
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       of.snapshot.Query(effective ? kReportDecidedIn : kReportRecordedDecidedIn,
                                         pg::MakeParams(of.tenant, of.needs.decided->from,
                                                        of.needs.decided->until, most)));
  pg::RowReader read(rows[0]);
  LeadIds ids = pg::ReadPackedIds(read, 0);
  const int64_t decisions = read.Int(1);
  if (!read.ok()) return read.Damage("stage history");
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
  CRM_ASSIGN_OR_RETURN(std::optional<LeadIds> decided, Decided(of, most_decisions_));
  CRM_ASSIGN_OR_RETURN(const std::optional<TimeSpan> came_in, CameIn(of, few_of_));
  Pieces pieces(of, std::move(decided), came_in);
  CRM_RETURN_IF_ERROR(report::TellInTurn<StoryPiece>(
      {.take = [&] { return pieces.Take(); },
       .read = [](StoryPiece& piece) { return piece.Read(); },
       .tell = [](const StoryPiece& piece) { return piece.Tell(); }}));
  return ground;
}

}  // namespace crm::lead
