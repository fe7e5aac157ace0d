#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

// What also meets a gate, beside its own fact.
constexpr std::pair<GateKind, GateKind> kAlsoMeets[] = {
    {GateKind::kMinimumAmount, GateKind::kAmount},
};

bool Meets(GateKind given, GateKind asked) {
  return given == asked ||
         std::count(std::begin(kAlsoMeets), std::end(kAlsoMeets), std::make_pair(given, asked)) > 0;
}

TEST(Gate, EveryKindHasARuleInItsPlace) {
  ASSERT_EQ(GateRules().size(), std::size(kGateKindNames));
  for (const auto& [kind, name] : kGateKindNames) {
    EXPECT_EQ(RuleOf(kind).kind, kind);
    EXPECT_EQ(absl::AsciiStrToUpper(RuleOf(kind).key), name);
  }
}

TEST(Gate, EachIsMetByItsOwnFactAndByNoOther) {
  for (const GateRule& asked : GateRules()) {
    for (const GateRule& given : GateRules()) {
      Opportunity it = Fresh();
      it.stage_enter_time = kStart;
      Meet(given.kind, it);
      EXPECT_EQ(Met(it, GateOf(asked.kind), kStart), Meets(given.kind, asked.kind))
          << asked.key << " with " << given.key;
    }
  }
}

TEST(Gate, EachIsCalledByItsKindAndParameter) {
  EXPECT_EQ(KeyOf(GateOf(GateKind::kAmount)), "amount");
  EXPECT_EQ(KeyOf(GateOf(GateKind::kFieldSet)), "field_set:interests");
  EXPECT_EQ(KeyOf(GateOf(GateKind::kAttributeSet)), "attribute_set:budget_code");
  EXPECT_EQ(KeyOf(GateOf(GateKind::kMinimumAmount)), "minimum_amount:USD:200000");
  EXPECT_EQ(KeyOf(GateOf(GateKind::kDaysInStage)), "days_in_stage:7");
  EXPECT_EQ(KeyOf(GateOf(GateKind::kContactRole)), "contact_role:BUYER");
  EXPECT_EQ(DemandOf(GateOf(GateKind::kFieldSet)), "The field interests is set.");
  EXPECT_EQ(DemandOf(GateOf(GateKind::kDaysInStage)),
            "The opportunity has been in its stage for at least 7 days.");
}

TEST(Gate, EveryFieldIsSetOnceItHasAValue) {
  Opportunity bare;
  Opportunity full = Ready();
  full.lead = Id(3);
  full.external_id = "D-1";
  full.lead_source = LeadSource::kReferral;
  full.interests = {"press"};
  full.line_items.emplace_back();
  full.competitors.emplace_back();
  full.next_step.text = "call";
  full.team.emplace_back();
  full.attributes["a"] = "b";
  for (const GateField& field : GateFields()) {
    EXPECT_FALSE(field.set(bare)) << field.name;
    EXPECT_TRUE(field.set(full)) << field.name;
  }
}

TEST(Gate, AMinimumCountsInItsOwnCurrency) {
  const Gate gate = GateOf(GateKind::kMinimumAmount);
  Opportunity it = Fresh();
  const auto met = [&](const char* currency, int64_t minor) {
    it.amount = base::Money{currency, minor};
    return Met(it, gate, kStart);
  };
  EXPECT_FALSE(Met(it, gate, kStart));
  EXPECT_FALSE(met("USD", 199999));
  EXPECT_TRUE(met("USD", 200000));
  EXPECT_TRUE(met("USD", 200001));
  EXPECT_FALSE(met("EUR", 900000));
}

TEST(Gate, DaysInStageAreCountedWhenTheMoveTakesEffect) {
  const Gate gate = GateOf(GateKind::kDaysInStage);
  Opportunity it = Opened();
  EXPECT_FALSE(Met(it, gate, kStart + absl::Hours(24 * 7) - absl::Microseconds(1)));
  EXPECT_TRUE(Met(it, gate, kStart + absl::Hours(24 * 7)));
}

TEST(Gate, NoPresentSupplierIsAsGoodAsAReleasedOne) {
  Opportunity it = Fresh();
  const auto met = [&](SupplierStatus status) {
    it.present_supplier.status = status;
    return Met(it, GateOf(GateKind::kSupplierReleased), kStart);
  };
  EXPECT_TRUE(met(SupplierStatus::kNone));
  EXPECT_TRUE(met(SupplierStatus::kReleased));
  EXPECT_FALSE(met(SupplierStatus::kUnknown));
  EXPECT_FALSE(met(SupplierStatus::kInPlace));
  EXPECT_FALSE(met(SupplierStatus::kNoticeGiven));
}

TEST(Gate, AnAmountOfZeroIsAnAmount) {
  Opportunity it = Fresh();
  it.amount = base::Money{"USD", 0};
  EXPECT_TRUE(Met(it, GateOf(GateKind::kAmount), kStart));
}

bool AnyUnmet(const std::vector<GateCheck>& checks) {
  return std::any_of(checks.begin(), checks.end(), [](const GateCheck& it) { return !it.met; });
}

// Every gate of the default pipeline blocks exactly the moves that pass its stage.
TEST(Gate, EachBlocksEveryForwardMoveThroughItsStageAndNothingElse) {
  const Pipeline& pipeline = DefaultPipeline();
  for (const Stage& gated : pipeline.stages) {
    if (gated.type == StageType::kLost) continue;
    for (const Gate& missing : gated.gates) {
      Opportunity it = Fresh();
      for (const GateRule& rule : GateRules()) {
        if (!Meets(rule.kind, missing.kind)) Meet(rule.kind, it);
      }
      for (const Stage& from : pipeline.stages) {
        for (const Stage& to : pipeline.stages) {
          if (from.type != StageType::kOpen || to.type == StageType::kLost || &from == &to)
            continue;
          bool blocked = false;
          for (const Stage& asked : pipeline.stages) {
            const bool passed = asked.position > from.position && asked.position <= to.position;
            const bool has = std::count(asked.gates.begin(), asked.gates.end(), missing) > 0;
            blocked |= passed && has;
          }
          EXPECT_EQ(AnyUnmet(CheckGates(it, pipeline, &from, to, kStart)), blocked)
              << KeyOf(missing) << ": " << from.key << " → " << to.key;
        }
      }
    }
  }
}

TEST(Gate, WhatComesFromElsewhereMeetsThoseOfAllOpenStagesUpToItsOwn) {
  const Pipeline& pipeline = DefaultPipeline();
  std::vector<std::string> names;
  for (const GateCheck& check :
       CheckGates(Fresh(), pipeline, nullptr, *pipeline.Find("proposal"), kStart)) {
    names.push_back(GateName(check));
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"needs_confirmed/need_confirmed",
                                      "needs_confirmed/strong_need", "proposal/amount",
                                      "proposal/expected_close_date", "proposal/primary_contact"}));
  EXPECT_TRUE(CheckGates(Fresh(), pipeline, nullptr, pipeline.First(), kStart).empty());
}

TEST(Gate, AllUnmetOnesComeBackTogetherInOrder) {
  Opportunity it = Opened();
  const Opportunity before = it;
  const absl::Status status = Move(it, DefaultPipeline(), "contract", On(1));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(error::ReasonOf(status), "GATES_UNMET");
  EXPECT_EQ(Metadata(status, "stage"), "contract");
  EXPECT_EQ(Metadata(status, "gates"),
            "needs_confirmed/need_confirmed,needs_confirmed/strong_need,proposal/amount,"
            "proposal/expected_close_date,proposal/primary_contact,"
            "payment_terms/supplier_released,payment_terms/decision_maker,"
            "contract/payment_terms_agreed");
  const auto details = error::DetailsOf(status);
  ASSERT_EQ(details->preconditions.size(), 8u);
  EXPECT_EQ(
      details->preconditions[2],
      (error::PreconditionViolation{"GATE", NameOf(it), "proposal/amount: The amount is set."}));
  EXPECT_EQ(it, before);
}

TEST(Gate, GoingBackAsksForNone) {
  Opportunity it = Ready("contract");
  it.needs.clear();
  it.contact_roles.clear();
  it.amount.reset();
  EXPECT_TRUE(Move(it, DefaultPipeline(), "needs_confirmed", On(2)).ok());
}

TEST(Gate, LosingAsksForNoGateOfTheWayToASale) {
  Opportunity it = Opened();
  EXPECT_TRUE(Lose(it, DefaultPipeline(), On(1), LossReason::kBudget).ok());
}

TEST(Gate, AnOverrideNeedsAReasonAndMarksTheChange) {
  Opportunity it = Opened();
  ASSERT_TRUE(Move(it, DefaultPipeline(), "needs_confirmed", On(1), "call", "imported").ok());
  const StageChange& change = it.stage_changes.back();
  EXPECT_EQ(change.overridden_gates, (std::vector<std::string>{"needs_confirmed/need_confirmed",
                                                               "needs_confirmed/strong_need"}));
  EXPECT_EQ(change.reason, "imported");
}

TEST(Gate, AnOverrideOfNothingIsNone) {
  Opportunity it = Ready();
  ASSERT_TRUE(Move(it, DefaultPipeline(), "proposal", On(1), "call", "imported").ok());
  EXPECT_TRUE(it.stage_changes.back().overridden_gates.empty());
  EXPECT_EQ(it.stage_changes.back().reason, "call");
}

TEST(Gate, TheFinalAmountCountsWhenWinning) {
  Opportunity it = Ready("contract");
  it.amount.reset();
  const Opportunity before = it;
  const absl::Status status = Win(it, DefaultPipeline(), On(2));
  EXPECT_EQ(Metadata(status, "gates"), "won/amount");
  EXPECT_EQ(it, before);
  EXPECT_TRUE(Win(it, DefaultPipeline(), On(2), base::Money{"USD", 5}).ok());
}

TEST(Gate, AFailedWinLeavesTheAmountAlone) {
  Opportunity it = Ready("contract");
  it.contract = {};
  const Opportunity before = it;
  EXPECT_EQ(error::ReasonOf(Win(it, DefaultPipeline(), On(2), base::Money{"USD", 5})),
            "GATES_UNMET");
  EXPECT_EQ(it, before);
}

}  // namespace
}  // namespace crm::opportunity::testing
