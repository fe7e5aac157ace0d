#include "services/lead/store/lead_table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "services/lead/store/lead_json.h"
#include "services/lead/store/lead_taken.h"
#include "services/lead/store/migrations/migrations.h"
#include "services/lead/store/statements.h"

namespace crm::lead {
namespace {

// How long the caller that begins a conversion has it for itself.
constexpr absl::Duration kFirstLease = absl::Seconds(20);

std::optional<std::string> NullIfEmpty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

template <class E>
E EnumAt(const pg::Row& row, int column) {
  return ParseName<E>(row.View(column)).value_or(E{});
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
  return Name(lead.conversion->state);
}

absl::string_view ConversionRefusalOf(const Lead& lead) {
  return lead.conversion.has_value() ? absl::string_view(lead.conversion->refusal) : "";
}

void AddRow(pg::Columns& rows, const Lead& l) {
  rows.Add(
      l.tenant, l.id, l.revision, l.create_time, l.update_time, l.contact, crm::lead::Name(l.state),
      l.stage_version, l.state_enter_time, l.owner, crm::lead::Name(l.source), l.source_detail,
      InterestsJson(l.interests), crm::lead::Name(l.buying_role), NullIfEmpty(l.external_id),
      AssessmentsJson(l.assessments), VerdictJson(l.verdict), crm::lead::Name(l.disqualify_reason),
      l.disqualify_note, l.qualification_overridden, l.override_reason, l.activities.count,
      l.activities.two_way, l.activities.first_response, l.activities.last,
      ConversionJson(l.conversion), ConversionStateOf(l), ConversionRefusalOf(l));
}

// Documents that have not changed are left out.
std::optional<std::string> NewConversionJson(const Lead& l) {
  if (l.collected.conversion != ConversionWrite::kInsert) return std::nullopt;
  return ConversionJson(l.conversion);
}

void AddUpdate(pg::Columns& rows, const Lead& l) {
  std::optional<std::string> assessments;
  std::optional<std::string> verdict;
  if (!l.collected.assessments.empty()) assessments = AssessmentsJson(l.assessments);
  if (l.collected.verdict) verdict = VerdictJson(l.verdict);
  rows.Add(l.tenant, l.id, l.revision, l.update_time, crm::lead::Name(l.state), l.stage_version,
           l.state_enter_time, crm::lead::Name(l.disqualify_reason), l.disqualify_note,
           l.qualification_overridden, l.override_reason, l.activities.count, l.activities.two_way,
           l.activities.first_response, l.activities.last, ConversionStateOf(l),
           ConversionRefusalOf(l), assessments, verdict, NewConversionJson(l));
}

// Whether nothing but a conversion's steps, and perhaps an edit, has changed the lead.
bool OnlyConverts(const Lead& lead) {
  const Collected& collected = lead.collected;
  return collected.conversion != ConversionWrite::kNone && !collected.verdict &&
         collected.activities.empty() && collected.assessments.empty() &&
         std::all_of(collected.stages.begin(), collected.stages.end(), [](const StageChange& c) {
           return c.to == LeadState::kConverting || c.from == LeadState::kConverting;
         });
}

void AddConversion(pg::Columns& rows, const Lead& l) {
  rows.Add(l.tenant, l.id, l.revision, l.update_time, crm::lead::Name(l.state), l.stage_version,
           l.state_enter_time, ConversionStateOf(l), ConversionRefusalOf(l), NewConversionJson(l));
}

void AddAssessment(pg::Columns& rows, const Lead& lead, const Assessment& a) {
  std::optional<std::string> currency;
  std::optional<int64_t> minor;
  if (a.budget.has_value()) {
    currency = a.budget->currency;
    minor = a.budget->minor;
  }
  rows.Add(lead.tenant, lead.id, a.id, Name(a.criterion), Name(a.finding), a.observation,
           Name(a.source), a.assessor, a.observe_time, a.record_time, a.expected_purchase_date,
           currency, minor, Name(a.budget_status));
}

absl::Status WriteEvidence(pg::Transaction& transaction, aggregate::Writes<Lead> leads) {
  pg::Columns activities;
  pg::Columns assessments;
  for (const auto& [before, lead] : leads) {
    for (const Activity& a : lead->collected.activities) {
      activities.Add(lead->tenant, lead->id, a.id, Name(a.type), Name(a.direction), a.occur_time,
                     a.summary, a.actor, a.record_time);
    }
    for (const Assessment& a : lead->collected.assessments) AddAssessment(assessments, *lead, a);
  }
  CRM_RETURN_IF_ERROR(DeferRows(transaction, kInsertActivities, activities));
  return DeferRows(transaction, kInsertAssessments, assessments);
}

absl::Status WriteConversions(pg::Transaction& transaction, aggregate::Writes<Lead> leads) {
  pg::Columns begun;
  pg::Columns moved;
  for (const auto& [before, lead] : leads) {
    if (lead->collected.conversion == ConversionWrite::kNone) continue;
    const Conversion& c = *lead->conversion;
    if (lead->collected.conversion == ConversionWrite::kInsert) {
      begun.Add(lead->tenant, c.id, lead->id, c.request_id, pg::Bytes{c.request_hash},
                Name(c.state), c.opportunity, lead->update_time + kFirstLease, lead->update_time);
    } else {
      moved.Add(lead->tenant, c.id, Name(c.state), lead->update_time, c.refusal);
    }
  }
  CRM_RETURN_IF_ERROR(DeferRows(transaction, kInsertConversions, begun));
  return DeferRows(transaction, kMoveConversions, moved);
}

absl::Status WriteCollected(pg::Transaction& transaction, aggregate::Writes<Lead> leads) {
  CRM_RETURN_IF_ERROR(WriteEvidence(transaction, leads));
  return WriteConversions(transaction, leads);
}

stage::StageRecord RecordOf(const Lead& lead, const StageChange& change) {
  stage::StageRecord record;
  record.tenant = lead.tenant;
  record.kind = "lead";
  record.id = lead.id;
  record.version = change.version;
  record.event_id = change.event_id;
  if (change.from.has_value()) record.from_stage = std::string(Name(*change.from));
  record.to_stage = std::string(Name(change.to));
  record.effective = change.effective;
  record.recorded = change.recorded;
  record.time_in_previous = change.time_in_previous;
  record.actor = change.actor;
  record.reason = change.reason;
  record.note = change.note;
  record.overridden = change.overridden;
  record.gates = change.overridden_gates;
  record.contact = absl::StrCat("contacts/", lead.contact.ToString());
  record.lead = LeadName(lead.id);
  record.opportunity = change.opportunity;
  record.owner = change.owner;
  record.causation_id = change.request_id;
  record.correlation_id = record.lead;
  record.request_id = change.request_id;
  record.traceparent = change.traceparent;
  return record;
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
  lead.state = EnumAt<LeadState>(row, 6);
  lead.stage_version = row.Int(7);
  lead.state_enter_time = row.Time(8);
  lead.owner = row.Text(9);
  lead.source = EnumAt<LeadSource>(row, 10);
  lead.source_detail = row.Text(11);
  lead.interests = InterestsFrom(row.View(12));
  lead.buying_role = EnumAt<BuyingRole>(row, 13);
  lead.external_id = row.Text(14);
  lead.assessments = AssessmentsFrom(row.View(15));
  if (!row.IsNull(16)) lead.verdict = VerdictFrom(row.View(16));
  lead.disqualify_reason = EnumAt<DisqualifyReason>(row, 17);
  lead.disqualify_note = row.Text(18);
  lead.qualification_overridden = row.Bool(19);
  lead.override_reason = row.Text(20);
  lead.activities = {row.Int(21), row.Bool(22), row.OptionalTime(23), row.OptionalTime(24)};
  if (!row.IsNull(25)) {
    lead.conversion = ConversionFrom(row.View(25), lead.tenant);
    lead.conversion->state = EnumAt<ConversionState>(row, 26);
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
  return WriteCollected(transaction, leads);
}

absl::Status LeadTable::Update(pg::Transaction& transaction, aggregate::Writes<Lead> leads) const {
  pg::Columns updates;
  pg::Columns conversions;
  pg::Columns edits;
  for (const auto& [before, lead] : leads) {
    if (OnlyConverts(*lead)) {
      AddConversion(conversions, *lead);
    } else {
      AddUpdate(updates, *lead);
    }
    if (!lead->collected.edited) continue;
    edits.Add(lead->tenant, lead->id, lead->owner, crm::lead::Name(lead->source),
              lead->source_detail, InterestsJson(lead->interests),
              crm::lead::Name(lead->buying_role), NullIfEmpty(lead->external_id));
  }
  CRM_RETURN_IF_ERROR(DeferRows(transaction, kUpdateLeads, updates));
  CRM_RETURN_IF_ERROR(DeferRows(transaction, kConvertLeads, conversions));
  CRM_RETURN_IF_ERROR(DeferRows(transaction, kEditLeads, edits));
  return WriteCollected(transaction, leads);
}

void LeadTable::AppendStages(const Lead& lead, std::vector<stage::StageRecord>& out) const {
  for (const StageChange& change : lead.collected.stages) out.push_back(RecordOf(lead, change));
}

}  // namespace crm::lead
