#include "services/lead/store/lead_table.h"

#include <tuple>

#include "common/base/status.h"
#include "common/pg/params.h"
#include "services/lead/domain/lead_conversion.h"
#include "services/lead/store/lead_json.h"
#include "services/lead/store/lead_stages.h"
#include "services/lead/store/lead_taken.h"
#include "services/lead/store/migrations/migrations.h"
#include "services/lead/store/statements.h"

namespace crm::lead {
namespace {

std::optional<std::string> NullIfEmpty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

template <class E, size_t kRows>
E EnumAt(const pg::Row& row, int column, const base::EnumName<E> (&names)[kRows]) {
  return ValueOf(names, row.View(column)).value_or(E{});
}

// A statement for all rows of `columns`, or none if there are none.
absl::Status DeferRows(pg::Transaction& transaction, const pg::Statement& statement,
                       const pg::Columns& columns) {
  if (columns.empty()) return absl::OkStatus();
  pg::Params params;
  columns.AddTo(params);
  return transaction.Defer(statement, params);
}

std::optional<absl::string_view> ConversionStateOf(const Lead& lead) {
  if (!lead.conversion.has_value()) return std::nullopt;
  return NameOf(kConversionStateNames, lead.conversion->state);
}

absl::string_view ConversionRefusalOf(const Lead& lead) {
  return lead.conversion.has_value() ? absl::string_view(lead.conversion->refusal) : "";
}

void AddRow(pg::Columns& rows, const Lead& l) {
  rows.Add(l.tenant, l.id, l.revision, l.create_time, l.update_time, l.contact,
           NameOf(kLeadStateNames, l.state), l.stage_version, l.state_enter_time, l.owner,
           NameOf(kLeadSourceNames, l.source), l.source_detail, InterestsJson(l.interests),
           NameOf(kBuyingRoleNames, l.buying_role), NullIfEmpty(l.external_id),
           AssessmentsJson(l.assessments), VerdictJson(l.verdict),
           NameOf(kDisqualifyReasonNames, l.disqualify_reason), l.disqualify_note,
           l.qualification_overridden, l.override_reason, l.activities.count, l.activities.two_way,
           l.activities.first_response, l.activities.last, ConversionJson(l.conversion),
           ConversionStateOf(l), ConversionRefusalOf(l));
}

std::optional<std::string> NewConversionJson(const Lead& before, const Lead& after) {
  return BeginsConversion(&before, after) ? ConversionJson(after.conversion) : std::nullopt;
}

// Whether more has changed than what AddMove and AddEdit write.
bool ChangedBeyondMove(const Lead& before, const Lead& after) {
  const auto facts = [](const Lead& l) {
    return std::tie(l.disqualify_reason, l.disqualify_note, l.qualification_overridden,
                    l.override_reason, l.activities, l.assessments, l.verdict);
  };
  return facts(before) != facts(after);
}

// Documents that have not changed are left out.
void AddUpdate(pg::Columns& rows, const Lead& before, const Lead& l) {
  std::optional<std::string> assessments;
  std::optional<std::string> verdict;
  if (l.assessments != before.assessments) assessments = AssessmentsJson(l.assessments);
  if (l.verdict != before.verdict) verdict = VerdictJson(l.verdict);
  rows.Add(l.tenant, l.id, l.revision, l.update_time, NameOf(kLeadStateNames, l.state),
           l.stage_version, l.state_enter_time, NameOf(kDisqualifyReasonNames, l.disqualify_reason),
           l.disqualify_note, l.qualification_overridden, l.override_reason, l.activities.count,
           l.activities.two_way, l.activities.first_response, l.activities.last,
           ConversionStateOf(l), ConversionRefusalOf(l), assessments, verdict,
           NewConversionJson(before, l));
}

void AddMove(pg::Columns& rows, const Lead& before, const Lead& l) {
  rows.Add(l.tenant, l.id, l.revision, l.update_time, NameOf(kLeadStateNames, l.state),
           l.stage_version, l.state_enter_time, ConversionStateOf(l), ConversionRefusalOf(l),
           NewConversionJson(before, l));
}

bool Edited(const Lead& before, const Lead& after) {
  const auto fields = [](const Lead& l) {
    return std::tie(l.owner, l.source, l.source_detail, l.interests, l.buying_role, l.external_id);
  };
  return fields(before) != fields(after);
}

void AddEdit(pg::Columns& rows, const Lead& l) {
  rows.Add(l.tenant, l.id, l.owner, NameOf(kLeadSourceNames, l.source), l.source_detail,
           InterestsJson(l.interests), NameOf(kBuyingRoleNames, l.buying_role),
           NullIfEmpty(l.external_id));
}

void AddAssessment(pg::Columns& rows, const Lead& lead, const Assessment& a) {
  std::optional<std::string> currency;
  std::optional<int64_t> minor;
  if (a.budget.has_value()) {
    currency = a.budget->currency;
    minor = a.budget->minor;
  }
  rows.Add(lead.tenant, lead.id, a.id, NameOf(kCriterionNames, a.criterion),
           NameOf(kFindingNames, a.finding), a.observation, NameOf(kEvidenceSourceNames, a.source),
           a.assessor, a.observe_time, a.record_time, a.expected_purchase_date, currency, minor,
           NameOf(kBudgetStatusNames, a.budget_status));
}

absl::Status WriteEvidence(pg::Transaction& transaction, aggregate::Writes<Lead> leads) {
  pg::Columns activities;
  pg::Columns assessments;
  for (const auto& [before, lead] : leads) {
    for (const Activity& a : lead->new_activities) {
      activities.Add(lead->tenant, lead->id, a.id, NameOf(kActivityTypeNames, a.type),
                     NameOf(kActivityDirectionNames, a.direction), a.occur_time, a.summary, a.actor,
                     a.record_time);
    }
    for (const Assessment& a : lead->new_assessments) AddAssessment(assessments, *lead, a);
  }
  CRM_RETURN_IF_ERROR(DeferRows(transaction, kInsertActivities, activities));
  return DeferRows(transaction, kInsertAssessments, assessments);
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
  CRM_RETURN_IF_ERROR(DeferRows(transaction, kInsertConversions, begun));
  return DeferRows(transaction, kMoveConversions, moved);
}

absl::Status WriteRecords(pg::Transaction& transaction, aggregate::Writes<Lead> leads) {
  CRM_RETURN_IF_ERROR(WriteEvidence(transaction, leads));
  return WriteConversions(transaction, leads);
}

}  // namespace

pg::MigrationSet Migrations() {
  const auto migrations = embedded::Migrations();
  return {"lead", {migrations.begin(), migrations.end()}};
}

Lead ReadLead(const pg::Row& row) {
  Lead lead;
  lead.tenant = row.Text(0);
  lead.id = row.Uuid(1);
  lead.revision = row.Int(2);
  lead.create_time = row.Time(3);
  lead.update_time = row.Time(4);
  lead.contact = row.Uuid(5);
  lead.state = EnumAt(row, 6, kLeadStateNames);
  lead.stage_version = row.Int(7);
  lead.state_enter_time = row.Time(8);
  lead.owner = row.Text(9);
  lead.source = EnumAt(row, 10, kLeadSourceNames);
  lead.source_detail = row.Text(11);
  lead.interests = InterestsFrom(row.View(12));
  lead.buying_role = EnumAt(row, 13, kBuyingRoleNames);
  lead.external_id = row.Text(14);
  lead.assessments = AssessmentsFrom(row.View(15));
  if (!row.IsNull(16)) lead.verdict = VerdictFrom(row.View(16));
  lead.disqualify_reason = EnumAt(row, 17, kDisqualifyReasonNames);
  lead.disqualify_note = row.Text(18);
  lead.qualification_overridden = row.Bool(19);
  lead.override_reason = row.Text(20);
  lead.activities = {row.Int(21), row.Bool(22), row.OptionalTime(23), row.OptionalTime(24)};
  if (!row.IsNull(25)) {
    lead.conversion = ConversionFrom(row.View(25), lead.tenant);
    lead.conversion->state = EnumAt(row, 26, kConversionStateNames);
    lead.conversion->refusal = row.Text(27);
  }
  return lead;
}

const pg::Statement& LeadTable::SelectForUpdate() const { return kLockLeads; }
const pg::Statement& LeadTable::Select() const { return kGetLeads; }

absl::Status LeadTable::CheckNew(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                                 absl::Span<absl::Status> refusals) const {
  return RefuseTaken(transaction, leads, refusals, /*fresh=*/true);
}

absl::Status LeadTable::CheckChanged(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                                     absl::Span<absl::Status> refusals) const {
  CRM_RETURN_IF_ERROR(RefuseTaken(transaction, leads, refusals, /*fresh=*/false));
  return RefuseForeignConversions(transaction, leads, refusals);
}

absl::Status LeadTable::Insert(pg::Transaction& transaction, aggregate::Writes<Lead> leads) const {
  pg::Columns rows;
  for (const auto& [before, lead] : leads) AddRow(rows, *lead);
  CRM_RETURN_IF_ERROR(DeferRows(transaction, kInsertLeads, rows));
  return WriteRecords(transaction, leads);
}

absl::Status LeadTable::Update(pg::Transaction& transaction, aggregate::Writes<Lead> leads) const {
  pg::Columns updates;
  pg::Columns moves;
  pg::Columns edits;
  for (const auto& [before, after] : leads) {
    if (ChangedBeyondMove(*before, *after)) {
      AddUpdate(updates, *before, *after);
    } else {
      AddMove(moves, *before, *after);
    }
    if (Edited(*before, *after)) AddEdit(edits, *after);
  }
  CRM_RETURN_IF_ERROR(DeferRows(transaction, kUpdateLeads, updates));
  CRM_RETURN_IF_ERROR(DeferRows(transaction, kMoveLeads, moves));
  CRM_RETURN_IF_ERROR(DeferRows(transaction, kEditLeads, edits));
  return WriteRecords(transaction, leads);
}

void LeadTable::AppendStages(const Lead& lead, std::vector<stage::StageRecord>& out) const {
  for (const StageChange& change : lead.stage_changes) out.push_back(StageRecordOf(lead, change));
}

}  // namespace crm::lead
