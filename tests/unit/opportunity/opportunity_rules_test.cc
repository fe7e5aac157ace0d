#include <gtest/gtest.h>

#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

constexpr Gate kAllGates[] = {
    Gate::kNeedConfirmed,  Gate::kStrongNeed,       Gate::kAmount,        Gate::kExpectedCloseDate,
    Gate::kPrimaryContact, Gate::kSupplierReleased, Gate::kDecisionMaker, Gate::kPaymentTermsAgreed,
    Gate::kContractSigned, Gate::kLossReason};

TEST(Gate, EachIsMetByItsOwnFactAndByNoOther) {
  for (const Gate asked : kAllGates) {
    EXPECT_EQ(RuleOf(asked).gate, asked);
    for (const Gate given : kAllGates) {
      Opportunity it = Fresh();
      Meet(given, it);
      EXPECT_EQ(RuleOf(asked).met(it), asked == given)
          << RuleOf(asked).key << " with " << RuleOf(given).key;
    }
  }
}

TEST(Gate, NoPresentSupplierIsAsGoodAsAReleasedOne) {
  Opportunity it = Fresh();
  const auto met = [&](SupplierStatus status) {
    it.present_supplier.status = status;
    return RuleOf(Gate::kSupplierReleased).met(it);
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
  EXPECT_TRUE(RuleOf(Gate::kAmount).met(it));
}

// Every gate of the default pipeline blocks exactly the moves that pass its stage.
TEST(Gate, EachBlocksEveryForwardMoveThroughItsStageAndNothingElse) {
  const Pipeline& pipeline = DefaultPipeline();
  for (const Stage& gated : pipeline.stages) {
    if (gated.type == StageType::kLost) continue;
    for (const Gate missing : gated.gates) {
      Opportunity it = Fresh();
      for (const Gate gate : kAllGates) {
        if (gate != missing) Meet(gate, it);
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
          EXPECT_EQ(!UnmetGates(it, pipeline, from, to).empty(), blocked)
              << RuleOf(missing).key << ": " << from.key << " → " << to.key;
        }
      }
    }
  }
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
