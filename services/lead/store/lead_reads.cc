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

// One row of kAssessmentsOnRecord.
absl::StatusOr<Assessment> ReadAssessment(const pg::Row& row, const base::Uuid& lead) {
  pg::RowReader read(row);
  Assessment a;
  a.id = read.Uuid(0);
  a.criterion = read.Enum(1, kCriterionNames);
  a.finding = read.Enum(2, kFindingNames);
  a.observation = read.Text(3);
  a.source = read.Enum(4, kEvidenceSourceNames);
  a.assessor = read.Text(5);
  a.observe_time = read.Time(6);
  a.record_time = read.Time(7);
  a.expected_purchase_date = read.OptionalDay(8);
  a.budget = read.OptionalMoney(9, 10);
  a.budget_status = read.Enum(11, kBudgetStatusNames);
  if (!read.ok()) return read.Damage(LeadName(lead));
  return a;
}

}  // namespace

absl::StatusOr<std::vector<Lead>> LeadReads::List(const listing::Query& query,
                                                  base::Deadline deadline) const {
  return aggregate::ReadPage<Lead>(aggregate::List(pool_, {kSelectLeads, nullptr}, query, deadline),
                                   ReadLead);
}

absl::StatusOr<std::vector<Assessment>> LeadReads::AssessmentsAsOf(const aggregate::Key& lead,
                                                                   absl::Time time,
                                                                   base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      pool_.Read(kAssessmentsOnRecord, pg::MakeParams(lead.tenant, lead.id, time), deadline));
  std::vector<Assessment> current;
  for (const pg::Row row : rows) {
    CRM_ASSIGN_OR_RETURN(const Assessment assessment, ReadAssessment(row, lead.id));
    Supersede(current, assessment);
  }
  return current;
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
