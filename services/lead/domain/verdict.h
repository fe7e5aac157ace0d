#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/uuid.h"
#include "services/lead/domain/assessment.h"
#include "services/lead/domain/qualification_policy.h"

namespace crm::lead {

// What leads are judged by: a policy, since when it is in force and, if they are judged as of an
// earlier time, the current assessments of that time. All but the time must outlive it.
struct Basis {
  const QualificationPolicy& policy;
  absl::Span<const Assessment> then = {};
  absl::Time in_force_since = absl::InfinitePast();

  Basis(const QualificationPolicy& by, absl::Span<const Assessment> on_record = {},
        absl::Time since = absl::InfinitePast())  // implicit
      : policy(by), then(on_record), in_force_since(since) {}
};

enum class VerdictOutcome { kUnspecified, kQualified, kNotQualified, kInsufficientEvidence };

inline constexpr base::EnumName<VerdictOutcome> kVerdictOutcomeNames[] = {
    {VerdictOutcome::kUnspecified, "UNSPECIFIED"},
    {VerdictOutcome::kQualified, "QUALIFIED"},
    {VerdictOutcome::kNotQualified, "NOT_QUALIFIED"},
    {VerdictOutcome::kInsufficientEvidence, "INSUFFICIENT_EVIDENCE"}};

// The judgement of one criterion.
struct CriterionResult {
  Criterion criterion = Criterion::kUnspecified;
  bool required = false;
  int weight = 0;
  Finding finding = Finding::kUnknown;  // of the assessment used
  int contribution = 0;                 // points, 0 to weight
  base::Uuid assessment;                // nil if there is none
  bool stale = false;
  std::string explanation;  // one English sentence
  friend bool operator==(const CriterionResult&, const CriterionResult&) = default;
};

struct Verdict {
  VerdictOutcome outcome = VerdictOutcome::kUnspecified;
  int score = 0;  // sum of the contributions, 0 to 100
  int64_t policy_revision = 0;
  absl::Time evaluate_time;
  std::vector<CriterionResult> results;  // all five, in order of Criterion
  int threshold = 0;

  friend bool operator==(const Verdict&, const Verdict&) = default;
};

// The verdict over the current assessments (at most one per criterion) at a time. Pure: equal
// arguments always give equal verdicts.
//
// MET counts the weight, PARTLY_MET half of it (rounded down), all else nothing. Evidence older
// than the policy allows counts as UNKNOWN. A TIMEFRAME whose expected purchase lies too far ahead
// counts as NOT_MET. Then:
//   a required criterion counts as NOT_MET                             → NOT_QUALIFIED
//   all required are MET or PARTLY_MET, the score reaches the threshold → QUALIFIED
//   what is unknown could still lift the score to the threshold         → INSUFFICIENT_EVIDENCE
//   else                                                                → NOT_QUALIFIED
Verdict Judge(absl::Span<const Assessment> assessments, const QualificationPolicy& policy,
              absl::Time time);

// The explanation of a criterion for which there is no assessment.
std::string ExplainUnassessed(int weight);

// The criteria that keep the verdict from QUALIFIED: required ones that are not met or not known,
// and if there are none, those that miss points.
std::vector<Criterion> Obstacles(const Verdict& verdict);

}  // namespace crm::lead
