#include "services/lead/store/lead_reads.h"

#include "common/aggregate/as_of.h"
#include "common/aggregate/listing.h"
#include "common/aggregate/read_rows.h"
#include "common/base/status.h"
#include "common/idempotency/first_answer.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/lead/store/lead_fields.h"
#include "services/lead/store/lead_table.h"
#include "services/lead/store/statements.h"

namespace crm::lead {
namespace {

// The columns CRM_ASSESSMENT_COLUMNS from `first` on.
Assessment ReadAssessment(pg::RowReader& read, int first) {
  Assessment a;
  a.id = read.Uuid(first);
  a.criterion = read.Enum(first + 1, kCriterionNames);
  a.finding = read.Enum(first + 2, kFindingNames);
  a.observation = read.Text(first + 3);
  a.source = read.Enum(first + 4, kEvidenceSourceNames);
  a.assessor = read.Text(first + 5);
  a.observe_time = read.Time(first + 6);
  a.record_time = read.Time(first + 7);
  a.expected_purchase_date = read.OptionalDay(first + 8);
  a.budget = read.OptionalMoney(first + 9, first + 10);
  a.budget_status = read.Enum(first + 11, kBudgetStatusNames);
  return a;
}

// The columns CRM_ACTIVITY_COLUMNS.
Activity ReadActivity(pg::RowReader& read) {
  Activity a;
  a.id = read.Uuid(0);
  a.type = read.Enum(1, kActivityTypeNames);
  a.direction = read.Enum(2, kActivityDirectionNames);
  a.occur_time = read.Time(3);
  a.summary = read.Text(4);
  a.actor = read.Text(5);
  a.record_time = read.Time(6);
  a.update_time = read.OptionalTime(7);
  return a;
}

// Counts the activities of one kind from a row of kFindActivity, of which only the first and the
// last matter.
void CountKind(pg::RowReader& read, ActivityCounts& counts) {
  const std::optional<ActivityType> type = read.OptionalEnum(9, kActivityTypeNames);
  if (!type.has_value()) return;
  Activity one;
  one.type = *type;
  one.direction = read.Enum(10, kActivityDirectionNames);
  const int64_t before = counts.count;
  for (const int column : {12, 13}) {
    one.occur_time = read.Time(column);
    counts.Count(one);
  }
  counts.count = before + read.Int(11);
}

pg::Params PageParams(const aggregate::Key& lead, const std::optional<RecordPosition>& after,
                      int limit) {
  pg::Params params = pg::MakeParams(lead.tenant, lead.id);
  return AddPosition(params, after).Add(limit);
}

// All rows as records, or the first one's damage.
template <class Read>
auto ReadAll(const pg::Rows& rows, const aggregate::Key& lead, const Read& one)
    -> absl::StatusOr<std::vector<decltype(one(std::declval<pg::RowReader&>()))>> {
  std::vector<decltype(one(std::declval<pg::RowReader&>()))> found;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    found.push_back(one(read));
    if (!read.ok()) return read.Damage(LeadName(lead.id));
  }
  return found;
}

}  // namespace

pg::Params& AddPosition(pg::Params& params, const std::optional<RecordPosition>& after) {
  if (after.has_value()) return params.Add(after->time).Add(after->id);
  return params.AddNull().AddNull();
}

absl::StatusOr<std::vector<Lead>> LeadReads::List(const listing::Query& query,
                                                  base::Deadline deadline) const {
  return aggregate::ReadPage<Lead>(
      aggregate::List(pool_, {kSelectLeads, "delete_time IS NULL"}, query, deadline), ReadLead);
}

absl::StatusOr<std::vector<Lead>> LeadReads::OfContact(const std::string& tenant,
                                                       const base::Uuid& contact,
                                                       base::Deadline deadline) const {
  return aggregate::ReadPage<Lead>(
      pool_.Read(pg::Tenants(tenant), kLeadsOfContact, pg::MakeParams(tenant, contact), deadline),
      ReadLead);
}

std::vector<absl::StatusOr<std::vector<Assessment>>> LeadReads::AssessmentsAsOf(
    absl::Span<const PastLead> leads, base::Deadline deadline) const {
  std::vector<absl::StatusOr<std::vector<Assessment>>> found(leads.size(),
                                                             std::vector<Assessment>());
  if (leads.empty()) return found;
  pg::Columns columns;
  for (const PastLead& past : leads) columns.Add(past.lead.tenant, past.lead.id, past.time);
  const pg::Tenants tenants = pg::TenantsOf(
      leads, [](const PastLead& past) -> const std::string& { return past.lead.tenant; });
  const absl::StatusOr<pg::Rows> rows =
      pool_.Read(tenants, kAssessmentsOnRecord, columns.ToParams(), deadline);
  if (!rows.ok()) return {leads.size(), rows.status()};
  for (const pg::Row row : *rows) {
    pg::RowReader read(row);
    const size_t n = read.Index(0, leads.size());
    const Assessment assessment = ReadAssessment(read, 1);
    if (!found[n].ok()) continue;
    if (read.ok()) {
      Supersede(*found[n], assessment);
    } else {
      found[n] = read.Damage(LeadName(leads[n].lead.id));
    }
  }
  return found;
}

absl::StatusOr<std::vector<Activity>> LeadReads::Activities(
    const aggregate::Key& lead, const std::optional<RecordPosition>& after, int limit,
    base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool_.Read(pg::Tenants(lead.tenant), kListActivities,
                                                       PageParams(lead, after, limit), deadline));
  return ReadAll(rows, lead, ReadActivity);
}

absl::StatusOr<std::optional<RecordedActivity>> LeadReads::FindActivity(
    const aggregate::Key& lead, const base::Uuid& id, base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool_.Read(pg::Tenants(lead.tenant), kFindActivity,
                                  pg::MakeParams(lead.tenant, lead.id, id), deadline));
  std::optional<RecordedActivity> found;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    if (!found.has_value()) found.emplace(RecordedActivity{ReadActivity(read), {}, read.Int(8)});
    CountKind(read, found->others);
    if (!read.ok()) return read.Damage(LeadName(lead.id));
  }
  return found;
}

absl::StatusOr<std::vector<Assessment>> LeadReads::Assessments(
    const aggregate::Key& lead, const std::optional<RecordPosition>& after, int limit,
    base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool_.Read(pg::Tenants(lead.tenant), kListAssessments,
                                                       PageParams(lead, after, limit), deadline));
  return ReadAll(rows, lead, [](pg::RowReader& read) { return ReadAssessment(read, 0); });
}

absl::StatusOr<std::optional<std::string>> LeadReads::FirstAnswer(
    const std::string& tenant, const idempotency::Request& request, base::Deadline deadline) const {
  return idempotency::FirstAnswer(pool_, tenant, request, deadline);
}

absl::StatusOr<std::vector<aggregate::ReadRevision<Lead>>> LeadReads::Revisions(
    const aggregate::Key& key, int64_t after, int limit, base::Deadline deadline) const {
  return aggregate::ReadRevisions(pool_, LeadFieldTable(), key, LeadName(key.id), after, limit,
                                  deadline);
}

absl::StatusOr<Lead> LeadReads::AsOf(const Lead& present, const aggregate::Moment& moment,
                                     base::Deadline deadline) const {
  return aggregate::AsOf(pool_, LeadFieldTable(), present, LeadName(present.id), moment, deadline);
}

}  // namespace crm::lead
