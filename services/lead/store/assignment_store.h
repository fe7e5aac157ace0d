#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "services/lead/domain/assignment_rules.h"
#include "services/lead/domain/qualification_policy.h"
#include "services/lead/store/document_store.h"

namespace crm::lead {

// New rules of a tenant.
struct RulesUpdate {
  std::string tenant;
  AssignmentRules rules;  // without faults
  std::string etag;       // empty: whatever the current revision
  std::optional<idempotency::Request> request;
  std::string actor;
  absl::Time now;
  std::function<std::string(const RulesRevision&)> answer;  // the serialized response
};

enum class DealOutcome { kUnspecified, kAssigned, kNoRule, kHasOwner, kNotLive, kNotFound };

// What became of one lead.
struct Dealt {
  base::Uuid lead;
  DealOutcome outcome = DealOutcome::kNotFound;
  LeadState state = LeadState::kUnspecified;
  std::string owner = {};  // now
  std::string rule = {};   // that fired
};

// Leads to be dealt by their tenant's rules.
struct DealOrder {
  std::string tenant;
  std::vector<base::Uuid> leads;                           // in this order; no two the same
  int64_t rules_revision = 0;                              // by which the rest was looked up
  PolicyRevision policy;                                   // that the leads are judged by
  absl::flat_hash_map<base::Uuid, std::string> countries;  // of contacts, as far as known
  std::optional<idempotency::Request> request;
  aggregate::Author author;
  absl::Time now;
  std::function<std::string(absl::Span<const Dealt>)> answer;  // the serialized response
};

// The assignment rules in PostgreSQL, and what is dealt by them. Thread-safe; every method blocks.
class AssignmentStore {
 public:
  explicit AssignmentStore(pg::Pool& pool);

  // A revision of the rules, 0 for the one in force. NOT_FOUND RESOURCE_NOT_FOUND, DATA_DAMAGED,
  // database errors.
  absl::StatusOr<RulesRevision> Find(const std::string& tenant, int64_t revision,
                                     base::Deadline deadline) const;

  // As DocumentStore::List and Update.
  absl::StatusOr<std::vector<RulesRevision>> List(const std::string& tenant,
                                                  std::optional<int64_t> before, int limit,
                                                  base::Deadline deadline) const;
  absl::StatusOr<aggregate::Answer> Update(const RulesUpdate& update, base::Deadline deadline);

  // Deals the leads in one transaction and gives the answer, or the first answer to this request.
  // Those of one tenant are dealt by one at a time, so turns and loads are exact, and who comes
  // second finds a lead owned. ABORTED WRITE_CONFLICT if the rules in force are not those of the
  // order any more: it is to be made anew.
  absl::StatusOr<aggregate::Answer> Deal(const DealOrder& order, base::Deadline deadline);

 private:
  absl::StatusOr<std::string> DealOnce(pg::Transaction& transaction, const DealOrder& order);

  pg::Pool& pool_;
  DocumentStore documents_;
};

}  // namespace crm::lead
