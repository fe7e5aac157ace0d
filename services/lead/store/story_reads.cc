#include "services/lead/store/story_reads.h"

#include <optional>
#include <utility>

#include "common/aggregate/attributes_json.h"
#include "common/aggregate/fields.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/micros.h"
#include "services/lead/store/lead_json.h"
#include "services/lead/store/report_fields.h"
#include "services/lead/store/report_statements.h"
#include "services/lead/store/story_stages.h"
#include "services/lead/store/verdict_json.h"

namespace crm::lead {
namespace {

absl::Status TakeBack(const pg::Row& row, LeadStory& story) {
  pg::RowReader read(row);
  const int64_t revision = read.Int(1);
  const std::optional<absl::Time> previous = read.OptionalTime(2);
  if (!read.ok()) return read.Damage(LeadName(story.id));
  if (!previous) return absl::OkStatus();  // it was made then
  LeadVersion before = story.versions.back();
  before.revision = revision - 1;
  before.record_time = *previous;
  if (!aggregate::ReadChanges<LeadFacts>(row.View(3), ReportFieldTable(), &before.facts, nullptr)) {
    return error::DataDamaged(LeadName(story.id));
  }
  story.versions.push_back(std::move(before));
  return absl::OkStatus();
}

}  // namespace

StoryPiece::StoryPiece(const Reading& of, absl::Span<const base::Uuid> ids) : of_(of) {
  for (const base::Uuid& id : ids) listed_.Add(id);
}

absl::Status StoryPiece::ReadRows() {
  pg::Params params = of_.Asked();
  if (range_) {
    params.Add(range_->first);
    params.Add(range_->second);
    // Nothing is decided after that was recorded.
    params.Add(of_.needs.decided ? std::optional(of_.needs.decided->from) : std::nullopt);
    CRM_ASSIGN_OR_RETURN(rows_, of_.snapshot.Query(kReportRangeOfLeads, params));
  } else if (!listed_.empty()) {
    params.Add(listed_);
    CRM_ASSIGN_OR_RETURN(rows_, of_.snapshot.Query(kReportListedLeads, params));
  }
  return absl::OkStatus();
}

absl::Status StoryPiece::Read() {
  CRM_RETURN_IF_ERROR(ReadRows());
  stories_.reserve(static_cast<size_t>(rows_.size()));
  for (const pg::Row row : rows_) CRM_RETURN_IF_ERROR(ReadLead(row));
  CRM_RETURN_IF_ERROR(ReadMoves());
  CRM_RETURN_IF_ERROR(ReadVersions());
  return ReadSales();
}

absl::Status StoryPiece::Tell() const {
  for (const LeadStory& story : stories_) CRM_RETURN_IF_ERROR(of_.visit(story));
  return absl::OkStatus();
}

absl::Status StoryPiece::ReadLead(const pg::Row& row) {
  pg::RowReader read(row);
  LeadStory& story = stories_.emplace_back();
  story.id = read.Uuid(0);
  LeadVersion& version = story.versions.emplace_back();
  version.revision = read.Int(2);
  version.record_time = pg::ReadMicros(read, 3);
  LeadFacts& it = version.facts;
  it.state = read.Enum(4, kLeadStateNames);
  it.stage_version = read.Int(5);
  it.owner = read.Text(6);
  it.source = read.Enum(7, kLeadSourceNames);
  it.source_detail = read.Text(8);
  it.attributes =
      read.OptionalParsed(9, aggregate::AttributesFromJson).value_or(LeadFacts().attributes);
  it.first_response = pg::ReadOptionalMicros(read, 10);
  it.verdict = read.OptionalParsed(11, VerdictFiguresFromJson);
  it.qualification_overridden = read.Bool(12);
  it.disqualify_reason = read.Enum(13, kDisqualifyReasonNames);
  it.delete_time = pg::ReadOptionalMicros(read, 14);
  TakeMoves(read, story);
  return read.ok() ? absl::OkStatus() : read.Damage(LeadName(story.id));
}

void StoryPiece::TakeMoves(pg::RowReader& read, LeadStory& story) {
  std::optional<KeptMoves> kept = read.OptionalParsed(16, MovesFromText);
  const LeadFacts& facts = story.versions.back().facts;
  const bool all = kept && static_cast<int64_t>(kept->moves.size()) == facts.stage_version;
  if (all) {
    story.moves = std::move(kept->moves);
  } else {
    without_moves_.emplace(story.id, stories_.size() - 1);
  }
  if (!of_.needs.sales || facts.state != LeadState::kConverted) return;
  std::optional<base::Uuid> opportunity = all ? kept->opportunity : std::nullopt;
  if (!opportunity) {
    const auto conversion = read.OptionalParsed(
        15, [this](absl::string_view json) { return ConversionFromJson(json, of_.tenant); });
    if (conversion) opportunity = conversion->opportunity;
  }
  if (opportunity) by_opportunity_.emplace(*opportunity, stories_.size() - 1);
}

pg::Array StoryPiece::IdsOf(const ById& stories) {
  pg::Array ids;
  for (const auto& [id, story] : stories) ids.Add(id);
  return ids;
}

absl::Status StoryPiece::ReadMoves() {
  if (without_moves_.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      of_.snapshot.Query(kReportMoves, pg::MakeParams(of_.tenant, IdsOf(without_moves_))));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const auto found = without_moves_.find(read.Uuid(0));
    if (found == without_moves_.end()) return read.Damage("stage history");
    LeadMove& move = stories_[found->second].moves.emplace_back();
    move.version = read.Int(1);
    move.to = read.Enum(2, kLeadStateNames);
    move.effective_time = pg::ReadMicros(read, 3);
    move.record_time = pg::ReadMicros(read, 4);
    move.owner = read.Text(5);
    if (!read.ok()) return read.Damage(LeadName(found->first));
  }
  return absl::OkStatus();
}

absl::Status StoryPiece::ReadVersions() {
  const absl::Time since = of_.Viewed();
  ById written;
  for (size_t i = 0; i < stories_.size(); ++i) {
    if (stories_[i].versions.back().record_time > since) written.emplace(stories_[i].id, i);
  }
  if (written.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      of_.snapshot.Query(kReportRevisions, pg::MakeParams(of_.tenant, IdsOf(written), since)));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const auto found = written.find(read.Uuid(0));
    if (found == written.end()) return read.Damage("revisions");
    CRM_RETURN_IF_ERROR(TakeBack(row, stories_[found->second]));
  }
  for (const auto& [id, i] : written) {
    std::reverse(stories_[i].versions.begin(), stories_[i].versions.end());
  }
  return absl::OkStatus();
}

absl::Status StoryPiece::ReadSales() {
  if (by_opportunity_.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      of_.snapshot.Query(kReportSales, pg::MakeParams(of_.tenant, IdsOf(by_opportunity_))));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const auto found = by_opportunity_.find(read.Uuid(0));
    if (found == by_opportunity_.end()) return read.Damage("sales");
    SaleChange& change = stories_[found->second].sale.emplace_back();
    change.version = read.Int(1);
    change.state = read.Enum(2, kSaleStateNames);
    change.effective_time = pg::ReadMicros(read, 3);
    change.record_time = pg::ReadMicros(read, 4);
    change.corrects = read.OptionalInt(5);
    if (!read.ok()) return read.Damage(OpportunityName(found->first));
  }
  return absl::OkStatus();
}

}  // namespace crm::lead
