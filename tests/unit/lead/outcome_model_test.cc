#include "services/lead/domain/outcome_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "common/error/error.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IdOf;
using ::testing::IsEmpty;
using testing::kStart;

constexpr double kExact = 1e-12;
constexpr LearningLimits kEverything{.fewest_leads = 1};

Outcome AnOutcome(bool converted, Facts facts) {
  return {IdOf(1), kStart, converted, std::move(facts)};
}

Fact FromSource(const char* value) { return {Factor::kSource, value}; }
Fact OnAuthority(const char* value) { return {Factor::kAuthority, value}; }

// Ten leads. Six were converted: three from the web, of whom two may decide; one by referral; two
// of whom no source is known. Four were not: one from the web, who may not decide, and three from
// events.
std::vector<Outcome> TenLeads() {
  return {AnOutcome(true, {FromSource("WEB"), OnAuthority("MET")}),
          AnOutcome(true, {FromSource("WEB"), OnAuthority("MET")}),
          AnOutcome(true, {FromSource("WEB")}),
          AnOutcome(true, {FromSource("REFERRAL")}),
          AnOutcome(true, {}),
          AnOutcome(true, {}),
          AnOutcome(false, {FromSource("WEB"), OnAuthority("NOT_MET")}),
          AnOutcome(false, {FromSource("EVENT")}),
          AnOutcome(false, {FromSource("EVENT")}),
          AnOutcome(false, {FromSource("EVENT")})};
}

TEST(OutcomeModel, IsAsWorkedOutByHand) {
  const OutcomeModel model = Learn(TenLeads(), kEverything);
  EXPECT_EQ(model.converted, 6);
  EXPECT_EQ(model.other, 4);
  ASSERT_EQ(model.factors.size(), 2U);
  EXPECT_THAT(model.factors[0].values,
              ElementsAre(ValueCount{"EVENT", 0, 3}, ValueCount{"REFERRAL", 1, 0},
                          ValueCount{"WEB", 3, 1}));
  EXPECT_THAT(model.factors[1].values,
              ElementsAre(ValueCount{"MET", 2, 0}, ValueCount{"NOT_MET", 0, 1}));

  // Odds before any fact: (6 + 1) / (4 + 1) = 7/5.
  EXPECT_NEAR(PriorLogOdds(model), std::log(7.0 / 5), kExact);

  // SOURCE has three values, and 4 leads of either kind:
  //   EVENT     (0 + 1)/(4 + 3) : (3 + 1)/(4 + 3) = 1/7 : 4/7 = 1/4
  //   REFERRAL  (1 + 1)/(4 + 3) : (0 + 1)/(4 + 3) = 2/7 : 1/7 = 2
  //   WEB       (3 + 1)/(4 + 3) : (1 + 1)/(4 + 3) = 4/7 : 2/7 = 2
  const std::vector<double> source = Weights(model.factors[0]);
  ASSERT_EQ(source.size(), 3U);
  EXPECT_NEAR(source[0], std::log(1.0 / 4), kExact);
  EXPECT_NEAR(source[1], std::log(2.0), kExact);
  EXPECT_NEAR(source[2], std::log(2.0), kExact);

  // AUTHORITY has two values, 2 converted leads and 1 other:
  //   MET      (2 + 1)/(2 + 2) : (0 + 1)/(1 + 2) = 3/4 : 1/3 = 9/4
  //   NOT_MET  (0 + 1)/(2 + 2) : (1 + 1)/(1 + 2) = 1/4 : 2/3 = 3/8
  const std::vector<double> authority = Weights(model.factors[1]);
  ASSERT_EQ(authority.size(), 2U);
  EXPECT_NEAR(authority[0], std::log(9.0 / 4), kExact);
  EXPECT_NEAR(authority[1], std::log(3.0 / 8), kExact);

  // From the web, may decide: odds 7/5 × 2 × 9/4 = 6.3, probability 6.3 / 7.3.
  const Prediction likely = Predict(model, {FromSource("WEB"), OnAuthority("MET")});
  EXPECT_NEAR(likely.probability, 6.3 / 7.3, kExact);
  EXPECT_NEAR(likely.log_odds, std::log(6.3), kExact);
  // From an event, may not decide: odds 7/5 × 1/4 × 3/8 = 21/160, probability 21 / 181.
  const Prediction unlikely = Predict(model, {FromSource("EVENT"), OnAuthority("NOT_MET")});
  EXPECT_NEAR(unlikely.probability, 21.0 / 181, kExact);
  // Nothing known: odds 7/5, probability 7 / 12.
  EXPECT_NEAR(Predict(model, {}).probability, 7.0 / 12, kExact);
}

TEST(OutcomeModel, APredictionSaysWhatEachFactorAdds) {
  const Prediction prediction =
      Predict(Learn(TenLeads(), kEverything), {FromSource("WEB"), OnAuthority("PARTLY_MET")});
  ASSERT_EQ(prediction.contributions.size(), std::size(kFactors));
  const Contribution& source = prediction.contributions.front();
  EXPECT_EQ(source.value, "WEB");
  EXPECT_EQ(source.use, FactUse::kCounted);
  EXPECT_NEAR(source.log_odds, std::log(2.0), kExact);
  EXPECT_EQ(source.converted, 3);
  EXPECT_EQ(source.other, 1);
  const Contribution& authority = prediction.contributions.back();
  EXPECT_EQ(authority.value, "PARTLY_MET");
  EXPECT_EQ(authority.use, FactUse::kNotLearned);
  EXPECT_EQ(authority.log_odds, 0);
  EXPECT_EQ(prediction.contributions[1].factor, Factor::kBuyingRole);
  EXPECT_EQ(prediction.contributions[1].use, FactUse::kNotKnown);
  EXPECT_EQ(prediction.contributions[1].value, "");
}

TEST(OutcomeModel, SeveralInterestsAddTheirMean) {
  // Of three interests: A (2 + 1)/(3 + 2) : (0 + 1)/(1 + 2) = 3/5 : 1/3 = 9/5,
  //                     B (1 + 1)/(3 + 2) : (1 + 1)/(1 + 2) = 2/5 : 2/3 = 3/5.
  const Fact a{Factor::kInterest, "a"};
  const Fact b{Factor::kInterest, "b"};
  const OutcomeModel model =
      Learn({AnOutcome(true, {a, b}), AnOutcome(true, {a}), AnOutcome(false, {b})}, kEverything);
  const double prior = PriorLogOdds(model);
  EXPECT_NEAR(Predict(model, {a}).log_odds, prior + std::log(9.0 / 5), kExact);
  EXPECT_NEAR(Predict(model, {a, b}).log_odds, prior + std::log(9.0 / 5 * 3 / 5) / 2, kExact);
  // One that is not known counts for nothing, not even in the mean.
  EXPECT_NEAR(Predict(model, {a, {Factor::kInterest, "c"}}).log_odds, prior + std::log(9.0 / 5),
              kExact);
}

TEST(OutcomeModel, RareValuesAndTooManyAreNotLearned) {
  std::vector<Outcome> outcomes;
  const auto add = [&](const char* source, int leads) {
    for (int i = 0; i < leads; ++i) outcomes.push_back(AnOutcome(i % 2 == 0, {FromSource(source)}));
  };
  add("d", 7);
  add("c", 4);
  add("b", 6);
  add("a", 5);
  const auto values = [&](const LearningLimits& limits) {
    std::vector<std::string> names;
    for (const FactorCounts& factor : Learn(outcomes, limits).factors) {
      for (const ValueCount& each : factor.values) names.push_back(each.value);
    }
    return names;
  };
  EXPECT_THAT(values({}), ElementsAre("a", "b", "d"));
  EXPECT_THAT(values({.most_values = 2}), ElementsAre("b", "d"));
  EXPECT_THAT(values({.fewest_leads = 8}), IsEmpty());
}

TEST(OutcomeModel, TooFewOutcomesSayHowManyThereAre) {
  const absl::Status few = CheckEnough(50, 49);
  EXPECT_EQ(few.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(error::ReasonOf(few), "OUTCOMES_TOO_FEW");
  EXPECT_THAT(std::string(few.message()), HasSubstr("50 leads were converted and 49"));
  EXPECT_TRUE(CheckEnough(50, 50).ok());
  EXPECT_FALSE(CheckEnough(49, 50).ok());
  EXPECT_FALSE(CheckEnough(500, 0).ok());
}

// Worlds of leads, each by its seed.
class RandomLeads {
 public:
  explicit RandomLeads(unsigned seed) : random_(seed) {}

  Facts SomeFacts() {
    Facts facts;
    for (const Factor factor : kFactors) {
      const unsigned value = random_() % 5;
      if (value > 0) facts.push_back({factor, std::string(1, static_cast<char>('a' + value))});
    }
    return facts;
  }

  std::vector<Outcome> SomeOutcomes() {
    std::vector<Outcome> outcomes;
    const unsigned leads = random_() % 400;
    const unsigned converted_of_ten = random_() % 11;
    for (unsigned i = 0; i < leads; ++i) {
      outcomes.push_back(AnOutcome(random_() % 10 < converted_of_ten, SomeFacts()));
    }
    return outcomes;
  }

 private:
  std::mt19937 random_;
};

TEST(OutcomeModel, ProbabilitiesLieBetweenZeroAndOne) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    RandomLeads leads(seed);
    const OutcomeModel model = Learn(leads.SomeOutcomes());
    const Prediction prediction = Predict(model, leads.SomeFacts());
    ASSERT_GT(prediction.probability, 0) << seed;
    ASSERT_LT(prediction.probability, 1) << seed;
    double sum = prediction.prior_log_odds;
    for (const Contribution& each : prediction.contributions) sum += each.log_odds;
    ASSERT_NEAR(sum, prediction.log_odds, 1e-9) << seed;
  }
  // Also where every fact says the same, thousands of times.
  std::vector<Outcome> sure;
  Facts good, bad;
  for (const Factor factor : kFactors) {
    good.push_back({factor, "good"});
    bad.push_back({factor, "bad"});
  }
  for (int i = 0; i < 10'000; ++i) sure.push_back(AnOutcome(i % 2 == 0, i % 2 == 0 ? good : bad));
  EXPECT_LT(Predict(Learn(sure), good).probability, 1);
  EXPECT_GT(Predict(Learn(sure), bad).probability, 0);
}

TEST(OutcomeModel, AnotherConvertedLeadOfTheSameKindNeverLowersThePrediction) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    RandomLeads leads(seed);
    std::vector<Outcome> outcomes = leads.SomeOutcomes();
    if (outcomes.empty()) continue;
    const Facts facts = outcomes.front().facts;
    const double before = Predict(Learn(outcomes, kEverything), facts).log_odds;
    outcomes.push_back(AnOutcome(true, facts));
    const double after = Predict(Learn(outcomes, kEverything), facts).log_odds;
    ASSERT_GE(after, before - 1e-9) << seed;
    outcomes.back().converted = false;
    ASSERT_LE(Predict(Learn(outcomes, kEverything), facts).log_odds, before + 1e-9) << seed;
  }
}

TEST(OutcomeModel, DoesNotDependOnTheOrderOfLeads) {
  RandomLeads leads(7);
  std::vector<Outcome> outcomes = leads.SomeOutcomes();
  const OutcomeModel model = Learn(outcomes);
  std::reverse(outcomes.begin(), outcomes.end());
  EXPECT_EQ(Learn(outcomes), model);
}

}  // namespace
}  // namespace crm::lead
