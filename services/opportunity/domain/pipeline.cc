#include "services/opportunity/domain/pipeline.h"

#include <algorithm>

namespace crm::opportunity {

const Stage* Pipeline::Find(absl::string_view key) const {
  const auto found = std::find_if(stages.begin(), stages.end(),
                                  [key](const Stage& stage) { return stage.key == key; });
  return found == stages.end() ? nullptr : &*found;
}

const Stage& Pipeline::First() const { return Only(StageType::kOpen); }

const Stage& Pipeline::Only(StageType type) const {
  return *std::find_if(stages.begin(), stages.end(),
                       [type](const Stage& stage) { return stage.type == type; });
}

const Pipeline& DefaultPipeline() {
  using enum StageType;
  using enum ForecastCategory;
  using enum Gate;
  static const auto* const kDefault =
      new Pipeline{"default",
                   {
                       {"discovery", "Discovery", kOpen, 1, 20, kPipeline, {}},
                       {"needs_confirmed",
                        "Needs confirmed",
                        kOpen,
                        2,
                        40,
                        kPipeline,
                        {kNeedConfirmed, kStrongNeed}},
                       {"proposal",
                        "Proposal",
                        kOpen,
                        3,
                        60,
                        kBestCase,
                        {kAmount, kExpectedCloseDate, kPrimaryContact}},
                       {"payment_terms",
                        "Payment terms",
                        kOpen,
                        4,
                        75,
                        kBestCase,
                        {kSupplierReleased, kDecisionMaker}},
                       {"contract", "Contract", kOpen, 5, 90, kCommit, {kPaymentTermsAgreed}},
                       {"won", "Won", kWon, 6, 100, kClosed, {kContractSigned, kAmount}},
                       {"lost", "Lost", kLost, 7, 0, kOmitted, {kLossReason}},
                   }};
  return *kDefault;
}

const Pipeline* FindPipeline(absl::string_view id) {
  return id == DefaultPipeline().id ? &DefaultPipeline() : nullptr;
}

}  // namespace crm::opportunity
