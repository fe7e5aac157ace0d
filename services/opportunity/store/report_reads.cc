#include "services/opportunity/store/report_reads.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "common/aggregate/fields.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/snapshot.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/store/deal_fields.h"
#include "services/opportunity/store/deal_stages.h"
#include "services/opportunity/store/pipeline_table.h"
#include "services/opportunity/store/report_statements.h"

namespace crm::opportunity {
namespace {

// Opportunities that are read and told at a time.
constexpr int64_t kPiece = 2000;

absl::StatusOr<ReportGround> ReadGround(pg::Snapshot& snapshot, const std::string& tenant) {
  ReportGround ground;
  CRM_ASSIGN_OR_RETURN(const pg::Rows stream, snapshot.Query(statements::kReportGround, {}));
  if (!stream.empty()) {
    pg::RowReader read(stream[0]);
    ground.last_sequence = read.Int(0);
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

// What the parts of one reading share.
struct Reading {
  pg::Snapshot& snapshot;
  const std::string& tenant;
  const DealNeeds& needs;
  DealChanges& changes;
  int64_t most_changes;
  const std::function<absl::Status(const Deal&)>& visit;

  // What was written by then is in effect at the viewpoint.
  absl::Time Viewed() const { return std::min(needs.view.at, needs.view.known_at); }
};

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
    return pg::MakeParams(of_.tenant, ids, needs_.view.known_at, needs_.written_since, open_at);
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
    return ReadVersions();
  }

  bool WrittenSince(const Deal& deal, absl::Time since) const {
    return deal.versions.back().record_time > since;
  }
  pg::Array ThoseWrittenSince(absl::Time since) const {
    pg::Array ids;
    for (const Deal& deal : deals_) {
      if (WrittenSince(deal, since)) ids.Add(deal.id);
    }
    return ids;
  }

  absl::Status ReadChanges(const pg::Array& listed) {
    const pg::Array moved = ThoseWrittenSince(of_.Viewed());
    // Where one is seen as it was before its last writes, its facts are taken from its changes.
    const bool all = needs_.changes == DealNeeds::Changes::kAll || !moved.empty();
    if (needs_.changes == DealNeeds::Changes::kNone) {
      if (moved.empty()) return absl::OkStatus();
      return TakeChanges(statements::kReportListedChanges, pg::MakeParams(of_.tenant, moved));
    }
    if (!listed.empty()) {
      return TakeChanges(all ? statements::kReportListedChanges : statements::kReportListedStays,
                         pg::MakeParams(of_.tenant, listed));
    }
    return TakeChanges(all ? statements::kReportChanges : statements::kReportStays,
                       pg::MakeParams(of_.tenant, deals_.front().id, last_));
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

  // Takes writes back from the present version, one by one. Where one is missing, as of a time
  // before there was field history, the fields are taken to have been the same before.
  absl::Status ReadVersions() {
    // Present versions that are older than this are all there is to know.
    const absl::Time since =
        needs_.versions_since ? std::min(of_.Viewed(), *needs_.versions_since) : of_.Viewed();
    const pg::Array ids = ThoseWrittenSince(since);
    if (ids.empty()) return absl::OkStatus();
    CRM_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        of_.snapshot.Query(statements::kReportRevisions, pg::MakeParams(of_.tenant, ids, since)));
    absl::flat_hash_map<base::Uuid, Deal*> by_id;
    for (Deal& deal : deals_) by_id.emplace(deal.id, &deal);
    for (const pg::Row row : rows) {
      pg::RowReader read(row);
      const auto found = by_id.find(read.Uuid(0));
      if (found == by_id.end()) continue;
      CRM_RETURN_IF_ERROR(TakeBack(row, *found->second));
    }
    for (Deal& deal : deals_) std::reverse(deal.versions.begin(), deal.versions.end());
    return absl::OkStatus();
  }

  static absl::Status TakeBack(const pg::Row& row, Deal& deal) {
    pg::RowReader read(row);
    const int64_t revision = read.Int(1);
    const std::optional<absl::Time> previous = read.OptionalTime(2);
    if (!read.ok()) return read.Damage(OpportunityName(deal.id));
    if (!previous) return absl::OkStatus();  // it was made then
    DealVersion before = deal.versions.back();
    before.revision = revision - 1;
    before.record_time = *previous;
    if (!aggregate::ReadChanges<DealFacts>(row.View(3), DealFieldTable(), &before.facts, nullptr)) {
      return error::DataDamaged(OpportunityName(deal.id));
    }
    deal.versions.push_back(std::move(before));
    return absl::OkStatus();
  }

  const Reading& of_;
  const DealNeeds& needs_;
  std::vector<Deal> deals_;
  size_t found_ = 0;
  base::Uuid last_;
};

// Those that are looked for by their stage changes, in order; nothing if there are too many.
absl::StatusOr<std::optional<std::vector<base::Uuid>>> Listed(const Reading& of) {
  std::optional<std::vector<base::Uuid>> ids;
  absl::StatusOr<pg::Rows> rows;
  int64_t most = of.most_changes;
  if (const std::optional<ChangedIn>& in = of.needs.changed_in) {
    rows = of.snapshot.Query(
        of.needs.view.clock == ReportClock::kEffective ? statements::kReportEffectiveIn
                                                       : statements::kReportRecordedIn,
        pg::MakeParams(of.tenant, in->from, in->until, NameOf(in->kind), most));
  } else if (of.needs.open) {
    most /= 3;  // the open ones are listed too
    rows =
        of.snapshot.Query(statements::kReportOpenAt, pg::MakeParams(of.tenant, of.Viewed(), most));
  } else {
    return ids;
  }
  if (!rows.ok()) return rows.status();
  ids.emplace();
  int64_t changes = 0;
  for (const pg::Row row : *rows) {
    pg::RowReader read(row);
    ids->push_back(read.Uuid(0));
    changes += read.Int(1);
    if (!read.ok()) return read.Damage("stage history");
  }
  if (changes >= most) ids.reset();
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

// What the changes alone tell of a thing.
Deal DealOf(const base::Uuid& id, std::vector<DealChange> changes) {
  Deal deal;
  deal.id = id;
  DealVersion& version = deal.versions.emplace_back();
  version.revision = 1;
  version.record_time = changes.front().record_time;
  version.facts.pipeline = std::string(changes.back().pipeline);
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

// By the stage history alone.
absl::Status TellOfStays(const Reading& of) {
  CRM_ASSIGN_OR_RETURN(const auto deleted, Deleted(of));
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows corrections,
      of.snapshot.Query(statements::kReportCorrections,
                        pg::MakeParams(of.tenant, base::Uuid(), base::Uuid(~0ULL, ~0ULL))));
  CRM_RETURN_IF_ERROR(of.changes.ReadCorrections(corrections));
  base::Uuid last;
  for (bool more = true; more;) {
    CRM_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        of.snapshot.Query(statements::kReportNextStays, pg::MakeParams(of.tenant, last, kPiece)));
    for (const pg::Row row : rows) {
      pg::RowReader read(row);
      last = read.Uuid(0);
      if (!read.ok()) return read.Damage("stage history");
      CRM_ASSIGN_OR_RETURN(auto changes, of.changes.Read(last, row));
      if (deleted.contains(last) || changes.front().record_time > of.needs.view.known_at) continue;
      CRM_RETURN_IF_ERROR(of.visit(DealOf(last, std::move(changes))));
    }
    more = rows.size() == kPiece;
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
  if (listed) return TellOfListed(of, *listed);
  return needs.facts ? TellOfAll(of) : TellOfStays(of);
}

}  // namespace crm::opportunity
