// Verdicts under every policy, not the default one alone.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "services/lead/domain/verdict.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using testing::Found;
using testing::kStart;

// The finding of each criterion; kUnspecified: never assessed.
using Findings = std::array<Finding, 5>;

constexpr Finding kKinds[] = {Finding::kMet, Finding::kPartlyMet, Finding::kNotMet,
                              Finding::kUnknown, Finding::kUnspecified};

std::vector<Assessment> Evidence(const Findings& findings) {
  std::vector<Assessment> evidence;
  for (size_t i = 0; i < findings.size(); ++i) {
    if (findings[i] != Finding::kUnspecified) evidence.push_back(Found(kCriteria[i], findings[i]));
  }
  return evidence;
}

Verdict JudgeNow(const Findings& findings, const QualificationPolicy& policy) {
  return Judge(Evidence(findings), policy, kStart);
}

bool IsUnknown(Finding finding) {
  return finding == Finding::kUnknown || finding == Finding::kUnspecified;
}

// The rule as a person would say it.
bool Qualifies(const Findings& findings, const QualificationPolicy& policy) {
  int score = 0;
  for (size_t i = 0; i < findings.size(); ++i) {
    const QualificationPolicy::Rule& rule = policy.rule(kCriteria[i]);
    const bool met = findings[i] == Finding::kMet;
    const bool partly = findings[i] == Finding::kPartlyMet;
    if (rule.required && !met && !partly) return false;
    score += met ? rule.weight : partly ? rule.weight / 2 : 0;
  }
  return score >= policy.threshold;
}

VerdictOutcome Expected(const Findings& findings, const QualificationPolicy& policy) {
  if (Qualifies(findings, policy)) return VerdictOutcome::kQualified;
  Findings best = findings;
  for (Finding& finding : best) finding = IsUnknown(finding) ? Finding::kMet : finding;
  return best != findings && Qualifies(best, policy) ? VerdictOutcome::kInsufficientEvidence
                                                     : VerdictOutcome::kNotQualified;
}

QualificationPolicy PolicyOf(const std::array<int, 5>& weights, unsigned required, int threshold) {
  QualificationPolicy policy = DefaultPolicy();
  policy.revision = 7;
  for (size_t i = 0; i < weights.size(); ++i) {
    policy.rule(kCriteria[i]) = {weights[i], (required >> i & 1) != 0};
  }
  policy.threshold = threshold;
  return policy;
}

// All sets of required criteria, with weights and thresholds that differ in kind.
std::vector<QualificationPolicy> Policies() {
  std::vector<QualificationPolicy> policies;
  for (unsigned required = 0; required < 16; ++required) {
    for (const auto& [weights, threshold] :
         std::vector<std::pair<std::array<int, 5>, int>>{{{30, 25, 15, 20, 10}, 70},
                                                         {{30, 25, 15, 20, 10}, 1},
                                                         {{25, 25, 25, 25, 0}, 100},
                                                         {{0, 1, 9, 40, 50}, 50},
                                                         {{100, 0, 0, 0, 0}, 60}}) {
      policies.push_back(PolicyOf(weights, required, threshold));
    }
  }
  return policies;
}

TEST(Policies, JudgeAllFindingsAsTheRuleSays) {
  for (const QualificationPolicy& policy : Policies()) {
    ASSERT_TRUE(FaultsOf(policy).empty());
    for (int n = 0; n < 5 * 5 * 5 * 5 * 5; ++n) {
      Findings findings;
      int rest = n;
      for (Finding& finding : findings) {
        finding = kKinds[rest % 5];
        rest /= 5;
      }
      const Verdict verdict = JudgeNow(findings, policy);
      ASSERT_EQ(verdict.outcome, Expected(findings, policy)) << n << " " << policy.threshold;
      ASSERT_EQ(Obstacles(verdict).empty(), verdict.outcome == VerdictOutcome::kQualified);
      ASSERT_EQ(verdict.policy_revision, 7);
    }
  }
}

// Policies and findings by chance, the same in every run.
class ByChance : public ::testing::Test {
 protected:
  static constexpr int kRuns = 5000;

  int Below(int end) { return static_cast<int>(random_() % static_cast<unsigned>(end)); }

  QualificationPolicy AnyPolicy() {
    std::array<int, 6> cuts = {0, Below(101), Below(101), Below(101), Below(101), 100};
    std::sort(cuts.begin(), cuts.end());
    std::array<int, 5> weights;
    for (size_t i = 0; i < weights.size(); ++i) weights[i] = cuts[i + 1] - cuts[i];
    if (weights[4] == 100) std::swap(weights[0], weights[4]);
    QualificationPolicy policy =
        PolicyOf(weights, static_cast<unsigned>(Below(16)), 1 + Below(100 - weights[4]));
    policy.stale_days = 1 + Below(400);
    EXPECT_TRUE(FaultsOf(policy).empty());
    return policy;
  }

  Findings AnyFindings() {
    Findings findings;
    for (Finding& finding : findings) finding = kKinds[Below(5)];
    return findings;
  }

  std::mt19937 random_{20261126};
};

TEST_F(ByChance, TheSameArgumentsGiveTheSameVerdict) {
  for (int i = 0; i < kRuns; ++i) {
    const QualificationPolicy policy = AnyPolicy();
    const Findings findings = AnyFindings();
    ASSERT_EQ(JudgeNow(findings, policy), JudgeNow(findings, policy));
  }
}

TEST_F(ByChance, ABetterFindingNeverLowersTheScoreNorCostsTheQualification) {
  for (int i = 0; i < kRuns; ++i) {
    const QualificationPolicy policy = AnyPolicy();
    Findings findings = AnyFindings();
    const Verdict before = JudgeNow(findings, policy);
    Finding& one = findings[static_cast<size_t>(Below(5))];
    one = one == Finding::kMet || one == Finding::kPartlyMet ? Finding::kMet : Finding::kPartlyMet;
    const Verdict after = JudgeNow(findings, policy);
    ASSERT_GE(after.score, before.score);
    if (before.outcome == VerdictOutcome::kQualified) {
      ASSERT_EQ(after.outcome, VerdictOutcome::kQualified);
    }
  }
}

TEST_F(ByChance, AuthorityNeverBlocks) {
  for (int i = 0; i < kRuns; ++i) {
    const QualificationPolicy policy = AnyPolicy();
    Findings findings = AnyFindings();
    findings[4] = Finding::kUnspecified;
    const Verdict without = JudgeNow(findings, policy);
    findings[4] = Finding::kNotMet;
    const Verdict against = JudgeNow(findings, policy);
    ASSERT_EQ(without.score, against.score);
    ASSERT_EQ(without.outcome == VerdictOutcome::kQualified,
              against.outcome == VerdictOutcome::kQualified);
    const Findings basic = {Finding::kMet, Finding::kMet, Finding::kMet, Finding::kMet,
                            findings[4]};
    ASSERT_EQ(JudgeNow(basic, policy).outcome, VerdictOutcome::kQualified);
  }
}

TEST_F(ByChance, StaleEvidenceCountsAsUnknown) {
  for (int i = 0; i < kRuns; ++i) {
    const QualificationPolicy policy = AnyPolicy();
    const Findings findings = AnyFindings();
    std::vector<Assessment> stale = Evidence(findings);
    std::vector<Assessment> unknown = stale;
    for (size_t n = 0; n < stale.size(); ++n) {
      if (Below(2) == 0) continue;
      stale[n].observe_time -= absl::Hours(24 * policy.stale_days) + absl::Microseconds(1);
      unknown[n].finding = Finding::kUnknown;
    }
    const Verdict old = Judge(stale, policy, kStart);
    const Verdict none = Judge(unknown, policy, kStart);
    ASSERT_EQ(old.score, none.score);
    ASSERT_EQ(old.outcome, none.outcome);
  }
}

std::vector<std::string> FieldsAtFault(const QualificationPolicy& policy) {
  std::vector<std::string> fields;
  for (const PolicyFault& fault : FaultsOf(policy)) fields.push_back(fault.field);
  return fields;
}

TEST(PolicyFaults, NameEveryRuleThatIsBroken) {
  using ::testing::ElementsAre;
  EXPECT_THAT(FieldsAtFault(DefaultPolicy()), ElementsAre());
  EXPECT_THAT(FieldsAtFault(PolicyOf({30, 25, 15, 20, 11}, 0, 50)), ElementsAre("rules"));
  EXPECT_THAT(FieldsAtFault(PolicyOf({130, -30, 0, 0, 0}, 0, 50)), ElementsAre("rules"));
  EXPECT_THAT(FieldsAtFault(PolicyOf({30, 25, 15, 20, 10}, 16, 50)), ElementsAre("rules"));
  EXPECT_THAT(FieldsAtFault(PolicyOf({30, 25, 15, 20, 10}, 0, 0)), ElementsAre("threshold"));
  EXPECT_THAT(FieldsAtFault(PolicyOf({30, 25, 15, 20, 10}, 0, 90)), ElementsAre());
  EXPECT_THAT(FieldsAtFault(PolicyOf({30, 25, 15, 20, 10}, 0, 91)), ElementsAre("threshold"))
      << "AUTHORITY would be required";
  QualificationPolicy policy = PolicyOf({30, 25, 15, 20, 10}, 16, 101);
  policy.longest_purchase_days = 0;
  policy.stale_days = kMostPolicyDays + 1;
  EXPECT_THAT(FieldsAtFault(policy),
              ElementsAre("rules", "threshold", "longest_days_to_purchase", "stale_after_days"));
}

}  // namespace
}  // namespace crm::lead
