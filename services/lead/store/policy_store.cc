#include "services/lead/store/policy_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/lead/store/policy_json.h"
#include "services/lead/store/policy_statements.h"

namespace crm::lead {
namespace {

const PolicyRevision& BuiltIn() {
  static const PolicyRevision kBuiltIn{.policy = DefaultPolicy(), .actor = ""};
  return kBuiltIn;
}

// The columns of CRM_POLICY_COLUMNS from `first` on.
absl::StatusOr<PolicyRevision> ReadPolicy(pg::RowReader& read, int first) {
  PolicyRevision found;
  const int64_t revision = read.Int(first);
  found.record_time = read.Time(first + 1);
  found.actor = read.Text(first + 2);
  found.policy = read.Parsed(first + 3, PolicyFromJson);
  found.policy.revision = revision;
  return read.Checked(std::move(found), PolicyName(revision));
}

absl::StatusOr<PolicyRevision> PolicyOf(const Document& document) {
  auto policy = PolicyFromJson(document.json);
  if (!policy.has_value()) return error::DataDamaged(PolicyName(document.revision));
  policy->revision = document.revision;
  return PolicyRevision{*policy, document.record_time, document.actor};
}

}  // namespace

std::string PolicyName(int64_t revision) {
  return absl::StrCat("qualificationPolicy/revisions/", revision);
}

PolicyStore::PolicyStore(pg::Pool& pool)
    : pool_(pool),
      documents_(pool, {kLockPolicy, kCurrentPolicy, kFindPolicy, kListPolicies, kInsertPolicy,
                        "qualificationPolicy", PolicyToJson(DefaultPolicy())}) {}

std::vector<absl::StatusOr<PolicyRevision>> PolicyStore::Find(
    absl::Span<const PolicyQuestion> questions, base::Deadline deadline) const {
  std::vector<absl::StatusOr<PolicyRevision>> found;
  if (questions.empty()) return found;
  pg::Columns columns;
  for (const PolicyQuestion& q : questions) {
    columns.Add(q.tenant, q.time, q.revision);
    if (q.revision <= 1) {
      found.emplace_back(BuiltIn());
    } else {
      found.emplace_back(error::NotFound(PolicyName(q.revision)).ToStatus());
    }
  }
  const absl::StatusOr<pg::Rows> rows =
      pool_.Read(pg::TenantsOf(questions), kFindPolicies, columns.ToParams(), deadline);
  if (!rows.ok()) return {questions.size(), rows.status()};
  for (const pg::Row row : *rows) {
    pg::RowReader read(row);
    const size_t n = read.Index(0, questions.size());
    found[n] = ReadPolicy(read, 1);
  }
  return found;
}

absl::StatusOr<std::vector<PolicyRevision>> PolicyStore::List(const std::string& tenant,
                                                              std::optional<int64_t> before,
                                                              int limit,
                                                              base::Deadline deadline) const {
  return documents_.ListAs(tenant, before, limit, deadline, PolicyOf);
}

absl::StatusOr<aggregate::Answer> PolicyStore::Update(const PolicyUpdate& update,
                                                      base::Deadline deadline) {
  return documents_.Update(DocumentUpdateOf(update, PolicyToJson(update.policy), PolicyOf),
                           deadline);
}

}  // namespace crm::lead
