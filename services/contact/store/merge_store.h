#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/aggregate/revision.h"
#include "common/base/id_generator.h"
#include "common/base/steady_clock.h"
#include "common/idempotency/run_once.h"
#include "common/pg/pool.h"
#include "services/contact/domain/contact_merge.h"
#include "services/contact/domain/occasion.h"

namespace crm::contact {

// Who is to be merged into whom.
struct MergeOrder {
  std::string tenant;
  base::Uuid survivor;  // or the name of one that is part of it
  std::vector<base::Uuid> others;
  std::vector<MergeChoice> choices;
  std::string plan_token;  // empty: whatever they are
};

// What refers to a contact.
struct MergeReferences {
  base::Uuid contact;
  LiveThings live;
  int64_t wins = 0;
  std::optional<base::Uuid> account;
  int64_t employments = 0;
  int64_t merged_contacts = 0;
};

struct MergePreview {
  MergePlan plan;  // with the stage that the survivor would have
  std::vector<MergeReferences> references;
  std::string plan_token;
};

// Something of a contact that stayed with another.
struct NotRestored {
  std::string field;
  base::Uuid keeper;
};

struct Unmerged {
  Contact contact;
  Contact survivor;
  std::vector<NotRestored> not_restored;
};

// A write of these: who, and under which request.
struct MergeCall {
  Occasion occasion;
  aggregate::Author author;
  std::optional<idempotency::Request> request;
  base::Deadline deadline;
};

// Merges contacts, and takes that back: each one transaction, in the turn of the lifecycle.
// Thread-safe; blocks.
class MergeStore {
 public:
  // Both must outlive it. `on_commit` is called after each commit.
  MergeStore(pg::Pool& pool, base::IdGenerator& ids, std::function<void()> on_commit)
      : pool_(pool), ids_(ids), on_commit_(std::move(on_commit)) {}

  // Errors: NOT_FOUND RESOURCE_NOT_FOUND, those of CheckMergeable and PlanMerge.
  absl::StatusOr<MergePreview> Preview(const MergeOrder& order, absl::Time now,
                                       base::Deadline deadline) const;

  // `answer` makes the response of the survivor. Errors as above, ABORTED ETAG_MISMATCH, those of
  // idempotency::RunOnce.
  absl::StatusOr<idempotency::OnceAnswer> Merge(
      const MergeOrder& order, const MergeCall& call,
      const std::function<std::string(const Contact&)>& answer) const;

  // Errors: NOT_FOUND RESOURCE_NOT_FOUND; FAILED_PRECONDITION STATE_INVALID if the contact is not
  // merged, was more than kUnmergeLimit ago, or its survivor is part of another by now; those of
  // idempotency::RunOnce.
  absl::StatusOr<idempotency::OnceAnswer> Unmerge(
      const std::string& tenant, const base::Uuid& contact, const MergeCall& call,
      const std::function<std::string(const Unmerged&)>& answer) const;

 private:
  absl::StatusOr<idempotency::OnceAnswer> RunOnce(
      const std::string& tenant, const MergeCall& call,
      const std::function<absl::StatusOr<std::string>(pg::Transaction&)>& make) const;

  pg::Pool& pool_;
  base::IdGenerator& ids_;
  const std::function<void()> on_commit_;
};

}  // namespace crm::contact
