#include "services/opportunity/domain/pipeline_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Stages = std::vector<Stage>;

std::vector<std::string> FieldsOf(const Violations& violations) {
  std::vector<std::string> fields;
  for (const error::FieldViolation& it : violations) fields.push_back(it.field);
  return fields;
}

TEST(PipelineRules, TheDefaultPipelineBreaksNone) {
  EXPECT_THAT(FieldsOf(CheckStages(DefaultPipeline().stages)), IsEmpty());
}

// Each makes one fault in the default stages (0–4 OPEN, 5 WON, 6 LOST) and names what is said.
struct Fault {
  const char* name;
  std::function<void(Stages&)> make;
  std::vector<std::string> fields;
};

const std::vector<Fault>& Faults() {
  static const auto* const kFaults = new std::vector<Fault>{
      {"no stages", [](Stages& s) { s.clear(); }, {"stages", "stages", "stages", "stages"}},
      {"no open stage", [](Stages& s) { s.erase(s.begin(), s.begin() + 5); }, {"stages", "stages"}},
      {"too many",
       [](Stages& s) {
         for (int i = 0; i < 44; ++i) {
           s.insert(s.begin(), s[0])->key = absl::StrCat("more_", i);
         }
       },
       {"stages"}},
      {"no won", [](Stages& s) { s.erase(s.begin() + 5); }, {"stages"}},
      {"no lost", [](Stages& s) { s.pop_back(); }, {"stages"}},
      {"two won", [](Stages& s) { s.insert(s.begin() + 5, s[5])->key = "sold"; }, {"stages"}},
      {"won before the last open one",
       [](Stages& s) { std::swap(s[4], s[5]); },
       {"stages[5].type"}},
      {"lost before won", [](Stages& s) { std::swap(s[5], s[6]); }, {"stages[6].type"}},
      {"no key", [](Stages& s) { s[1].key.clear(); }, {"stages[1].key"}},
      {"a key in capitals", [](Stages& s) { s[1].key = "Needs"; }, {"stages[1].key"}},
      {"a key with a hyphen", [](Stages& s) { s[1].key = "a-b"; }, {"stages[1].key"}},
      {"a key that begins with a digit", [](Stages& s) { s[1].key = "1a"; }, {"stages[1].key"}},
      {"a key that is too long",
       [](Stages& s) { s[1].key = std::string(64, 'a'); },
       {"stages[1].key"}},
      {"a key twice", [](Stages& s) { s[3].key = s[1].key; }, {"stages[3].key"}},
      {"a malformed stage key", [](Stages& s) { s[2].stage_key = "A"; }, {"stages[2].stage_key"}},
      {"a stage key twice",
       [](Stages& s) { s[1].stage_key = s[4].stage_key = "offer"; },
       {"stages[4].stage_key"}},
      {"a stage key that is a later stage's key",
       [](Stages& s) { s[1].stage_key = s[4].key; },
       {"stages[4].stage_key"}},
      {"a stage key that is an earlier stage's key",
       [](Stages& s) { s[4].stage_key = s[1].key; },
       {"stages[4].stage_key"}},
      {"a probability below zero",
       [](Stages& s) { s[0].probability = -1; },
       {"stages[0].probability"}},
      {"a probability above 100",
       [](Stages& s) { s[0].probability = 101; },
       {"stages[0].probability"}},
      {"won at 99", [](Stages& s) { s[5].probability = 99; }, {"stages[5].probability"}},
      {"lost at 1", [](Stages& s) { s[6].probability = 1; }, {"stages[6].probability"}},
      {"open and CLOSED",
       [](Stages& s) { s[0].category = ForecastCategory::kClosed; },
       {"stages[0].forecast_category"}},
      {"won and OMITTED",
       [](Stages& s) { s[5].category = ForecastCategory::kOmitted; },
       {"stages[5].forecast_category"}},
      {"lost and CLOSED",
       [](Stages& s) { s[6].category = ForecastCategory::kClosed; },
       {"stages[6].forecast_category"}},
      {"a gate twice",
       [](Stages& s) {
         s[1].gates = {GateOf(GateKind::kAmount), GateOf(GateKind::kAmount)};
       },
       {"stages[1].gates[1]"}},
      {"too many gates",
       [](Stages& s) {
         s[1].gates.clear();
         for (int i = 1; i <= 21; ++i) {
           s[1].gates.push_back(GateOf(GateKind::kDaysInStage));
           s[1].gates.back().days = i;
         }
       },
       {"stages[1].gates"}},
      {"a loss reason for an open stage",
       [](Stages& s) { s[1].gates = {GateOf(GateKind::kLossReason)}; },
       {"stages[1].gates[0].kind"}},
      {"a loss reason for the won stage",
       [](Stages& s) { s[5].gates = {GateOf(GateKind::kLossReason)}; },
       {"stages[5].gates[0].kind"}},
      {"an unknown field",
       [](Stages& s) {
         s[1].gates = {GateOf(GateKind::kFieldSet)};
         s[1].gates[0].field = "colour";
       },
       {"stages[1].gates[0].field"}},
      {"a malformed attribute",
       [](Stages& s) {
         s[1].gates = {GateOf(GateKind::kAttributeSet)};
         s[1].gates[0].attribute = "Budget code";
       },
       {"stages[1].gates[0].attribute"}},
      {"a minimum of nothing",
       [](Stages& s) {
         s[1].gates = {GateOf(GateKind::kMinimumAmount)};
         s[1].gates[0].minimum_amount->minor = 0;
       },
       {"stages[1].gates[0].minimum_amount"}},
      {"a minimum in no currency",
       [](Stages& s) {
         s[1].gates = {GateOf(GateKind::kMinimumAmount)};
         s[1].gates[0].minimum_amount->currency = "XXX";
       },
       {"stages[1].gates[0].minimum_amount"}},
      {"too many days",
       [](Stages& s) {
         s[1].gates = {GateOf(GateKind::kDaysInStage)};
         s[1].gates[0].days = 3651;
       },
       {"stages[1].gates[0].days"}},
      {"next stages of won",
       [](Stages& s) { s[5].next_stages = {"proposal"}; },
       {"stages[5].next_stages"}},
      {"a next stage that is not there",
       [](Stages& s) { s[0].next_stages = {"nowhere"}; },
       {"stages[0].next_stages[0]"}},
      {"a next stage that is won",
       [](Stages& s) {
         s[0].next_stages = {"proposal", "won"};
       },
       {"stages[0].next_stages[1]"}},
      {"itself as next stage",
       [](Stages& s) { s[0].next_stages = {"discovery"}; },
       {"stages[0].next_stages[0]"}},
      {"a next stage twice",
       [](Stages& s) {
         s[0].next_stages = {"proposal", "proposal"};
       },
       {"stages[0].next_stages[1]"}},
  };
  return *kFaults;
}

TEST(PipelineRules, EachFaultIsNamedInItsPlace) {
  for (const Fault& fault : Faults()) {
    Stages stages = DefaultPipeline().stages;
    fault.make(stages);
    EXPECT_EQ(FieldsOf(CheckStages(stages)), fault.fields) << fault.name;
  }
}

TEST(PipelineRules, EveryRuleHasAFaultThatBreaksIt) {
  for (const StagesRule& rule : StagesRules()) {
    bool broken = false;
    for (const Fault& fault : Faults()) {
      Stages stages = DefaultPipeline().stages;
      fault.make(stages);
      Violations violations;
      rule.check(stages, violations);
      broken |= !violations.empty();
    }
    EXPECT_TRUE(broken) << rule.name;
  }
}

TEST(PipelineRules, AllFaultsAreToldAtOnce) {
  Stages stages = DefaultPipeline().stages;
  stages[0].probability = 200;
  stages[1].key = "X";
  stages[5].category = ForecastCategory::kCommit;
  EXPECT_THAT(FieldsOf(CheckStages(stages)),
              ElementsAre("stages[1].key", "stages[0].probability", "stages[5].forecast_category"));
}

// Every kind of gate with every parameter: its own is required, every other refused.
TEST(PipelineRules, AGateTakesTheParameterOfItsKindAndNoOther) {
  struct Parameter {
    GateParameter which;
    const char* field;
    void (*give)(Gate&);
  };
  constexpr Parameter kParameters[] = {
      {GateParameter::kField, "field", [](Gate& g) { g.field = "owner"; }},
      {GateParameter::kAttribute, "attribute", [](Gate& g) { g.attribute = "code"; }},
      {GateParameter::kAmount, "minimum_amount",
       [](Gate& g) {
         g.minimum_amount = base::Money{"EUR", 1};
       }},
      {GateParameter::kDays, "days", [](Gate& g) { g.days = 1; }},
      {GateParameter::kRole, "role", [](Gate& g) { g.role = BuyingRole::kBlocker; }},
  };
  for (const GateRule& rule : GateRules()) {
    for (const Parameter& given : kParameters) {
      Stages stages = DefaultPipeline().stages;
      std::vector<Gate>& gates = stages[6].gates;  // LOST, which may have any kind
      gates.assign(1, Gate());
      gates[0].kind = rule.kind;
      std::vector<std::string> expected;
      given.give(gates[0]);
      for (const Parameter& each : kParameters) {
        const bool wanted = each.which == rule.parameter;
        const bool there = each.which == given.which;
        if (wanted != there) expected.push_back(absl::StrCat("stages[6].gates[0].", each.field));
      }
      EXPECT_EQ(FieldsOf(CheckStages(stages)), expected) << rule.key << " with " << given.field;
    }
  }
}

TEST(PipelineChangeRules, TypesStay) {
  const Pipeline before = DefaultPipeline();
  Stages stages = before.stages;
  std::swap(stages[5].key, stages[6].key);
  EXPECT_THAT(FieldsOf(CheckChange(before, stages, {})),
              ElementsAre("stages[5].type", "stages[6].type"));
}

TEST(PipelineChangeRules, WonAndLostStay) {
  const Pipeline before = DefaultPipeline();
  Stages stages = before.stages;
  stages[5].key = "sold";
  stages[6].key = "gone";
  EXPECT_THAT(FieldsOf(CheckChange(before, stages, {})), ElementsAre("stages", "stages"));
}

TEST(PipelineChangeRules, SuccessorsLeadFromARemovedStageToAnOpenOne) {
  const Pipeline before = DefaultPipeline();
  Stages stages = before.stages;
  stages.erase(stages.begin() + 1, stages.begin() + 3);
  const std::vector<StageSuccessor> successors = {
      {"needs_confirmed", "discovery"},  // good
      {"needs_confirmed", "contract"},   // twice
      {"contract", "discovery"},         // not removed
      {"nowhere", "discovery"},          // never was
      {"proposal", "won"},               // not OPEN
      {"proposal", "needs_confirmed"},   // twice, and gone itself
  };
  EXPECT_THAT(
      FieldsOf(CheckChange(before, stages, successors)),
      ElementsAre("successors[1].stage", "successors[2].stage", "successors[3].stage",
                  "successors[4].successor", "successors[5].stage", "successors[5].successor"));
}

}  // namespace
}  // namespace crm::opportunity::testing
