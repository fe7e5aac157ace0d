#include "services/lead/store/policy_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/idempotency/run_once.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/transaction.h"
#include "services/lead/store/policy_json.h"
#include "services/lead/store/statements.h"

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

// The current revision, with the tenant's policy locked.
absl::StatusOr<PolicyRevision> LockCurrent(pg::Transaction& transaction,
                                           const std::string& tenant) {
  CRM_RETURN_IF_ERROR(transaction.Query(kLockPolicy, pg::MakeParams(tenant)).status());
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(kCurrentPolicy, pg::MakeParams(tenant)));
  if (rows.empty()) return BuiltIn();
  pg::RowReader read(rows[0]);
  return ReadPolicy(read, 0);
}

// The revision after `current`; `current` itself if the update changes nothing.
PolicyRevision NextOf(const PolicyRevision& current, const PolicyUpdate& update) {
  if (JudgeAlike(current.policy, update.policy)) return current;
  PolicyRevision next{update.policy, absl::FromUnixMicros(absl::ToUnixMicros(update.now)),
                      update.actor};
  next.policy.revision = current.policy.revision + 1;
  next.record_time = std::max(next.record_time, current.record_time + absl::Microseconds(1));
  return next;
}

absl::StatusOr<std::string> UpdateOnce(pg::Transaction& transaction, const PolicyUpdate& update) {
  CRM_ASSIGN_OR_RETURN(const PolicyRevision current, LockCurrent(transaction, update.tenant));
  const std::string etag = absl::StrCat(current.policy.revision);
  if (!update.etag.empty() && update.etag != etag) {
    return error::StaleEtag("qualificationPolicy")
        .With("etag", update.etag)
        .With("currentEtag", etag)
        .ToStatus();
  }
  const PolicyRevision next = NextOf(current, update);
  if (next.policy.revision != current.policy.revision) {
    CRM_RETURN_IF_ERROR(transaction.Defer(
        kInsertPolicy, pg::MakeParams(update.tenant, next.policy.revision, next.record_time,
                                      next.actor, PolicyToJson(next.policy))));
  }
  return update.answer(next);
}

}  // namespace

std::string PolicyName(int64_t revision) {
  return absl::StrCat("qualificationPolicy/revisions/", revision);
}

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
  const absl::StatusOr<pg::Rows> rows = pool_.Read(kFindPolicies, columns.ToParams(), deadline);
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
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool_.Read(kListPolicies, pg::MakeParams(tenant, before, limit), deadline));
  std::vector<PolicyRevision> found;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    CRM_ASSIGN_OR_RETURN(PolicyRevision revision, ReadPolicy(read, 0));
    found.push_back(std::move(revision));
  }
  const bool more = before.value_or(2) > 1;
  if (more && static_cast<int>(found.size()) < limit) found.push_back(BuiltIn());
  return found;
}

absl::StatusOr<aggregate::Answer> PolicyStore::Update(const PolicyUpdate& update,
                                                      base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(
      idempotency::OnceAnswer answer,
      idempotency::RunOnce(pool_, update.tenant, update.request, deadline,
                           [&](pg::Transaction& it) { return UpdateOnce(it, update); }));
  return aggregate::Answer{std::move(answer.bytes), answer.replayed};
}

}  // namespace crm::lead
