// Which rule is for which lead, and who gets it.

#include "services/lead/domain/assignment_rules.h"

#include <gmock/gmock.h>

#include <map>

#include "services/lead/domain/dealer.h"

namespace crm::lead {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

AssignmentRule RuleOf(const std::string& name) {
  AssignmentRule rule;
  rule.name = name;
  rule.way = AssignmentWay::kRoundRobin;
  rule.team = {"anna", "bert", "carla"};
  return rule;
}

std::string FirstFor(const AssignmentRules& rules, const LeadTraits& lead) {
  const AssignmentRule* const rule = FirstRuleFor(rules, lead);
  return rule == nullptr ? "" : rule->name;
}

TEST(AssignmentRules, EachConditionAndAllTogetherDecide) {
  AssignmentRule rule = RuleOf("web");
  rule.sources = {LeadSource::kWeb, LeadSource::kAdvert};
  rule.countries = {"Switzerland", "Jordan"};
  rule.least_score = 40;
  rule.most_score = 70;
  const AssignmentRules rules{.rules = {rule}};
  const struct {
    LeadTraits lead;
    bool fires;
  } cases[] = {
      {{LeadSource::kWeb, "Switzerland", 40}, true},
      {{LeadSource::kAdvert, " jordan ", 70}, true},
      {{LeadSource::kReferral, "Switzerland", 50}, false},
      {{LeadSource::kUnspecified, "Switzerland", 50}, false},
      {{LeadSource::kWeb, "Swiss", 50}, false},
      {{LeadSource::kWeb, "", 50}, false},
      {{LeadSource::kWeb, "Jordan", 39}, false},
      {{LeadSource::kWeb, "Jordan", 71}, false},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(FirstFor(rules, each.lead), each.fires ? "web" : "")
        << each.lead.country << " " << each.lead.score;
  }
}

TEST(AssignmentRules, TheFirstThatIsForALeadFires) {
  AssignmentRule swiss = RuleOf("swiss");
  swiss.countries = {"Switzerland"};
  const AssignmentRules rules{.rules = {swiss, RuleOf("all"), RuleOf("never")}};
  EXPECT_EQ(FirstFor(rules, {LeadSource::kWeb, "switzerland", 0}), "swiss");
  EXPECT_EQ(FirstFor(rules, {LeadSource::kWeb, "", 0}), "all");
  EXPECT_EQ(FirstFor(BuiltInRules().rules, {}), "");
  EXPECT_TRUE(AskForCountry(rules));
  EXPECT_FALSE(AskForCountry({.rules = {RuleOf("all")}}));
}

TEST(AssignmentRules, FaultsAreToldAllAtOnce) {
  EXPECT_THAT(FaultsOf({.rules = {RuleOf("all")}}), IsEmpty());
  AssignmentRule bad = RuleOf("all");
  bad.way = AssignmentWay::kUnspecified;
  bad.team = {"anna", "anna"};
  bad.least_score = 70;
  bad.most_score = 40;
  AssignmentRule worse = RuleOf("worse");
  worse.team = {};
  worse.least_score = -1;
  worse.most_score = 101;
  std::vector<std::string> fields;
  for (const RulesFault& fault : FaultsOf({.rules = {RuleOf("all"), bad, worse}})) {
    fields.push_back(fault.field);
  }
  EXPECT_THAT(fields,
              ElementsAre("rules[1].name", "rules[1].way", "rules[1].team", "rules[1].most_score",
                          "rules[2].team", "rules[2].least_score", "rules[2].most_score"));
  EXPECT_EQ(FaultsOf({.rules = std::vector<AssignmentRule>(101)}).size(), 1);
}

TEST(Dealer, DealsInTurnAndGoesOnWhereTheLastOneStopped) {
  const AssignmentRule rule = RuleOf("all");
  Dealer first({}, {});
  EXPECT_EQ(first.Next(rule), "anna");
  EXPECT_EQ(first.Next(rule), "bert");
  Dealer second(first.turns(), {});
  EXPECT_EQ(second.Next(rule), "carla");
  EXPECT_EQ(second.Next(rule), "anna");
}

TEST(Dealer, EveryRuleHasItsOwnTurn) {
  Dealer dealer({}, {});
  EXPECT_EQ(dealer.Next(RuleOf("one")), "anna");
  EXPECT_EQ(dealer.Next(RuleOf("two")), "anna");
  EXPECT_EQ(dealer.Next(RuleOf("one")), "bert");
}

TEST(Dealer, WhoHasLeftTheTeamIsFollowedByTheFirst) {
  AssignmentRule rule = RuleOf("all");
  Dealer dealer({{"all", "dora"}}, {});
  EXPECT_EQ(dealer.Next(rule), "anna");
  rule.team = {"carla", "anna"};
  EXPECT_EQ(dealer.Next(rule), "carla");
}

TEST(Dealer, TheLeastLoadedGetsTheNext) {
  AssignmentRule rule = RuleOf("all");
  rule.way = AssignmentWay::kLeastLoaded;
  Dealer dealer({}, {{"anna", 3}, {"bert", 1}, {"carla", 2}});
  std::vector<std::string> dealt;
  for (int i = 0; i < 6; ++i) dealt.push_back(dealer.Next(rule));
  EXPECT_THAT(dealt, ElementsAre("bert", "bert", "carla", "anna", "bert", "carla"));
  EXPECT_THAT(dealer.turns(), IsEmpty());
}

TEST(Dealer, RoundRobinIsFairToOneWhateverTheCut) {
  const AssignmentRule rule = RuleOf("all");
  for (int cut = 1; cut < 20; ++cut) {
    Turns turns;
    std::map<std::string, int> got;
    for (int i = 0; i < 100; ++i) {
      Dealer dealer(turns, {});
      for (int n = 0; n < cut; ++n) ++got[dealer.Next(rule)];
      turns = dealer.turns();
      const auto [least, most] = std::minmax({got["anna"], got["bert"], got["carla"]});
      ASSERT_LE(most - least, 1) << cut;
    }
  }
}

TEST(Dealer, TurnsOfRulesThatAreNoMoreAreForgotten) {
  Turns turns = {{"all", "anna"}, {"gone", "bert"}};
  KeepTurnsOf({.rules = {RuleOf("all")}}, turns);
  EXPECT_THAT(turns, ElementsAre(::testing::Pair("all", "anna")));
}

}  // namespace
}  // namespace crm::lead
