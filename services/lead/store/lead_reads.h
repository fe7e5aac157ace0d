#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/aggregate/repository.h"
#include "common/aggregate/revision.h"
#include "common/idempotency/request.h"
#include "common/listing/query.h"
#include "common/pg/pool.h"
#include "services/lead/domain/activity_edit.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

// A lead at an earlier time.
struct PastLead {
  aggregate::Key lead;
  absl::Time time;
};

// A place in the records of a lead: a record's time and id.
struct RecordPosition {
  absl::Time time;
  base::Uuid id;
};

// Adds the parameters "after which time and id"; NULL on the first page.
pg::Params& AddPosition(pg::Params& params, const std::optional<RecordPosition>& after);

// Reads that go beyond single leads. Thread-safe; blocks.
class LeadReads {
 public:
  explicit LeadReads(pg::Pool& pool) : pool_(pool) {}

  // One page, at most query.limit. DATA_LOSS DATA_DAMAGED if a row cannot be read.
  absl::StatusOr<std::vector<Lead>> List(const listing::Query& query,
                                         base::Deadline deadline) const;

  // All leads of a contact, of any state, deleted ones too, the oldest first. DATA_LOSS as List.
  absl::StatusOr<std::vector<Lead>> OfContact(const std::string& tenant, const base::Uuid& contact,
                                              base::Deadline deadline) const;

  // The current assessments of each lead as they were on record at its time, by criterion. Each is
  // answered for itself: DATA_LOSS DATA_DAMAGED; a database error is everybody's.
  std::vector<absl::StatusOr<std::vector<Assessment>>> AssessmentsAsOf(
      absl::Span<const PastLead> leads, base::Deadline deadline) const;

  // At most `limit` of a lead's activities, the latest first, after `after`. None if there is no
  // such lead. DATA_LOSS DATA_DAMAGED if a row cannot be read.
  absl::StatusOr<std::vector<Activity>> Activities(const aggregate::Key& lead,
                                                   const std::optional<RecordPosition>& after,
                                                   int limit, base::Deadline deadline) const;
  // The same of its assessments, by the time they were observed.
  absl::StatusOr<std::vector<Assessment>> Assessments(const aggregate::Key& lead,
                                                      const std::optional<RecordPosition>& after,
                                                      int limit, base::Deadline deadline) const;

  // One of its activities; nothing if there is no such lead or activity.
  absl::StatusOr<std::optional<RecordedActivity>> FindActivity(const aggregate::Key& lead,
                                                               const base::Uuid& id,
                                                               base::Deadline deadline) const;

  // The first answer to a request, nothing if it has none yet. REQUEST_ID_REUSED if the id was used
  // for another request. For calls that fail before they reach the repository.
  absl::StatusOr<std::optional<std::string>> FirstAnswer(const std::string& tenant,
                                                         const idempotency::Request& request,
                                                         base::Deadline deadline) const;

  // At most `limit` revisions of one lead beyond `after`, in order; none if there is no such lead.
  // DATA_LOSS DATA_DAMAGED if one of them cannot be read.
  absl::StatusOr<std::vector<aggregate::ReadRevision<Lead>>> Revisions(
      const aggregate::Key& key, int64_t after, int limit, base::Deadline deadline) const;

  // `present`, which has just been read, as it was at `moment`: see aggregate::AsOf.
  absl::StatusOr<Lead> AsOf(const Lead& present, const aggregate::Moment& moment,
                            base::Deadline deadline) const;

 private:
  pg::Pool& pool_;
};

}  // namespace crm::lead
