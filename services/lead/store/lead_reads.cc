#include "services/lead/store/lead_reads.h"

#include "common/aggregate/listing.h"
#include "common/base/status.h"
#include "common/idempotency/ledger.h"
#include "common/pg/params.h"
#include "services/lead/store/lead_table.h"
#include "services/lead/store/statements.h"

namespace crm::lead {
namespace {

constexpr aggregate::ListedField kFields[] = {
    {"state", "text", "state"},
    {"owner", "text", "owner"},
    // "contacts/{uuid}"; text that is no such name finds nothing.
    {"contact", "text",
     "contact = (SELECT substr(v, 10)::uuid FROM (SELECT ? AS v) AS w WHERE v ~ "
     "'^contacts/[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')"},
    {"source", "text", "source"},
    {"external_id", "text", "external_id"},
    {"create_time", "timestamptz", "create_time"},
};

constexpr aggregate::Listing kListing{kSelectLeads, nullptr, kFields};

Assessment ReadAssessment(const pg::Row& row) {
  Assessment a;
  a.id = row.Uuid(0);
  a.criterion = ValueOf(kCriterionNames, row.View(1)).value_or(Criterion::kUnspecified);
  a.finding = ValueOf(kFindingNames, row.View(2)).value_or(Finding::kUnspecified);
  a.observation = row.Text(3);
  a.source = ValueOf(kEvidenceSourceNames, row.View(4)).value_or(EvidenceSource::kUnspecified);
  a.assessor = row.Text(5);
  a.observe_time = row.Time(6);
  a.record_time = row.Time(7);
  a.expected_purchase_date = row.OptionalDay(8);
  if (!row.IsNull(9)) a.budget = base::Money{row.Text(9), row.Int(10)};
  a.budget_status = ValueOf(kBudgetStatusNames, row.View(11)).value_or(BudgetStatus::kUnspecified);
  return a;
}

}  // namespace

absl::StatusOr<std::vector<Lead>> LeadReads::List(const aggregate::ListQuery& query,
                                                  absl::Time deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, aggregate::List(pool_, kListing, query, deadline));
  std::vector<Lead> leads;
  leads.reserve(static_cast<size_t>(rows.size()));
  for (const pg::Row row : rows) leads.push_back(ReadLead(row));
  return leads;
}

absl::StatusOr<std::vector<Assessment>> LeadReads::AssessmentsAsOf(const aggregate::Key& lead,
                                                                   absl::Time time,
                                                                   absl::Time deadline) const {
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      pool_.Read(kAssessmentsOnRecord, pg::MakeParams(lead.tenant, lead.id, time), deadline));
  std::vector<Assessment> current;
  for (const pg::Row row : rows) Supersede(current, ReadAssessment(row));
  return current;
}

absl::StatusOr<std::optional<std::string>> LeadReads::FirstAnswer(
    const std::string& tenant, const idempotency::Request& request, absl::Time deadline) const {
  std::optional<idempotency::StoredAnswer> stored;
  CRM_RETURN_IF_ERROR(pg::RunInTransaction(pool_, deadline, [&](pg::Transaction& transaction) {
    const base::TenantKey key{tenant, request.id};
    CRM_ASSIGN_OR_RETURN(auto answers,
                         idempotency::Lookup(transaction, absl::MakeConstSpan(&key, 1)));
    stored = std::move(answers[0]);
    return absl::OkStatus();
  }));
  if (!stored.has_value()) return std::optional<std::string>();
  CRM_ASSIGN_OR_RETURN(std::string bytes, idempotency::Replay(*stored, request));
  return std::optional<std::string>(std::move(bytes));
}

}  // namespace crm::lead
