#include "services/lead/domain/standing.h"

#include <algorithm>

namespace crm::lead {

absl::Time StaleTimeOf(absl::Time observed, const QualificationPolicy& policy) {
  return observed + absl::Hours(24) * policy.stale_days;
}

Standing StandingOf(const Verdict& verdict, absl::Span<const Assessment> assessments,
                    const QualificationPolicy& policy) {
  Standing standing{verdict.score, verdict.outcome, std::nullopt};
  for (const Assessment& assessment : assessments) {
    if (assessment.finding == Finding::kUnknown) continue;
    const absl::Time stale = StaleTimeOf(assessment.observe_time, policy);
    standing.stale_time = std::min(standing.stale_time.value_or(stale), stale);
  }
  return standing;
}

}  // namespace crm::lead
