#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "services/lead/domain/verdict.h"
#include "services/lead/store/lead_reads.h"
#include "services/lead/store/policy_store.h"

namespace crm::lead {

// Which lead is to be judged, as of when (nothing: now), and by which revision of its tenant's
// policy (0: the one in force then). Of a lead that is not there yet, whose id is nil, nothing is
// on record.
struct GroundsQuestion {
  aggregate::Key lead;
  std::optional<absl::Time> time = std::nullopt;
  int64_t policy_revision = 0;
};

// What a lead is judged by, beside what it carries itself.
struct Grounds {
  PolicyRevision policy;
  std::vector<Assessment> then;  // the current assessments of the time asked for

  Basis basis() const { return {policy.policy, then, policy.record_time}; }
};

// Finds them. Thread-safe; blocks.
class GroundsReads {
 public:
  GroundsReads(const LeadReads& leads, const PolicyStore& policies)
      : leads_(leads), policies_(policies) {}

  // One answer per question, each for itself: NOT_FOUND RESOURCE_NOT_FOUND for an unknown revision,
  // DATA_LOSS DATA_DAMAGED; a database error is everybody's. One query for all policies, and one
  // for all earlier times.
  std::vector<absl::StatusOr<Grounds>> Find(absl::Span<const GroundsQuestion> questions,
                                            base::Deadline deadline) const;

 private:
  const LeadReads& leads_;
  const PolicyStore& policies_;
};

}  // namespace crm::lead
