#pragma once

#include <optional>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/lead/domain/verdict.h"

namespace crm::lead {

// How a lead stood when its evidence was last judged: what lists find it by.
struct Standing {
  int score = 0;  // 0 to 100
  VerdictOutcome outcome = VerdictOutcome::kUnspecified;
  // When the first of its findings goes stale, or went; nothing if there is none that could.
  std::optional<absl::Time> stale_time;

  friend bool operator==(const Standing&, const Standing&) = default;
};

// From the verdict over the current `assessments` by `policy`.
Standing StandingOf(const Verdict& verdict, absl::Span<const Assessment> assessments,
                    const QualificationPolicy& policy);

// When evidence observed at `time` goes stale under `policy`.
absl::Time StaleTimeOf(absl::Time observed, const QualificationPolicy& policy);

}  // namespace crm::lead
