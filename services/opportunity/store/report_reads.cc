#include "services/opportunity/store/report_reads.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_split.h"
#include "common/aggregate/fields.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/snapshot.h"
#include "common/stage/history.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/store/deal_fields.h"
#include "services/opportunity/store/opportunity_stages.h"
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

stage::HistoryEntry StoredChange(pg::RowReader& read) {
  stage::HistoryEntry entry;
  entry.version = read.Int(1);
  entry.from_stage = read.Text(2);
  entry.from_type = read.Text(3);
  entry.to_stage = read.Text(4);
  entry.to_type = read.Text(5);
  entry.effective = read.Time(6);
  entry.recorded = read.Time(7);
  entry.reason = read.Text(8);
  const std::string gates = read.TextOrEmpty(9);
  if (!gates.empty()) entry.gates = absl::StrSplit(gates, '\x1f');
  entry.amount = read.OptionalMoney(10, 11);
  if (const auto percent = read.OptionalInt(12)) entry.probability = static_cast<int>(*percent);
  entry.category = read.Text(13);
  entry.change_kind = read.Text(14);
  entry.to_pipeline = read.Text(15);
  entry.to_stage_key = read.Text(16);
  entry.to_name = read.Text(17);
  entry.owner = read.Text(18);
  return entry;
}

stage::StageCorrection StoredCorrection(pg::RowReader& read) {
  stage::StageCorrection it;
  it.version = read.Int(2);
  it.stage = read.Text(3);
  it.type = read.Text(4);
  it.stage_key = read.Text(5);
  it.stage_name = read.Text(6);
  if (const auto percent = read.OptionalInt(7)) it.probability = static_cast<int>(*percent);
  it.category = read.Text(8);
  it.superseded_effective = read.Time(9);
  it.enter_time_before = read.Time(10);
  it.enter_time = read.Time(11);
  return it;
}

// One piece of opportunities, whose parts are read one after the other.
class Piece {
 public:
  Piece(pg::Snapshot& snapshot, const std::string& tenant, const DealNeeds& needs)
      : snapshot_(snapshot), tenant_(tenant), needs_(needs) {}

  // The next ones behind `id`.
  absl::Status Read(const base::Uuid& id) {
    const auto open_at = needs_.open ? std::optional(Viewed()) : std::nullopt;
    CRM_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        snapshot_.Query(statements::kReportDeals,
                        pg::MakeParams(tenant_, id, kPiece, needs_.view.known_at, needs_.made_since,
                                       needs_.written_since, open_at)));
    for (const pg::Row row : rows) {
      CRM_ASSIGN_OR_RETURN(Deal deal, ReadDeal(row));
      index_.emplace(deal.id, deals_.size());
      deals_.push_back(std::move(deal));
    }
    CRM_RETURN_IF_ERROR(ReadVersions());
    return ReadChanges();
  }

  const std::vector<Deal>& deals() const { return deals_; }
  bool full() const { return deals_.size() == kPiece; }

 private:
  // Present versions that are older than this are all there is to know.
  absl::Time Since() const {
    return needs_.versions_since ? std::min(Viewed(), *needs_.versions_since) : Viewed();
  }
  // What was written by then is in effect at the viewpoint.
  absl::Time Viewed() const { return std::min(needs_.view.at, needs_.view.known_at); }

  pg::Array WrittenSince(absl::Time since) const {
    pg::Array ids;
    for (const Deal& deal : deals_) {
      if (deal.versions.back().record_time > since) ids.Add(deal.id);
    }
    return ids;
  }

  Deal* Find(pg::RowReader& read) {
    const auto found = index_.find(read.Uuid(0));
    return found == index_.end() ? nullptr : &deals_[found->second];
  }

  // Takes writes back from the present version, one by one. Where one is missing, as of a time
  // before there was field history, the fields are taken to have been the same before.
  absl::Status ReadVersions() {
    const absl::Time since = Since();
    const pg::Array ids = WrittenSince(since);
    if (ids.empty()) return absl::OkStatus();
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                         snapshot_.Query(statements::kReportRevisions,
                                         pg::Params().Add(tenant_).Add(ids).Add(since)));
    for (const pg::Row row : rows) {
      pg::RowReader read(row);
      Deal* const deal = Find(read);
      if (deal == nullptr) continue;
      const int64_t revision = read.Int(1);
      const std::optional<absl::Time> previous = read.OptionalTime(2);
      if (!read.ok()) return read.Damage(OpportunityName(deal->id));
      if (!previous) continue;  // it was made then
      DealVersion before = deal->versions.back();
      before.revision = revision - 1;
      before.record_time = *previous;
      if (!aggregate::ReadChanges<DealFacts>(row.View(3), DealFieldTable(), &before.facts,
                                             nullptr)) {
        return error::DataDamaged(OpportunityName(deal->id));
      }
      deal->versions.push_back(std::move(before));
    }
    for (Deal& deal : deals_) std::reverse(deal.versions.begin(), deal.versions.end());
    return absl::OkStatus();
  }

  absl::Status ReadChanges() {
    const pg::Array ids = WrittenSince(
        needs_.changes ? absl::InfinitePast()
                       : (needs_.view.clock == ReportClock::kEffective ? needs_.view.at
                                                                       : absl::InfiniteFuture()));
    if (ids.empty()) return absl::OkStatus();
    const pg::Params params = pg::Params().Add(tenant_).Add(ids);
    CRM_ASSIGN_OR_RETURN(auto corrections, ReadCorrections(params));
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows, snapshot_.Query(statements::kReportChanges, params));
    for (const pg::Row row : rows) {
      pg::RowReader read(row);
      Deal* const deal = Find(read);
      if (deal == nullptr) continue;
      stage::HistoryEntry entry = StoredChange(read);
      if (!read.ok()) return read.Damage(OpportunityName(deal->id));
      if (const auto found = corrections.find({deal->id, entry.version});
          found != corrections.end()) {
        entry.correction = std::move(found->second);
      }
      CRM_ASSIGN_OR_RETURN(StageChange change, ChangeOf(deal->id, std::move(entry), std::nullopt));
      deal->changes.push_back(std::move(change));
    }
    return absl::OkStatus();
  }

  using Corrections = std::map<std::pair<base::Uuid, int64_t>, stage::StageCorrection>;

  absl::StatusOr<Corrections> ReadCorrections(const pg::Params& params) {
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                         snapshot_.Query(statements::kReportCorrections, params));
    Corrections corrections;
    for (const pg::Row row : rows) {
      pg::RowReader read(row);
      const base::Uuid id = read.Uuid(0);
      const int64_t version = read.Int(1);
      corrections[{id, version}] = StoredCorrection(read);
      if (!read.ok()) return read.Damage(OpportunityName(id));
    }
    return corrections;
  }

  pg::Snapshot& snapshot_;
  const std::string& tenant_;
  const DealNeeds& needs_;
  std::vector<Deal> deals_;
  absl::flat_hash_map<base::Uuid, size_t> index_;
};

}  // namespace

absl::Status ReportReads::Read(const std::string& tenant, const DealNeeds& needs,
                               base::Deadline deadline,
                               const std::function<absl::Status(const ReportGround&)>& begin,
                               const std::function<absl::Status(const Deal&)>& visit) const {
  CRM_ASSIGN_OR_RETURN(const std::unique_ptr<pg::Snapshot> snapshot,
                       pg::Snapshot::Begin(pool_, pg::Tenants(tenant), deadline));
  CRM_ASSIGN_OR_RETURN(const ReportGround ground, ReadGround(*snapshot, tenant));
  CRM_RETURN_IF_ERROR(begin(ground));
  base::Uuid last;
  for (bool more = true; more;) {
    Piece piece(*snapshot, tenant, needs);
    CRM_RETURN_IF_ERROR(piece.Read(last));
    for (const Deal& deal : piece.deals()) CRM_RETURN_IF_ERROR(visit(deal));
    more = piece.full();
    if (more) last = piece.deals().back().id;
  }
  return absl::OkStatus();
}

}  // namespace crm::opportunity
