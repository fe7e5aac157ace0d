#include "services/opportunity/store/report_reads.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/types/span.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/snapshot.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/store/deal_fields.h"
#include "services/opportunity/store/deal_reads.h"
#include "services/opportunity/store/history_reads.h"
#include "services/opportunity/store/pipeline_table.h"
#include "services/opportunity/store/report_statements.h"

namespace crm::opportunity {
namespace {

absl::StatusOr<ReportGround> ReadGround(pg::Snapshot& snapshot, const std::string& tenant) {
  ReportGround ground;
  CRM_ASSIGN_OR_RETURN(const pg::Rows stream, snapshot.Query(statements::kReportGround, {}));
  for (const pg::Row row : stream) {
    pg::RowReader read(row);
    ground.last_sequences.push_back(read.Int(0));
    if (!read.ok()) return read.Damage("events");
  }
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       snapshot.Query(statements::kReportPipelines, pg::MakeParams(tenant)));
  bool has_default = false;
  for (const pg::Row row : rows) {
    CRM_ASSIGN_OR_RETURN(Pipeline pipeline, ReadPipeline(row));
    has_default |= pipeline.slug == kDefaultPipeline;
    ground.pipelines.push_back(std::move(pipeline));
  }
  if (!has_default) ground.pipelines.insert(ground.pipelines.begin(), DefaultPipeline());
  return ground;
}

absl::string_view NameOf(ChangedIn::Kind kind) {
  switch (kind) {
    case ChangedIn::Kind::kOpened:
      return "opened";
    case ChangedIn::Kind::kClosed:
      return "closed";
    case ChangedIn::Kind::kAny:
      return "";
  }
  return "";
}

// One piece of opportunities, whose parts are read one after the other.
class Piece {
 public:
  explicit Piece(const Reading& of) : of_(of), needs_(of.needs) {}

  // The next ones behind `id`.
  absl::Status ReadNext(const base::Uuid& id) {
    pg::Params params = Conditions(id);
    params.Add(kPiece);
    return Read(of_.snapshot.Query(statements::kReportDeals, params), {});
  }
  // Those of a list.
  absl::Status ReadListed(absl::Span<const base::Uuid> ids) {
    pg::Array list;
    for (const base::Uuid& id : ids) list.Add(id);
    return Read(of_.snapshot.Query(statements::kReportListedDeals, Conditions(list)), list);
  }

  absl::Status Tell() const {
    for (const Deal& deal : deals_) CRM_RETURN_IF_ERROR(of_.visit(deal));
    return absl::OkStatus();
  }
  // Of those found, before any was left out.
  size_t found() const { return found_; }
  const base::Uuid& last() const { return last_; }

 private:
  template <class Ids>
  pg::Params Conditions(const Ids& ids) const {
    const auto open_at = needs_.open ? std::optional(of_.Viewed()) : std::nullopt;
    const bool effective = needs_.view.clock == ReportClock::kEffective;
    const auto opened_by =
        effective && needs_.as_known_now ? std::optional(needs_.view.at) : std::nullopt;
    return pg::MakeParams(of_.tenant, ids, needs_.view.known_at, needs_.written_since, open_at,
                          opened_by);
  }

  absl::Status Read(const absl::StatusOr<pg::Rows>& rows, const pg::Array& listed) {
    if (!rows.ok()) return rows.status();
    for (const pg::Row row : *rows) {
      CRM_ASSIGN_OR_RETURN(Deal deal, ReadDeal(row));
      deals_.push_back(std::move(deal));
    }
    found_ = deals_.size();
    if (deals_.empty()) return absl::OkStatus();
    last_ = deals_.back().id;
    CRM_RETURN_IF_ERROR(ReadChanges(listed));
    if (needs_.open) CRM_RETURN_IF_ERROR(LeaveOutClosed());
    return ReadVersions(of_, absl::MakeSpan(deals_));
  }

  pg::Array ThoseWrittenSince(absl::Time since) const {
    pg::Array ids;
    for (const Deal& deal : deals_) {
      if (deal.versions.back().record_time > since) ids.Add(deal.id);
    }
    return ids;
  }
  // Whether conditions leave many out between the first and the last of the piece.
  bool Sparse() const { return needs_.open || needs_.written_since; }

  absl::Status ReadChanges(const pg::Array& listed) {
    const pg::Array moved = ThoseWrittenSince(of_.Viewed());
    // Where one is seen as it was before its last writes, its facts are taken from its changes.
    const bool all = needs_.changes == DealNeeds::Changes::kAll || !moved.empty();
    if (needs_.changes == DealNeeds::Changes::kNone) {
      if (moved.empty()) return absl::OkStatus();
      return TakeChanges(statements::kReportListedChanges, pg::MakeParams(of_.tenant, moved));
    }
    if (!listed.empty() || Sparse()) {
      return TakeChanges(all ? statements::kReportListedChanges : statements::kReportListedStays,
                         pg::MakeParams(of_.tenant, listed.empty() ? Found() : listed));
    }
    return TakeChanges(all ? statements::kReportChanges : statements::kReportStays,
                       pg::MakeParams(of_.tenant, deals_.front().id, last_));
  }

  pg::Array Found() const {
    pg::Array ids;
    for (const Deal& deal : deals_) ids.Add(deal.id);
    return ids;
  }

  // Both are in the order of ids.
  absl::Status TakeChanges(const pg::Statement& statement, const pg::Params& params) {
    CRM_ASSIGN_OR_RETURN(const pg::Rows corrections,
                         of_.snapshot.Query(statements::kReportCorrections,
                                            pg::MakeParams(of_.tenant, deals_.front().id, last_)));
    of_.changes.ForgetCorrections();
    CRM_RETURN_IF_ERROR(of_.changes.ReadCorrections(corrections));
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows, of_.snapshot.Query(statement, params));
    auto deal = deals_.begin();
    for (const pg::Row row : rows) {
      pg::RowReader read(row);
      const base::Uuid id = read.Uuid(0);
      if (!read.ok()) return read.Damage("stage history");
      while (deal != deals_.end() && deal->id < id) ++deal;
      if (deal == deals_.end()) break;
      if (deal->id != id) continue;
      CRM_ASSIGN_OR_RETURN(deal->changes, of_.changes.Read(id, row));
    }
    return absl::OkStatus();
  }

  absl::Status LeaveOutClosed() {
    std::vector<Deal> open;
    open.reserve(deals_.size());
    for (Deal& deal : deals_) {
      if (!deal.changes.empty()) {
        CRM_ASSIGN_OR_RETURN(const std::vector<Stay> stays, StaysOf(deal.changes, needs_.view));
        if (stays.empty() || stays.back().type != StageType::kOpen) continue;
      }
      open.push_back(std::move(deal));
    }
    deals_ = std::move(open);
    return absl::OkStatus();
  }

  const Reading& of_;
  const DealNeeds& needs_;
  std::vector<Deal> deals_;
  size_t found_ = 0;
  base::Uuid last_;
};

using Ids = std::vector<base::Uuid>;

// Adds the things of `rows`, which are in order, and leaves out those that are there. False if
// there are too many changes.
absl::StatusOr<bool> AddListed(const absl::StatusOr<pg::Rows>& rows, int64_t most, Ids& ids) {
  if (!rows.ok()) return rows.status();
  Ids found;
  int64_t changes = 0;
  for (const pg::Row row : *rows) {
    pg::RowReader read(row);
    found.push_back(read.Uuid(0));
    changes += read.Int(1);
    if (!read.ok()) return read.Damage("stage history");
  }
  Ids both;
  std::set_union(ids.begin(), ids.end(), found.begin(), found.end(), std::back_inserter(both));
  ids = std::move(both);
  return changes < most;
}

// Those that are looked for by their stage changes, in order; nothing if there are too many.
absl::StatusOr<std::optional<Ids>> Listed(const Reading& of) {
  const DealNeeds& needs = of.needs;
  if (!needs.changed_in && !needs.open) return std::nullopt;
  Ids ids;
  if (const std::optional<ChangedIn>& in = needs.changed_in) {
    const bool effective = needs.view.clock == ReportClock::kEffective;
    CRM_ASSIGN_OR_RETURN(
        const bool few,
        AddListed(
            of.snapshot.Query(
                effective ? statements::kReportEffectiveIn : statements::kReportRecordedIn,
                pg::MakeParams(of.tenant, in->from, in->until, NameOf(in->kind), of.most_changes)),
            of.most_changes, ids));
    if (!few) return std::nullopt;
  }
  if (needs.open || needs.or_open_since) {
    const int64_t most = of.most_changes / 3;  // the open ones are listed too
    CRM_ASSIGN_OR_RETURN(
        const bool few,
        AddListed(of.snapshot.Query(
                      statements::kReportOpenAt,
                      pg::MakeParams(of.tenant, needs.or_open_since.value_or(of.Viewed()), most)),
                  most, ids));
    if (!few) return std::nullopt;
  }
  return ids;
}

absl::Status TellOfListed(const Reading& of, absl::Span<const base::Uuid> ids) {
  for (size_t from = 0; from < ids.size(); from += kPiece) {
    Piece piece(of);
    CRM_RETURN_IF_ERROR(piece.ReadListed(ids.subspan(from, kPiece)));
    CRM_RETURN_IF_ERROR(piece.Tell());
  }
  return absl::OkStatus();
}

absl::Status TellOfAll(const Reading& of) {
  base::Uuid last;
  for (bool more = true; more;) {
    Piece piece(of);
    CRM_RETURN_IF_ERROR(piece.ReadNext(last));
    CRM_RETURN_IF_ERROR(piece.Tell());
    more = piece.found() == kPiece;
    if (more) last = piece.last();
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReportReads::Read(const std::string& tenant, const DealNeeds& needs,
                               base::Deadline deadline,
                               const std::function<absl::Status(const ReportGround&)>& begin,
                               const std::function<absl::Status(const Deal&)>& visit) const {
  CRM_ASSIGN_OR_RETURN(const std::unique_ptr<pg::Snapshot> snapshot,
                       pg::Snapshot::Begin(pool_, pg::Tenants(tenant), deadline));
  CRM_ASSIGN_OR_RETURN(const ReportGround ground, ReadGround(*snapshot, tenant));
  CRM_RETURN_IF_ERROR(begin(ground));
  DealChanges changes;
  const Reading of{*snapshot, tenant, needs, changes, most_changes_, visit};
  CRM_ASSIGN_OR_RETURN(const auto listed, Listed(of));
  if (needs.facts == DealNeeds::Facts::kOfChanges) return TellOfHistories(of, listed);
  return listed ? TellOfListed(of, *listed) : TellOfAll(of);
}

}  // namespace crm::opportunity
