#include "services/lead/store/report_reads.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/aggregate/attributes_json.h"
#include "common/aggregate/fields.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/snapshot.h"
#include "services/lead/store/lead_json.h"
#include "services/lead/store/report_fields.h"
#include "services/lead/store/report_statements.h"
#include "services/lead/store/sale_store.h"

namespace crm::lead {
namespace {

// Leads that are read and told at a time.
constexpr int64_t kPiece = 2000;

struct Reading {
  pg::Snapshot& snapshot;
  const std::string& tenant;
  const StoryNeeds& needs;

  // What was written by then is in effect at the viewpoint.
  absl::Time Viewed() const {
    return needs.all_versions ? absl::UnixEpoch() : std::min(needs.view.at, needs.view.known_at);
  }
};

// Where the last piece ended.
struct ReadTo {
  absl::Time create_time = absl::UnixEpoch();
  base::Uuid id;
};

// One piece of leads, whose parts are read one after the other.
class Piece {
 public:
  explicit Piece(const Reading& of) : of_(of) {}

  absl::Status Read(const ReadTo& behind) {
    const StoryNeeds& needs = of_.needs;
    const bool recorded = needs.view.clock == report::Clock::kRecorded;
    const auto from = needs.created ? std::optional(needs.created->from) : std::nullopt;
    const auto until = needs.created ? std::optional(needs.created->until) : std::nullopt;
    const absl::Time start = std::max(behind.create_time, from.value_or(behind.create_time));
    CRM_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        of_.snapshot.Query(kReportLeads, pg::MakeParams(of_.tenant, start, behind.id, kPiece,
                                                        needs.view.known_at, from, until, recorded,
                                                        needs.written_since, needs.verdicts)));
    stories_.reserve(rows.size());
    for (const pg::Row row : rows) CRM_RETURN_IF_ERROR(ReadLead(row));
    for (size_t i = 0; i < stories_.size(); ++i) by_id_.emplace(stories_[i].id, i);
    if (stories_.empty()) return absl::OkStatus();
    CRM_RETURN_IF_ERROR(ReadMoves());
    CRM_RETURN_IF_ERROR(ReadVersions());
    return needs.sales ? ReadSales() : absl::OkStatus();
  }

  absl::Status Tell(const std::function<absl::Status(const LeadStory&)>& visit) const {
    for (const LeadStory& story : stories_) CRM_RETURN_IF_ERROR(visit(story));
    return absl::OkStatus();
  }
  bool full() const { return stories_.size() == static_cast<size_t>(kPiece); }
  const ReadTo& end() const { return end_; }

 private:
  absl::Status ReadLead(const pg::Row& row) {
    pg::RowReader read(row);
    LeadStory& story = stories_.emplace_back();
    story.id = read.Uuid(0);
    end_ = {read.Time(1), story.id};
    LeadVersion& version = story.versions.emplace_back();
    version.revision = read.Int(2);
    version.record_time = read.Time(3);
    LeadFacts& it = version.facts;
    it.state = read.Enum(4, kLeadStateNames);
    it.stage_version = read.Int(5);
    it.owner = read.Text(6);
    it.source = read.Enum(7, kLeadSourceNames);
    it.source_detail = read.Text(8);
    it.attributes = read.Parsed(9, aggregate::AttributesFromJson);
    it.first_response = read.OptionalTime(10);
    it.verdict = read.OptionalParsed(11, VerdictFromJson);
    it.qualification_overridden = read.Bool(12);
    it.disqualify_reason = read.Enum(13, kDisqualifyReasonNames);
    it.delete_time = read.OptionalTime(14);
    if (of_.needs.sales && it.state == LeadState::kConverted) {
      const auto conversion = read.OptionalParsed(
          15, [this](absl::string_view json) { return ConversionFromJson(json, of_.tenant); });
      if (conversion) by_opportunity_.emplace(conversion->opportunity, stories_.size() - 1);
    }
    return read.ok() ? absl::OkStatus() : read.Damage(LeadName(story.id));
  }

  absl::Status ReadMoves() {
    pg::Array ids;
    for (const LeadStory& story : stories_) ids.Add(story.id);
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                         of_.snapshot.Query(kReportMoves, pg::MakeParams(of_.tenant, ids)));
    for (const pg::Row row : rows) {
      pg::RowReader read(row);
      const auto found = by_id_.find(read.Uuid(0));
      if (found == by_id_.end()) return read.Damage("stage history");
      LeadMove& move = stories_[found->second].moves.emplace_back();
      move.version = read.Int(1);
      move.to = read.Enum(2, kLeadStateNames);
      move.effective_time = read.Time(3);
      move.record_time = read.Time(4);
      move.owner = read.Text(5);
      if (!read.ok()) return read.Damage(LeadName(found->first));
    }
    return absl::OkStatus();
  }

  // Takes writes back from the present version, one by one. Where one is missing, as of a time
  // before there was field history, the fields are taken to have been the same before.
  absl::Status ReadVersions() {
    const absl::Time since = of_.Viewed();
    pg::Array ids;
    for (const LeadStory& story : stories_) {
      if (story.versions.back().record_time > since) ids.Add(story.id);
    }
    if (ids.empty()) return absl::OkStatus();
    CRM_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        of_.snapshot.Query(kReportRevisions, pg::MakeParams(of_.tenant, ids, since)));
    for (const pg::Row row : rows) {
      pg::RowReader read(row);
      const auto found = by_id_.find(read.Uuid(0));
      if (found == by_id_.end()) return read.Damage("revisions");
      CRM_RETURN_IF_ERROR(TakeBack(row, stories_[found->second]));
    }
    for (LeadStory& story : stories_) std::reverse(story.versions.begin(), story.versions.end());
    return absl::OkStatus();
  }

  static absl::Status TakeBack(const pg::Row& row, LeadStory& story) {
    pg::RowReader read(row);
    const int64_t revision = read.Int(1);
    const std::optional<absl::Time> previous = read.OptionalTime(2);
    if (!read.ok()) return read.Damage(LeadName(story.id));
    if (!previous) return absl::OkStatus();  // it was made then
    LeadVersion before = story.versions.back();
    before.revision = revision - 1;
    before.record_time = *previous;
    if (!aggregate::ReadChanges<LeadFacts>(row.View(3), ReportFieldTable(), &before.facts,
                                           nullptr)) {
      return error::DataDamaged(LeadName(story.id));
    }
    story.versions.push_back(std::move(before));
    return absl::OkStatus();
  }

  absl::Status ReadSales() {
    if (by_opportunity_.empty()) return absl::OkStatus();
    pg::Array ids;
    for (const auto& [id, story] : by_opportunity_) ids.Add(id);
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                         of_.snapshot.Query(kReportSales, pg::MakeParams(of_.tenant, ids)));
    for (const pg::Row row : rows) {
      pg::RowReader read(row);
      const auto found = by_opportunity_.find(read.Uuid(0));
      if (found == by_opportunity_.end()) return read.Damage("sales");
      SaleChange& change = stories_[found->second].sale.emplace_back();
      change.version = read.Int(1);
      change.state = read.Enum(2, kSaleStateNames);
      change.effective_time = read.Time(3);
      change.record_time = read.Time(4);
      change.corrects = read.OptionalInt(5);
      if (!read.ok()) return read.Damage(OpportunityName(found->first));
    }
    return absl::OkStatus();
  }

  const Reading& of_;
  std::vector<LeadStory> stories_;
  absl::flat_hash_map<base::Uuid, size_t> by_id_;
  absl::flat_hash_map<base::Uuid, size_t> by_opportunity_;
  ReadTo end_;
};

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
                       pg::Snapshot::Begin(pool_, pg::Tenants(tenant), deadline));
  CRM_ASSIGN_OR_RETURN(const ReportGround ground, ReadGround(*snapshot, streams_));
  const Reading of{*snapshot, tenant, needs};
  ReadTo behind;
  for (bool more = true; more;) {
    Piece piece(of);
    CRM_RETURN_IF_ERROR(piece.Read(behind));
    CRM_RETURN_IF_ERROR(piece.Tell(visit));
    more = piece.full();
    behind = piece.end();
  }
  return ground;
}

}  // namespace crm::lead
