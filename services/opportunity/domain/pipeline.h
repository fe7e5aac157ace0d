#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/base/enum_names.h"
#include "services/opportunity/domain/opportunity_state.h"

namespace crm::opportunity {

enum class ForecastCategory {
  kPipeline = 1,
  kBestCase = 2,
  kCommit = 3,
  kClosed = 4,
  kOmitted = 5
};

inline constexpr base::EnumName<ForecastCategory> kForecastCategoryNames[] = {
    {ForecastCategory::kPipeline, "PIPELINE"},
    {ForecastCategory::kBestCase, "BEST_CASE"},
    {ForecastCategory::kCommit, "COMMIT"},
    {ForecastCategory::kClosed, "CLOSED"},
    {ForecastCategory::kOmitted, "OMITTED"}};

// A fact that must hold before a stage may be entered; opportunity_rules.h says how each is tested.
enum class Gate {
  kNeedConfirmed,
  kStrongNeed,
  kAmount,
  kExpectedCloseDate,
  kPrimaryContact,
  kSupplierReleased,
  kDecisionMaker,
  kPaymentTermsAgreed,
  kContractSigned,
  kLossReason,
};

struct Stage {
  std::string key;
  std::string display_name;
  StageType type = StageType::kOpen;
  int position = 0;     // ascending along the way to a sale
  int probability = 0;  // default in percent, 0–100; always 100 for WON and 0 for LOST
  ForecastCategory category = ForecastCategory::kPipeline;
  std::vector<Gate> gates;  // to enter
};

// The stages that opportunities of one kind go through, ascending by position: at least one OPEN
// stage, exactly one WON and one LOST.
struct Pipeline {
  std::string id;
  std::vector<Stage> stages;

  // The stage with this key, or nullptr.
  const Stage* Find(absl::string_view key) const;
  // Where an opportunity begins: the first OPEN stage.
  const Stage& First() const;
  const Stage& Won() const { return Only(StageType::kWon); }
  const Stage& Lost() const { return Only(StageType::kLost); }

 private:
  const Stage& Only(StageType type) const;
};

// discovery, needs_confirmed, proposal, payment_terms, contract, won, lost.
const Pipeline& DefaultPipeline();

// The pipeline with this id, or nullptr.
const Pipeline* FindPipeline(absl::string_view id);

}  // namespace crm::opportunity
