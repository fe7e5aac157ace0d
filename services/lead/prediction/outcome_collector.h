#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "services/lead/domain/outcome_model.h"
#include "services/lead/prediction/prediction_ports.h"
#include "services/lead/store/lead_reads.h"
#include "services/lead/store/outcome_reads.h"

namespace crm::lead {

// Enough to learn from, and little enough to be read in some seconds.
inline constexpr int kMostOutcomes = 20'000;

// Puts together what is known of a tenant's finished leads. Thread-safe; blocks.
class OutcomeCollector {
 public:
  // All must outlive this.
  OutcomeCollector(aggregate::Repository<Lead>& leads, const LeadReads& reads,
                   const OutcomeReads& outcomes, OrganizationDirectory& organizations)
      : leads_(leads), reads_(reads), outcomes_(outcomes), organizations_(organizations) {}

  // The newest kMostOutcomes finished leads, each as it was when it ended: what was changed or came
  // to light afterwards does not count, as far as field history reaches back. Their organizations
  // are told as they are now. A lead that cannot be read, or was reopened meanwhile, is left out.
  // FAILED_PRECONDITION OUTCOMES_TOO_FEW, without asking for the organizations; UNAVAILABLE
  // NEIGHBOUR_UNAVAILABLE; DEADLINE_EXCEEDED; database errors.
  absl::StatusOr<std::vector<Outcome>> Collect(const std::string& tenant, base::Deadline deadline);

  // The facts of a lead as it is now. NOT_FOUND RESOURCE_NOT_FOUND; DATA_LOSS DATA_DAMAGED; the
  // others as above.
  absl::StatusOr<Facts> Present(const aggregate::Key& key, base::Deadline deadline);

 private:
  absl::Status Add(const std::string& tenant, absl::Span<const FinishedLead> finished,
                   std::vector<Outcome>& collected, base::Deadline deadline);
  absl::StatusOr<Lead> AsItEnded(const Lead& lead, const FinishedLead& finished,
                                 base::Deadline deadline) const;

  aggregate::Repository<Lead>& leads_;
  const LeadReads& reads_;
  const OutcomeReads& outcomes_;
  OrganizationDirectory& organizations_;
};

}  // namespace crm::lead
