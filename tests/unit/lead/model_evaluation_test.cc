#include "services/lead/domain/model_evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using testing::IdOf;
using testing::kStart;

TEST(Auc, CountsThePairsInTheRightOrder) {
  // Converted .9, .7, .4; others .8, .4, .1. Of the nine pairs .9 wins 3, .7 wins 2, and .4 wins 1
  // and ties with 1: 6.5 of 9.
  const std::vector<Tested> tested = {{.9, true},  {.7, true},  {.4, true},
                                      {.8, false}, {.4, false}, {.1, false}};
  EXPECT_DOUBLE_EQ(*Auc(tested), 6.5 / 9);
}

TEST(Auc, TiesCountHalf) {
  EXPECT_DOUBLE_EQ(*Auc(std::vector<Tested>{{.5, true}, {.5, false}}), 0.5);
  const std::vector<Tested> all_alike = {{.3, true}, {.3, false}, {.3, false}, {.3, true}};
  EXPECT_DOUBLE_EQ(*Auc(all_alike), 0.5);
  EXPECT_DOUBLE_EQ(*Auc(std::vector<Tested>{{.9, true}, {.1, false}}), 1);
  EXPECT_DOUBLE_EQ(*Auc(std::vector<Tested>{{.1, true}, {.9, false}}), 0);
}

TEST(Auc, NeedsBothKinds) {
  EXPECT_FALSE(Auc({}).has_value());
  EXPECT_FALSE(Auc(std::vector<Tested>{{.5, true}, {.6, true}}).has_value());
  EXPECT_FALSE(Auc(std::vector<Tested>{{.5, false}}).has_value());
}

// By definition, over all pairs.
double SlowAuc(const std::vector<Tested>& tested) {
  double won = 0, pairs = 0;
  for (const Tested& a : tested) {
    for (const Tested& b : tested) {
      if (!a.converted || b.converted) continue;
      ++pairs;
      won += a.probability > b.probability ? 1 : a.probability == b.probability ? 0.5 : 0;
    }
  }
  return won / pairs;
}

TEST(Auc, IsWhatItsDefinitionSays) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    std::vector<Tested> tested = {{.5, true}, {.5, false}};
    for (int i = 0; i < 60; ++i) {
      tested.push_back({static_cast<double>(random() % 20) / 20, random() % 3 == 0});
    }
    ASSERT_NEAR(*Auc(tested), SlowAuc(tested), 1e-12);
  }
}

TEST(BrierScore, IsTheMeanSquareOfTheMisses) {
  // (.9 − 1)² = .01, (.4 − 0)² = .16, (.5 − 1)² = .25: .42 / 3.
  EXPECT_NEAR(BrierScore(std::vector<Tested>{{.9, true}, {.4, false}, {.5, true}}), .14, 1e-12);
  EXPECT_EQ(BrierScore({}), 0);
}

TEST(Reliability, ComparesWhatWasSaidWithWhatHappened) {
  const std::vector<Tested> tested = {{0, false},   {.09, true}, {.1, false},
                                      {.15, false}, {.19, true}, {1, true}};
  const std::vector<ReliabilityBin> bins = Reliability(tested);
  ASSERT_EQ(bins.size(), 10U);
  EXPECT_EQ(bins[0].leads, 2);
  EXPECT_NEAR(bins[0].mean_predicted, .045, 1e-12);
  EXPECT_NEAR(bins[0].share_converted, .5, 1e-12);
  EXPECT_EQ(bins[1].leads, 3);
  EXPECT_NEAR(bins[1].mean_predicted, .44 / 3, 1e-12);
  EXPECT_NEAR(bins[1].share_converted, 1.0 / 3, 1e-12);
  EXPECT_EQ(bins[5].leads, 0);
  EXPECT_EQ(bins[5].mean_predicted, 0);
  EXPECT_EQ(bins[9].leads, 1);
  EXPECT_EQ(bins[9].converted, 1);
  EXPECT_NEAR(bins[9].lower, .9, 1e-12);
  EXPECT_NEAR(bins[9].upper, 1, 1e-12);
}

// Leads from the web are converted in 8 cases of 10, others in 2; the finding is the outcome.
std::vector<Outcome> LeadsOfTwoSources(int count) {
  std::vector<Outcome> outcomes;
  for (int i = 0; i < count; ++i) {
    const bool web = i % 2 == 0;
    const bool converted = (i / 2) % 10 < (web ? 8 : 2);
    outcomes.push_back({IdOf(i + 1),
                        kStart + absl::Hours(i),
                        converted,
                        {{Factor::kSource, web ? "WEB" : "EVENT"},
                         {Factor::kNeed, converted ? "MET" : "NOT_MET"}}});
  }
  return outcomes;
}

TEST(Evaluate, AModelOfAWorldThatFollowsItIsCalibrated) {
  const Evaluation found = Evaluate(LeadsOfTwoSources(1000));
  EXPECT_EQ(found.learned_converted + found.learned_other, 800);
  EXPECT_EQ(found.tested_converted, 100);
  EXPECT_EQ(found.tested_other, 100);
  // By the source alone: .8 × .8 of the pairs in order, .2 × .2 against it, the others tied.
  EXPECT_NEAR(*found.without_findings.auc, .64 + .32 / 2, 1e-12);
  EXPECT_NEAR(found.without_findings.brier_score, .16, .001);
  EXPECT_NEAR(found.reference_brier_score, .25, .001);
  for (const ReliabilityBin& bin : found.without_findings.reliability) {
    if (bin.leads == 0) continue;
    EXPECT_NEAR(bin.mean_predicted, bin.share_converted, .01);
  }
  EXPECT_DOUBLE_EQ(*found.all_factors.auc, 1);
  EXPECT_LT(found.all_factors.brier_score, .001);
}

TEST(Evaluate, TestsOnTheNewestOnes) {
  std::vector<Outcome> outcomes = LeadsOfTwoSources(100);
  // The newest 20 went the other way.
  for (int i = 80; i < 100; ++i) outcomes[i].converted = !outcomes[i].converted;
  std::shuffle(outcomes.begin(), outcomes.end(), std::mt19937(5));
  const Evaluation found = Evaluate(outcomes);
  EXPECT_DOUBLE_EQ(*found.all_factors.auc, 0);
  EXPECT_GT(found.all_factors.brier_score, .9);
}

}  // namespace
}  // namespace crm::lead
