#include "services/lead/domain/verdict.h"

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace crm::lead {
namespace {

std::string DayOf(absl::Time time) {
  return absl::FormatCivilTime(absl::ToCivilDay(time, absl::UTCTimeZone()));
}

// What an assessment counts as once its age and its purchase date are considered.
struct Weighing {
  Finding counts_as = Finding::kUnknown;
  bool stale = false;
  bool too_far = false;
};

Weighing Weigh(const Assessment* assessment, const QualificationPolicy& policy, absl::Time time) {
  if (assessment == nullptr) return {};
  if (time - assessment->observe_time > absl::Hours(24 * policy.stale_days)) {
    return {Finding::kUnknown, true, false};
  }
  const bool favourable =
      assessment->finding == Finding::kMet || assessment->finding == Finding::kPartlyMet;
  if (favourable && assessment->criterion == Criterion::kTimeframe &&
      assessment->expected_purchase_date.has_value()) {
    const absl::CivilDay today = absl::ToCivilDay(time, absl::UTCTimeZone());
    if (*assessment->expected_purchase_date - today > policy.longest_purchase_days) {
      return {Finding::kNotMet, false, true};
    }
  }
  return {assessment->finding, false, false};
}

int Points(Finding counts_as, int weight) {
  if (counts_as == Finding::kMet) return weight;
  if (counts_as == Finding::kPartlyMet) return weight / 2;
  return 0;
}

std::string Explain(const Assessment* assessment, const Weighing& weighing,
                    const CriterionResult& result, const QualificationPolicy& policy) {
  if (assessment == nullptr) return ExplainUnassessed(result.weight);
  const std::string points = absl::StrCat(result.contribution, " of ", result.weight, " points");
  const std::string day = DayOf(assessment->observe_time);
  if (weighing.stale) {
    return absl::StrCat("The evidence of ", day, " is older than ", policy.stale_days,
                        " days and no longer counts, hence ", points, ".");
  }
  if (weighing.too_far) {
    return absl::StrCat(
        "The purchase expected for ", absl::FormatCivilTime(*assessment->expected_purchase_date),
        " is more than ", policy.longest_purchase_days, " days away, hence ", points, ".");
  }
  switch (weighing.counts_as) {
    case Finding::kMet:
      return absl::StrCat("Met by the evidence of ", day, ", hence ", points, ".");
    case Finding::kPartlyMet:
      return absl::StrCat("Met in part by the evidence of ", day, ", hence half: ", points, ".");
    case Finding::kNotMet:
      return absl::StrCat("Not met by the evidence of ", day, ", hence ", points, ".");
    default:
      return absl::StrCat("Assessed on ", day, " as not known, hence ", points, ".");
  }
}

// What decides between the outcomes, summed over the criteria.
struct Tally {
  bool required_not_met = false;
  bool required_unknown = false;
  bool any_unknown = false;
  int score = 0;
  int possible = 0;  // points that unknown criteria could still bring

  void Count(const CriterionResult& result, Finding counts_as) {
    const bool unknown = counts_as == Finding::kUnknown;
    required_not_met |= result.required && counts_as == Finding::kNotMet;
    required_unknown |= result.required && unknown;
    any_unknown |= unknown;
    score += result.contribution;
    if (unknown) possible += result.weight;
  }

  VerdictOutcome Outcome(int threshold) const {
    if (required_not_met) return VerdictOutcome::kNotQualified;
    if (!required_unknown && score >= threshold) return VerdictOutcome::kQualified;
    if (any_unknown && score + possible >= threshold) return VerdictOutcome::kInsufficientEvidence;
    return VerdictOutcome::kNotQualified;
  }
};

}  // namespace

Verdict Judge(absl::Span<const Assessment> assessments, const QualificationPolicy& policy,
              absl::Time time) {
  Verdict verdict{.policy_revision = policy.revision,
                  .evaluate_time = time,
                  .results = {},
                  .threshold = policy.threshold};
  Tally tally;
  for (const Criterion criterion : kCriteria) {
    const Assessment* used = nullptr;
    for (const Assessment& assessment : assessments) {
      if (assessment.criterion == criterion) used = &assessment;
    }
    const Weighing weighing = Weigh(used, policy, time);
    const QualificationPolicy::Rule& rule = policy.rule(criterion);
    CriterionResult result;
    result.criterion = criterion;
    result.required = rule.required && criterion != Criterion::kAuthority;
    result.weight = rule.weight;
    result.contribution = Points(weighing.counts_as, rule.weight);
    result.stale = weighing.stale;
    if (used != nullptr) {
      result.finding = used->finding;
      result.assessment = used->id;
    }
    result.explanation = Explain(used, weighing, result, policy);
    tally.Count(result, weighing.counts_as);
    verdict.results.push_back(std::move(result));
  }
  verdict.score = tally.score;
  verdict.outcome = tally.Outcome(policy.threshold);
  return verdict;
}

std::string ExplainUnassessed(int weight) {
  return absl::StrCat("Never assessed, hence 0 of ", weight, " points.");
}

std::vector<Criterion> Obstacles(const Verdict& verdict) {
  std::vector<Criterion> required;
  std::vector<Criterion> incomplete;
  if (verdict.outcome == VerdictOutcome::kQualified) return required;
  for (const CriterionResult& result : verdict.results) {
    if (result.required && result.contribution == 0) required.push_back(result.criterion);
    if (result.contribution < result.weight) incomplete.push_back(result.criterion);
  }
  return required.empty() ? incomplete : required;
}

}  // namespace crm::lead
