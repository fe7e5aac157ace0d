#include "services/lead/domain/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using ::testing::ElementsAre;
using testing::Found;
using ::testing::HasSubstr;
using testing::kStart;

// Findings of NEED, ABILITY, MARKET_PRESENCE, TIMEFRAME, AUTHORITY; '+' met, '/' partly, '-' not
// met,
// '?' assessed as unknown, ' ' never assessed.
std::vector<Assessment> Evidence(absl::string_view findings) {
  std::vector<Assessment> evidence;
  for (size_t i = 0; i < findings.size(); ++i) {
    const char c = findings[i];
    if (c == ' ') continue;
    evidence.push_back(Found(kCriteria[i], c == '+'   ? Finding::kMet
                                           : c == '/' ? Finding::kPartlyMet
                                           : c == '-' ? Finding::kNotMet
                                                      : Finding::kUnknown));
  }
  return evidence;
}

struct VerdictCase {
  const char* findings;
  VerdictOutcome outcome;
  int score;
};

TEST(Verdict, FollowsTheDefaultPolicy) {
  const auto qualified = VerdictOutcome::kQualified;
  const auto not_qualified = VerdictOutcome::kNotQualified;
  const auto insufficient = VerdictOutcome::kInsufficientEvidence;
  const VerdictCase cases[] = {
      {"     ", insufficient, 0},   {"?????", insufficient, 0},   {"+++++", qualified, 100},
      {"++++ ", qualified, 90},     {"++++-", qualified, 90},  // authority never blocks
      {"++++/", qualified, 95},     {"//// ", not_qualified, 44}, {"////+", not_qualified, 54},
      {"+//+ ", insufficient, 69},  // authority could lift it
      {"+//+/", qualified, 74},     {"+/++ ", qualified, 77},     {"/+++ ", qualified, 75},
      {"//++ ", insufficient, 62},  {"//+++", qualified, 72},     {"//++-", not_qualified, 62},
      {"-++++", not_qualified, 70}, {"+-+++", not_qualified, 75}, {"++-++", not_qualified, 85},
      {"+++-+", not_qualified, 80}, {" ++++", insufficient, 70},  {"++ ++", insufficient, 85},
      {"++?++", insufficient, 85},  {"+   +", insufficient, 40},  {"- +++", not_qualified, 45},
      {"/ / /", insufficient, 27},
  };
  for (const VerdictCase& c : cases) {
    SCOPED_TRACE(c.findings);
    const Verdict verdict = Judge(Evidence(c.findings), DefaultPolicy(), kStart);
    EXPECT_EQ(verdict.outcome, c.outcome) << NameOf(kVerdictOutcomeNames, verdict.outcome);
    EXPECT_EQ(verdict.score, c.score);
    EXPECT_EQ(verdict.policy_revision, 1);
    EXPECT_EQ(verdict.threshold, 70);
    int sum = 0;
    for (const CriterionResult& result : verdict.results) sum += result.contribution;
    EXPECT_EQ(sum, verdict.score);
  }
}

TEST(Verdict, JudgesEveryCombinationWithoutContradiction) {
  const char kinds[] = {'+', '/', '-', '?', ' '};
  for (int n = 0; n < 5 * 5 * 5 * 5 * 5; ++n) {
    std::string findings;
    for (int i = 0, rest = n; i < 5; ++i, rest /= 5) findings += kinds[rest % 5];
    SCOPED_TRACE(findings);
    const Verdict verdict = Judge(Evidence(findings), DefaultPolicy(), kStart);
    const std::string basic = findings.substr(0, 4);
    const bool known = basic.find_first_of("? ") == std::string::npos;
    const bool against = basic.find('-') != std::string::npos;
    if (verdict.outcome == VerdictOutcome::kQualified) {
      EXPECT_TRUE(known && !against && verdict.score >= 70);
      EXPECT_THAT(Obstacles(verdict), ElementsAre());
    } else {
      EXPECT_TRUE(!known || against || verdict.score < 70);
      EXPECT_FALSE(Obstacles(verdict).empty());
    }
    if (against) {
      EXPECT_EQ(verdict.outcome, VerdictOutcome::kNotQualified);
    }
    ASSERT_EQ(verdict.results.size(), 5u);
    for (const CriterionResult& result : verdict.results) EXPECT_FALSE(result.explanation.empty());
  }
}

TEST(Verdict, IsTheSameForTheSameArguments) {
  EXPECT_EQ(Judge(Evidence("+/-? "), DefaultPolicy(), kStart),
            Judge(Evidence("+/-? "), DefaultPolicy(), kStart));
}

TEST(Verdict, StaleEvidenceCountsAsUnknown) {
  const absl::Duration limit = absl::Hours(24 * DefaultPolicy().stale_days);
  const std::vector<Assessment> evidence = Evidence("++++ ");
  EXPECT_EQ(Judge(evidence, DefaultPolicy(), kStart + limit).outcome, VerdictOutcome::kQualified);
  const Verdict later = Judge(evidence, DefaultPolicy(), kStart + limit + absl::Microseconds(1));
  EXPECT_EQ(later.outcome, VerdictOutcome::kInsufficientEvidence);
  EXPECT_EQ(later.score, 0);
  EXPECT_TRUE(later.results[0].stale);
  EXPECT_EQ(later.results[0].finding, Finding::kMet);
  EXPECT_THAT(later.results[0].explanation, HasSubstr("older than 180 days"));
}

TEST(Verdict, APurchaseTooFarAheadIsNoTimeframe) {
  std::vector<Assessment> evidence = Evidence("++++ ");
  evidence[3].expected_purchase_date = absl::CivilDay(2026, 1, 5) + 180;
  EXPECT_EQ(Judge(evidence, DefaultPolicy(), kStart).outcome, VerdictOutcome::kQualified);
  evidence[3].expected_purchase_date = absl::CivilDay(2026, 1, 5) + 181;
  const Verdict verdict = Judge(evidence, DefaultPolicy(), kStart);
  EXPECT_EQ(verdict.outcome, VerdictOutcome::kNotQualified);
  EXPECT_EQ(verdict.score, 70);
  EXPECT_THAT(verdict.results[3].explanation, HasSubstr("more than 180 days away"));
  EXPECT_THAT(Obstacles(verdict), ElementsAre(Criterion::kTimeframe));
}

TEST(Verdict, AuthorityIsNeverRequiredWhateverThePolicySays) {
  QualificationPolicy policy = DefaultPolicy();
  policy.rules[static_cast<size_t>(Criterion::kAuthority)].required = true;
  const Verdict verdict = Judge(Evidence("++++-"), policy, kStart);
  EXPECT_EQ(verdict.outcome, VerdictOutcome::kQualified);
  EXPECT_FALSE(verdict.results[4].required);
}

TEST(Verdict, EachSentenceSaysWhatTheEvidenceSays) {
  const Verdict verdict = Judge(Evidence("+/-? "), DefaultPolicy(), kStart);
  EXPECT_EQ(verdict.results[0].explanation,
            "Met by the evidence of 2026-01-05, hence 30 of 30 points.");
  EXPECT_EQ(verdict.results[1].explanation,
            "Met in part by the evidence of 2026-01-05, hence half: 12 of 25 points.");
  EXPECT_EQ(verdict.results[2].explanation,
            "Not met by the evidence of 2026-01-05, hence 0 of 15 points.");
  EXPECT_EQ(verdict.results[3].explanation,
            "Assessed on 2026-01-05 as not known, hence 0 of 20 points.");
  EXPECT_EQ(verdict.results[4].explanation, "Never assessed, hence 0 of 10 points.");
}

TEST(Supersede, KeepsTheLatestByObserveTimeThenByRecordTime) {
  std::vector<Assessment> current;
  Supersede(current, Found(Criterion::kTimeframe, Finding::kMet, kStart));
  Supersede(current, Found(Criterion::kNeed, Finding::kMet, kStart));
  ASSERT_EQ(current.size(), 2u);
  EXPECT_EQ(current[0].criterion, Criterion::kNeed);
  Supersede(current, Found(Criterion::kNeed, Finding::kNotMet, kStart - absl::Hours(1)));
  EXPECT_EQ(current[0].finding, Finding::kMet);
  Assessment corrected = Found(Criterion::kNeed, Finding::kPartlyMet, kStart);
  corrected.record_time = kStart + absl::Hours(1);
  Supersede(current, corrected);
  EXPECT_EQ(current[0].finding, Finding::kPartlyMet);
  EXPECT_EQ(current.size(), 2u);
}

}  // namespace
}  // namespace crm::lead
