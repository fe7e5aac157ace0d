#include "services/opportunity/domain/pipeline.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace crm::opportunity {

const Stage* Pipeline::Find(absl::string_view key) const {
  const auto found = std::find_if(stages.begin(), stages.end(),
                                  [key](const Stage& stage) { return stage.key == key; });
  return found == stages.end() ? nullptr : &*found;
}

const RetiredStage* Pipeline::FindRetired(absl::string_view key) const {
  const auto found = std::find_if(retired.begin(), retired.end(),
                                  [key](const RetiredStage& it) { return it.stage.key == key; });
  return found == retired.end() ? nullptr : &*found;
}

const Stage* Pipeline::FindAny(absl::string_view key) const {
  if (const Stage* const stage = Find(key)) return stage;
  const RetiredStage* const found = FindRetired(key);
  return found == nullptr ? nullptr : &found->stage;
}

const Stage* Pipeline::Standing(absl::string_view key) const {
  const RetiredStage* const found = FindRetired(key);
  return Find(found == nullptr ? key : found->successor);
}

const Stage& Pipeline::First() const { return Only(StageType::kOpen); }

const Stage& Pipeline::Only(StageType type) const {
  return *std::find_if(stages.begin(), stages.end(),
                       [type](const Stage& stage) { return stage.type == type; });
}

std::string PipelineName(absl::string_view slug) { return absl::StrCat(kPipelines, "/", slug); }

base::Uuid PipelineId(absl::string_view slug) {
  // Chosen once at random; rows are found by what it makes of slugs.
  constexpr base::Uuid kSpace(0x5d0c'93b6'8a3e'4f0b, 0x9c57'1e2f'7b64'a8d1);
  return base::Uuid::V5(kSpace, slug);
}

const Pipeline& DefaultPipeline() {
  using enum StageType;
  using enum ForecastCategory;
  using enum GateKind;
  static const auto* const kDefault = [] {
    auto* const it = new Pipeline();
    it->slug = std::string(kDefaultPipeline);
    it->id = PipelineId(it->slug);
    it->revision = 1;
    it->display_name = "Default";
    const auto add = [it](const char* key, const char* name, StageType type, int probability,
                          ForecastCategory category, std::initializer_list<GateKind> gates) {
      Stage& stage = it->stages.emplace_back();
      stage.key = key;
      stage.display_name = name;
      stage.type = type;
      stage.position = static_cast<int>(it->stages.size());
      stage.probability = probability;
      stage.category = category;
      for (const GateKind kind : gates) stage.gates.emplace_back().kind = kind;
    };
    add("discovery", "Discovery", kOpen, 20, kPipeline, {});
    add("needs_confirmed", "Needs confirmed", kOpen, 40, kPipeline, {kNeedConfirmed, kStrongNeed});
    add("proposal", "Proposal", kOpen, 60, kBestCase,
        {kAmount, kExpectedCloseDate, kPrimaryContact});
    add("payment_terms", "Payment terms", kOpen, 75, kBestCase,
        {kSupplierReleased, kDecisionMaker});
    add("contract", "Contract", kOpen, 90, kCommit, {kPaymentTermsAgreed});
    add("won", "Won", kWon, 100, kClosed, {kContractSigned, kAmount});
    add("lost", "Lost", kLost, 0, kOmitted, {kLossReason});
    return it;
  }();
  return *kDefault;
}

}  // namespace crm::opportunity
