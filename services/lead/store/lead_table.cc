#include "services/lead/store/lead_table.h"

#include <tuple>

#include "common/aggregate/attributes_json.h"
#include "common/aggregate/read_rows.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/lead/domain/lead_conversion.h"
#include "services/lead/store/conversion_statements.h"
#include "services/lead/store/lead_json.h"
#include "services/lead/store/lead_stages.h"
#include "services/lead/store/lead_taken.h"
#include "services/lead/store/migrations/migrations.h"
#include "services/lead/store/statements.h"
#include "services/lead/store/story_stages.h"

namespace crm::lead {
namespace {

std::optional<std::string> NullIfEmpty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

std::optional<absl::string_view> ConversionStateOf(const Lead& lead) {
  if (!lead.conversion.has_value()) return std::nullopt;
  return NameOf(kConversionStateNames, lead.conversion->state);
}

absl::string_view ConversionRefusalOf(const Lead& lead) {
  return lead.conversion.has_value() ? absl::string_view(lead.conversion->refusal) : "";
}

std::optional<int> ScoreOf(const Lead& lead) {
  return lead.standing ? std::optional(lead.standing->score) : std::nullopt;
}

std::optional<absl::string_view> OutcomeOf(const Lead& lead) {
  if (!lead.standing.has_value()) return std::nullopt;
  return NameOf(kVerdictOutcomeNames, lead.standing->outcome);
}

std::optional<absl::Time> StaleTimeOf(const Lead& lead) {
  return lead.standing ? lead.standing->stale_time : std::nullopt;
}

void AddRow(pg::Columns& rows, const Lead& l) {
  rows.Add(l.tenant, l.id, l.revision, l.create_time, l.update_time, l.contact,
           NameOf(kLeadStateNames, l.state), l.stage_version, l.state_enter_time, l.owner,
           NameOf(kLeadSourceNames, l.source), l.source_detail, InterestsToJson(l.interests),
           NameOf(kBuyingRoleNames, l.buying_role), NullIfEmpty(l.external_id),
           AssessmentsToJson(l.assessments), VerdictToJson(l.verdict),
           NameOf(kDisqualifyReasonNames, l.disqualify_reason), l.disqualify_note,
           l.qualification_overridden, l.override_reason, l.activities.count, l.activities.two_way,
           l.activities.first_response, l.activities.last, ConversionToJson(l.conversion),
           ConversionStateOf(l), ConversionRefusalOf(l), l.open_time, l.organization,
           l.next_step.text, l.next_step.due_date, aggregate::AttributesToJson(l.attributes),
           l.delete_time, ScoreOf(l), OutcomeOf(l), StaleTimeOf(l), AssignmentToJson(l.assignment),
           MovesText(l));
}

std::optional<std::string> NewConversionToJson(const Lead& before, const Lead& after) {
  return BeginsConversion(&before, after) ? ConversionToJson(after.conversion) : std::nullopt;
}

// Whether more has changed than what AddMove and AddEdit write.
bool ChangedBeyondMove(const Lead& before, const Lead& after) {
  const auto facts = [](const Lead& l) {
    return std::tie(l.disqualify_reason, l.disqualify_note, l.qualification_overridden,
                    l.override_reason, l.activities, l.assessments, l.verdict, l.standing);
  };
  return facts(before) != facts(after);
}

// Documents that have not changed are left out.
void AddUpdate(pg::Columns& rows, const Lead& before, const Lead& l) {
  std::optional<std::string> assessments;
  std::optional<std::string> verdict;
  if (l.assessments != before.assessments) assessments = AssessmentsToJson(l.assessments);
  if (l.verdict != before.verdict) verdict = VerdictToJson(l.verdict);
  rows.Add(l.tenant, l.id, l.revision, l.update_time, NameOf(kLeadStateNames, l.state),
           l.stage_version, l.state_enter_time, NameOf(kDisqualifyReasonNames, l.disqualify_reason),
           l.disqualify_note, l.qualification_overridden, l.override_reason, l.activities.count,
           l.activities.two_way, l.activities.first_response, l.activities.last,
           ConversionStateOf(l), ConversionRefusalOf(l), assessments, verdict,
           NewConversionToJson(before, l), ScoreOf(l), OutcomeOf(l), StaleTimeOf(l), MovesText(l));
}

void AddMove(pg::Columns& rows, const Lead& before, const Lead& l) {
  rows.Add(l.tenant, l.id, l.revision, l.update_time, NameOf(kLeadStateNames, l.state),
           l.stage_version, l.state_enter_time, ConversionStateOf(l), ConversionRefusalOf(l),
           NewConversionToJson(before, l), MovesText(l));
}

bool Edited(const Lead& before, const Lead& after) {
  const auto fields = [](const Lead& l) {
    return std::tie(l.owner, l.source, l.source_detail, l.interests, l.buying_role, l.external_id,
                    l.organization, l.next_step, l.attributes, l.delete_time, l.assignment);
  };
  return fields(before) != fields(after);
}

void AddEdit(pg::Columns& rows, const Lead& l) {
  rows.Add(l.tenant, l.id, l.owner, NameOf(kLeadSourceNames, l.source), l.source_detail,
           InterestsToJson(l.interests), NameOf(kBuyingRoleNames, l.buying_role),
           NullIfEmpty(l.external_id), l.organization, l.next_step.text, l.next_step.due_date,
           aggregate::AttributesToJson(l.attributes), l.delete_time,
           AssignmentToJson(l.assignment));
}

void AddAssessment(pg::Columns& rows, const Lead& lead, const Assessment& a) {
  rows.Add(lead.tenant, lead.id, a.id, NameOf(kCriterionNames, a.criterion),
           NameOf(kFindingNames, a.finding), a.observation, NameOf(kEvidenceSourceNames, a.source),
           a.assessor, a.observe_time, a.record_time, a.expected_purchase_date,
           pg::CurrencyOf(a.budget), pg::MinorOf(a.budget),
           NameOf(kBudgetStatusNames, a.budget_status));
}

absl::Status WriteEvidence(pg::Transaction& transaction, aggregate::Writes<Lead> leads) {
  pg::Columns activities;
  pg::Columns assessments;
  pg::Columns edits;
  for (const auto& [before, lead] : leads) {
    for (const Activity& a : lead->new_activities) {
      activities.Add(lead->tenant, lead->id, a.id, NameOf(kActivityTypeNames, a.type),
                     NameOf(kActivityDirectionNames, a.direction), a.occur_time, a.summary, a.actor,
                     a.record_time);
    }
    for (const Activity& a : lead->edited_activities) {
      edits.Add(lead->tenant, lead->id, a.id, NameOf(kActivityTypeNames, a.type),
                NameOf(kActivityDirectionNames, a.direction), a.occur_time, a.summary,
                a.update_time);
    }
    for (const Assessment& a : lead->new_assessments) AddAssessment(assessments, *lead, a);
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(kInsertActivities, activities));
  CRM_RETURN_IF_ERROR(transaction.Defer(kUpdateActivities, edits));
  return transaction.Defer(kInsertAssessments, assessments);
}

absl::Status WriteConversions(pg::Transaction& transaction, aggregate::Writes<Lead> leads) {
  pg::Columns begun;
  pg::Columns moved;
  for (const auto& [before, lead] : leads) {
    if (!lead->conversion.has_value()) continue;
    const Conversion& c = *lead->conversion;
    const absl::string_view state = NameOf(kConversionStateNames, c.state);
    if (BeginsConversion(before, *lead)) {
      begun.Add(lead->tenant, c.id, lead->id, c.request_id, pg::Bytes{c.request_hash}, state,
                c.opportunity, lead->update_time + kConversionLease, lead->update_time);
    } else if (before->conversion != c) {
      moved.Add(lead->tenant, c.id, state, lead->update_time, c.refusal);
    }
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(kInsertConversions, begun));
  return transaction.Defer(kMoveConversions, moved);
}

std::optional<int> PointsOf(absl::string_view text) {
  const std::optional<int64_t> points = pg::IntOf(text);
  if (!points || *points < 0 || *points > 100) return std::nullopt;
  return static_cast<int>(*points);
}

void ReadRelationship(pg::RowReader& read, Lead& lead) {
  lead.open_time = read.OptionalTime(28);
  lead.organization = read.OptionalUuid(29);
  lead.next_step = {read.Text(30), read.OptionalDay(31)};
  lead.attributes = read.Parsed(32, aggregate::AttributesFromJson);
  lead.delete_time = read.OptionalTime(33);
  if (const auto score = read.OptionalParsed(34, PointsOf)) {
    lead.standing = {*score, read.Enum(35, kVerdictOutcomeNames), read.OptionalTime(36)};
  }
}

absl::Status WriteRecords(pg::Transaction& transaction, aggregate::Writes<Lead> leads) {
  CRM_RETURN_IF_ERROR(WriteEvidence(transaction, leads));
  return WriteConversions(transaction, leads);
}

}  // namespace

pg::MigrationSet Migrations() {
  // Those up to it add what statements name.
  constexpr int kMinimum = 15;
  const auto migrations = embedded::Migrations();
  return {"lead", {migrations.begin(), migrations.end()}, kMinimum};
}

absl::StatusOr<Lead> ReadLead(const pg::Row& row) {
  pg::RowReader read(row);
  Lead lead;
  aggregate::ReadHead(read, lead);
  lead.contact = read.Uuid(5);
  lead.state = read.Enum(6, kLeadStateNames);
  lead.stage_version = read.Int(7);
  lead.state_enter_time = read.Time(8);
  lead.owner = read.Text(9);
  lead.source = read.Enum(10, kLeadSourceNames);
  lead.source_detail = read.Text(11);
  lead.interests = read.Parsed(12, InterestsFromJson);
  lead.buying_role = read.Enum(13, kBuyingRoleNames);
  lead.external_id = read.TextOrEmpty(14);
  lead.assessments = read.Parsed(15, AssessmentsFromJson);
  lead.verdict = read.OptionalParsed(16, VerdictFromJson);
  lead.disqualify_reason = read.Enum(17, kDisqualifyReasonNames);
  lead.disqualify_note = read.Text(18);
  lead.qualification_overridden = read.Bool(19);
  lead.override_reason = read.Text(20);
  lead.activities = {read.Int(21), read.Bool(22), read.OptionalTime(23), read.OptionalTime(24)};
  lead.conversion = read.OptionalParsed(
      25, [&lead](absl::string_view json) { return ConversionFromJson(json, lead.tenant); });
  if (lead.conversion.has_value()) {
    lead.conversion->state = read.Enum(26, kConversionStateNames);
    lead.conversion->refusal = read.Text(27);
  }
  ReadRelationship(read, lead);
  lead.assignment = read.OptionalParsed(37, AssignmentFromJson);
  if (!read.ok()) return read.Damage(LeadName(lead.id));
  return lead;
}

const pg::Statement& LeadTable::SelectForUpdate() const { return kLockLeads; }
const pg::Statement& LeadTable::Select() const { return kGetLeads; }

absl::Status LeadTable::Insert(pg::Transaction& transaction, aggregate::Writes<Lead> leads) const {
  pg::Columns rows;
  for (const auto& [before, lead] : leads) AddRow(rows, *lead);
  CRM_RETURN_IF_ERROR(transaction.Defer(kInsertLeads, rows));
  return WriteRecords(transaction, leads);
}

absl::Status LeadTable::Update(pg::Transaction& transaction, aggregate::Writes<Lead> leads) const {
  pg::Columns updates;
  pg::Columns moves;
  pg::Columns edits;
  pg::Columns given_up;
  for (const auto& [before, after] : leads) {
    if (ChangedBeyondMove(*before, *after)) {
      AddUpdate(updates, *before, *after);
    } else {
      AddMove(moves, *before, *after);
    }
    if (Edited(*before, *after)) AddEdit(edits, *after);
    if (GivesUpExternalId(*before, *after)) {
      given_up.Add(after->tenant, after->id);
    }
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(kUpdateLeads, updates));
  CRM_RETURN_IF_ERROR(transaction.Defer(kMoveLeads, moves));
  // First, so that another lead of the batch may take what this one gives up.
  CRM_RETURN_IF_ERROR(transaction.Defer(kGiveUpExternalIds, given_up));
  CRM_RETURN_IF_ERROR(transaction.Defer(kEditLeads, edits));
  return WriteRecords(transaction, leads);
}

void LeadTable::AppendStages(const Lead& lead, std::vector<stage::StageRecord>& out) const {
  for (const StageChange& change : lead.stage_changes) out.push_back(StageRecordOf(lead, change));
}

}  // namespace crm::lead
