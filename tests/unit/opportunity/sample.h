#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/base/id_generator.h"
#include "common/error/error.h"
#include "services/opportunity/domain/opportunity_edit.h"
#include "services/opportunity/domain/opportunity_moves.h"
#include "services/opportunity/domain/opportunity_rules.h"
#include "tests/support/sequence_id_generator.h"

namespace crm::opportunity::testing {

inline const absl::Time kStart = absl::FromCivil(absl::CivilDay(2026, 3, 1), absl::UTCTimeZone());

inline base::Uuid Id(uint64_t n) { return crm::testing::SequenceIdGenerator::At(n); }

// A move made `days` after the start, recorded at once.
inline Occasion On(int days) {
  Occasion occasion;
  occasion.now = kStart + absl::Hours(24) * days;
  occasion.actor = "agent-7";
  occasion.event_id = Id(1000 + days);
  return occasion;
}

inline Opportunity Fresh() {
  Opportunity it;
  it.tenant = "acme";
  it.id = Id(1);
  it.display_name = "Forty presses";
  it.contact = Id(2);
  it.lead = Id(3);
  it.owner = "agent-7";
  return it;
}

// An opportunity just opened, all gates unmet.
inline Opportunity Opened() {
  Opportunity it = Fresh();
  EXPECT_TRUE(Open(it, DefaultPipeline(), On(0)).ok());
  it.stage_changes.clear();
  return it;
}

// A gate of this kind, with a parameter if it takes one.
inline Gate GateOf(GateKind kind) {
  Gate gate;
  gate.kind = kind;
  switch (RuleOf(kind).parameter) {
    case GateParameter::kNone:
      break;
    case GateParameter::kField:
      gate.field = "interests";
      break;
    case GateParameter::kAttribute:
      gate.attribute = "budget_code";
      break;
    case GateParameter::kAmount:
      gate.minimum_amount = base::Money{"USD", 200000};
      break;
    case GateParameter::kDays:
      gate.days = 7;
      break;
    case GateParameter::kRole:
      gate.role = BuyingRole::kBuyer;
      break;
  }
  return gate;
}

// Gives `it` what GateOf(kind) asks for, for a move at kStart or later.
inline void Meet(GateKind kind, Opportunity& it) {
  if (it.needs.empty()) it.needs.push_back({"presses", NeedStrength::kWeak, {}, ""});
  if (it.contact_roles.empty()) it.contact_roles.push_back({Id(2), BuyingRole::kAdviser, false});
  switch (kind) {
    case GateKind::kNeedConfirmed:
      it.needs[0].confirm_time = kStart;
      break;
    case GateKind::kStrongNeed:
      it.needs[0].strength = NeedStrength::kStrong;
      break;
    case GateKind::kAmount:
      if (!it.amount) it.amount = base::Money{"USD", 105400};
      break;
    case GateKind::kExpectedCloseDate:
      it.expected_close_date = absl::CivilDay(2026, 6, 1);
      break;
    case GateKind::kPrimaryContact:
      it.contact_roles[0].primary = true;
      break;
    case GateKind::kSupplierReleased:
      it.present_supplier.status = SupplierStatus::kReleased;
      break;
    case GateKind::kDecisionMaker:
      it.contact_roles.push_back({Id(4), BuyingRole::kDecisionMaker, false});
      break;
    case GateKind::kPaymentTermsAgreed:
      it.payment_terms.status = PaymentTermsStatus::kAgreed;
      break;
    case GateKind::kContractSigned:
      it.contract.status = ContractStatus::kSigned;
      break;
    case GateKind::kLossReason:
      it.loss_reason = LossReason::kPrice;
      break;
    case GateKind::kFieldSet:
      it.interests = {"press"};
      break;
    case GateKind::kAttributeSet:
      it.attributes["budget_code"] = "B-7";
      break;
    case GateKind::kMinimumAmount:
      it.amount = base::Money{"USD", 200000};
      break;
    case GateKind::kDaysInStage:
      it.stage_enter_time = kStart - absl::Hours(24 * 7);
      break;
    case GateKind::kContactRole:
      it.contact_roles.push_back({Id(5), BuyingRole::kBuyer, false});
      break;
  }
}

// An opportunity that meets every gate, in the stage named.
inline Opportunity Ready(absl::string_view stage = "discovery",
                         const Pipeline& pipeline = DefaultPipeline()) {
  Opportunity it = Fresh();
  for (const Stage& each : pipeline.stages) {
    for (const Gate& gate : each.gates) Meet(gate.kind, it);
  }
  it.loss_reason.reset();
  EXPECT_TRUE(Open(it, pipeline, On(0)).ok());
  const Stage& target = *pipeline.Find(stage);
  switch (target.type) {
    case StageType::kOpen:
      if (it.stage != target.key) {
        EXPECT_TRUE(Move(it, pipeline, stage, On(1)).ok());
      }
      break;
    case StageType::kWon:
      EXPECT_TRUE(Win(it, pipeline, On(1)).ok());
      break;
    case StageType::kLost:
      EXPECT_TRUE(Lose(it, pipeline, On(1), LossReason::kPrice).ok());
      break;
  }
  it.stage_changes.clear();
  return it;
}

// A proposal whose probability and category were set by hand.
inline Opportunity HandSet() {
  Opportunity it = Ready("proposal");
  OpportunityEdit edit;
  edit.probability = std::make_optional(33);
  edit.category = std::make_optional(ForecastCategory::kCommit);
  EXPECT_TRUE(Edit(it, edit, DefaultPipeline()).ok());
  return it;
}

// For each settable field but probability and category an edit of it alone.
inline std::vector<OpportunityEdit> EveryEdit() {
  std::vector<OpportunityEdit> edits(16);
  edits[0].display_name = "Fifty presses";
  edits[1].owner = "agent-8";
  edits[2].external_id = "D-2";
  edits[3].amount = std::make_optional(base::Money{"EUR", 7});
  edits[4].expected_close_date = std::make_optional(absl::CivilDay(2027, 1, 1));
  edits[5].needs = std::vector<Need>{};
  edits[6].present_supplier = PresentSupplier{SupplierStatus::kNone, "Old Ltd", std::nullopt};
  edits[7].payment_terms = PaymentTerms{PaymentTermsStatus::kProposed, 30, 2, "by bank"};
  edits[8].contract = Contract{ContractStatus::kSent, kStart, std::nullopt};
  edits[9].contact_roles = std::vector<ContactRole>{};
  edits[10].interests = std::vector<std::string>{"press"};
  edits[11].line_items = std::vector<LineItem>{{"press", 40'000, {"USD", 2500}, 50}};
  edits[12].competitors =
      std::vector<Competitor>{{"Rival Ltd", CompetitorStatus::kActive, "cheap"}};
  edits[13].next_step = NextStep{"Call them", absl::CivilDay(2026, 4, 1)};
  edits[14].team = std::vector<TeamMember>{{"agent-9", "engineer"}};
  edits[15].attributes = std::map<std::string, std::string>{{"region", "north"}};
  return edits;
}

inline std::string Metadata(const absl::Status& status, absl::string_view key) {
  const auto details = error::DetailsOf(status);
  if (!details) return "";
  for (const auto& [name, value] : details->metadata) {
    if (name == key) return value;
  }
  return "";
}

}  // namespace crm::opportunity::testing
