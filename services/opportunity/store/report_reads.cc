#include "services/opportunity/store/report_reads.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/types/span.h"
#include "common/base/status.h"
#include "common/pg/packed_ids.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/snapshot.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/store/deal_fields.h"
#include "services/opportunity/store/deal_reads.h"
#include "services/opportunity/store/deal_stages.h"
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
    case ChangedIn::Kind::kWon:
      return "won";
    case ChangedIn::Kind::kAny:
      return "";
  }
  return "";
}

// By when those were opened that count, as far as the present tells.
std::optional<absl::Time> OpenedBy(const DealNeeds& needs) {
  const bool effective = needs.view.clock == ReportClock::kEffective;
  return effective && needs.as_known_now ? std::optional(needs.view.at) : std::nullopt;
}

// One piece of opportunities.
class Piece {
 public:
  Piece(const Reading& of, Portion of_things)
      : of_(of), needs_(of.needs), of_things_(std::move(of_things)) {}

  absl::Status Read() {
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows, Query());
    for (const pg::Row row : rows) {
      CRM_ASSIGN_OR_RETURN(Deal deal, ReadDeal(row));
      deals_.push_back(std::move(deal));
    }
    if (deals_.empty()) return absl::OkStatus();
    CRM_RETURN_IF_ERROR(ReadChanges());
    if (needs_.open) CRM_RETURN_IF_ERROR(LeaveOutClosed());
    return ReadVersions(of_, absl::MakeSpan(deals_));
  }

  absl::Status Tell() const {
    for (const Deal& deal : deals_) CRM_RETURN_IF_ERROR(of_.visit(deal));
    return absl::OkStatus();
  }

 private:
  // Those that may count, as the present tells.
  absl::StatusOr<pg::Rows> Query() const {
    const bool listed = !of_things_.listed.empty();
    const auto open_at = needs_.open ? std::optional(of_.Viewed()) : std::nullopt;
    pg::Params params = listed ? pg::MakeParams(of_.tenant, of_things_.listed)
                               : pg::MakeParams(of_.tenant, of_things_.behind);
    params.Add(needs_.view.known_at);
    params.Add(needs_.written_since);
    params.Add(open_at);
    params.Add(OpenedBy(needs_));
    params.Add(needs_.facts == DealNeeds::Facts::kAll);
    params.Add(needs_.attributes);
    if (listed) return of_.snapshot.Query(statements::kReportListedDeals, params);
    params.Add(of_things_.up_to);
    return of_.snapshot.Query(statements::kReportDeals, params);
  }

  // Whether there are many between the first and the last of the piece that are not in it.
  bool Sparse() const {
    return !of_things_.listed.empty() || needs_.open || needs_.written_since ||
           needs_.open_by_facts || needs_.changes == DealNeeds::Changes::kNone;
  }

  // Of which changes are needed.
  bool NeedsChanges(const Deal& deal) const {
    const DealVersion& present = deal.versions.back();
    if (needs_.changes == DealNeeds::Changes::kNone) return present.record_time > of_.Viewed();
    return !needs_.open_by_facts || present.facts.stage_type != StageType::kOpen ||
           present.record_time > VersionsSince(of_);
  }

  absl::Status ReadChanges() {
    pg::Array ids;
    bool moved = false;
    for (const Deal& deal : deals_) {
      if (NeedsChanges(deal)) ids.Add(deal.id);
      moved |= deal.versions.back().record_time > of_.Viewed();
    }
    if (ids.empty()) return absl::OkStatus();
    // Where one is seen as it was before its last writes, its facts are taken from its changes.
    const bool all = needs_.changes == DealNeeds::Changes::kAll || moved;
    if (Sparse()) {
      CRM_RETURN_IF_ERROR(
          TakeCorrections(statements::kReportListedCorrections, pg::MakeParams(of_.tenant, ids)));
      return TakeChanges(all ? statements::kReportListedChanges : statements::kReportListedStays,
                         pg::MakeParams(of_.tenant, ids), all);
    }
    const pg::Params range = pg::MakeParams(of_.tenant, of_things_.behind, of_things_.up_to);
    CRM_RETURN_IF_ERROR(TakeCorrections(statements::kReportCorrections, range));
    return TakeChanges(all ? statements::kReportChanges : statements::kReportStays, range, all);
  }

  absl::Status TakeCorrections(const pg::Statement& statement, const pg::Params& params) {
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows, of_.snapshot.Query(statement, params));
    return changes_.ReadCorrections(rows);
  }

  // Both are in the order of ids.
  absl::Status TakeChanges(const pg::Statement& statement, const pg::Params& params, bool whole) {
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows, of_.snapshot.Query(statement, params));
    auto deal = deals_.begin();
    for (const pg::Row row : rows) {
      pg::RowReader read(row);
      const base::Uuid id = read.Uuid(0);
      if (!read.ok()) return read.Damage("stage history");
      while (deal != deals_.end() && deal->id < id) ++deal;
      if (deal == deals_.end()) break;
      if (deal->id != id) continue;
      CRM_ASSIGN_OR_RETURN(deal->changes, changes_.Read(id, row, whole));
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
  const Portion of_things_;
  DealChanges changes_;
  std::vector<Deal> deals_;
};

using Found = absl::StatusOr<std::optional<DealIds>>;

// The things that the statement lists, in order; nothing if there are `most` changes or more.
Found Find(const Reading& of, const pg::Statement& statement, const pg::Params& params,
           int64_t most) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, of.snapshot.Query(statement, params));
  pg::RowReader read(rows[0]);
  DealIds ids = pg::ReadPackedIds(read, 0);
  const int64_t changes = read.Int(1);
  if (!read.ok()) return read.Damage("stage history");
  if (changes >= most) return std::nullopt;
  return ids;
}

// Those with the changes that are asked for, if any are.
Found FindChanged(const Reading& of) {
  const std::optional<ChangedIn>& in = of.needs.changed_in;
  if (!in) return DealIds();
  const bool effective = of.needs.view.clock == ReportClock::kEffective;
  return Find(of, effective ? statements::kReportEffectiveIn : statements::kReportRecordedIn,
              pg::MakeParams(of.tenant, in->from, in->until, NameOf(in->kind), of.most_changes),
              of.most_changes);
}

// Whether there are so many of them that it is in vain to look: then that would read most changes,
// on one connection, before all things are gone through.
absl::StatusOr<bool> TooManyChanged(const Reading& of) {
  const std::optional<ChangedIn>& in = of.needs.changed_in;
  if (!in) return false;
  const bool effective = of.needs.view.clock == ReportClock::kEffective;
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      of.snapshot.Query(
          effective ? statements::kReportEffectiveSample : statements::kReportRecordedSample,
          pg::MakeParams(of.tenant, in->from, in->until, NameOf(in->kind))));
  pg::RowReader read(rows[0]);
  const int64_t about = read.Int(0);
  if (!read.ok()) return read.Damage("stage history");
  return about >= of.most_changes;
}

// Those that were open, if they are asked for.
Found FindOpen(const Reading& of) {
  const DealNeeds& needs = of.needs;
  if (!needs.open && !needs.or_open_since) return DealIds();
  const int64_t most = of.most_changes / 3;  // the open ones are listed too
  // What is opened later may be needed as well, unless it is what was open then that is asked for.
  const auto opened_by = needs.open ? std::optional(needs.view.at) : std::nullopt;
  pg::Params params = pg::MakeParams(of.tenant, needs.or_open_since.value_or(of.Viewed()), most,
                                     needs.view.known_at, opened_by);
  const DueIn due = needs.due.value_or(DueIn());
  params.Add(needs.due ? std::optional(due.before) : std::nullopt);
  params.Add(due.period.start);
  params.Add(due.period.end);
  params.Add(due.undated);
  return Find(of, statements::kReportOpenAt, params, most);
}

// Those that are looked for by their stage changes, in order; nothing if there are too many.
Found Listed(const Reading& of) {
  const DealNeeds& needs = of.needs;
  if (needs.among) return needs.among;
  if (!needs.changed_in && !needs.open) return std::nullopt;
  CRM_ASSIGN_OR_RETURN(const bool too_many, TooManyChanged(of));
  if (too_many) return std::nullopt;
  const bool both = needs.changed_in && (needs.open || needs.or_open_since);
  // Both at the same time, on a connection each.
  std::future<Found> opened =
      std::async(both ? std::launch::async : std::launch::deferred, [&of] { return FindOpen(of); });
  const Found changed = FindChanged(of);
  const Found open = opened.get();
  if (!changed.ok() || !open.ok()) return changed.ok() ? open.status() : changed.status();
  if (!*changed || !*open) return std::nullopt;
  DealIds ids;
  std::set_union((*changed)->begin(), (*changed)->end(), (*open)->begin(), (*open)->end(),
                 std::back_inserter(ids));
  return ids;
}

}  // namespace

absl::Status ReportReads::Read(const std::string& tenant, const DealNeeds& needs,
                               base::Deadline deadline,
                               const std::function<absl::Status(const ReportGround&)>& begin,
                               const std::function<absl::Status(const Deal&)>& visit) const {
  CRM_ASSIGN_OR_RETURN(const std::unique_ptr<pg::Snapshot> snapshot,
                       pg::Snapshot::Begin(pool_, pg::Tenants(tenant), deadline, kConnections));
  CRM_ASSIGN_OR_RETURN(const ReportGround ground, ReadGround(*snapshot, tenant));
  CRM_RETURN_IF_ERROR(begin(ground));
  const Reading of{*snapshot, tenant, needs, most_changes_, visit};
  CRM_ASSIGN_OR_RETURN(const auto listed, Listed(of));
  if (needs.facts == DealNeeds::Facts::kOfChanges) return TellOfHistories(of, listed);
  return TellByPortions<Piece>(of, listed);
}

}  // namespace crm::opportunity
