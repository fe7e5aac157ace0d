#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/uuid.h"
#include "services/opportunity/domain/forecast_category.h"
#include "services/opportunity/domain/gate.h"
#include "services/opportunity/domain/opportunity_state.h"

namespace crm::opportunity {

struct Stage {
  std::string key;
  std::string display_name;
  StageType type = StageType::kOpen;
  int position = 0;     // ascending along the way to a sale
  int probability = 0;  // default in percent, 0–100; always 100 for WON and 0 for LOST
  ForecastCategory category = ForecastCategory::kPipeline;
  std::vector<Gate> gates;               // to enter
  std::vector<std::string> next_stages;  // OPEN stages that a move may lead to; empty: all
  std::string stage_key;                 // what it is called across pipelines; empty: `key`

  // What the stage is called across pipelines.
  const std::string& SharedKey() const { return stage_key.empty() ? key : stage_key; }

  bool operator==(const Stage&) const = default;
};

// A stage that was removed. It cannot be entered; what is in it is on its way to the successor,
// which is always an OPEN stage of the pipeline.
struct RetiredStage {
  Stage stage;  // as it last was
  std::string successor;
  absl::Time retire_time;
  std::string actor;  // who removed it

  bool operator==(const RetiredStage&) const = default;
};

// The stages that opportunities of one kind go through, ascending by position: OPEN ones, then
// exactly one WON and one LOST (pipeline_rules.h). A plain value, changed by pipeline_edit.h. Each
// revision of a pipeline is immutable.
struct Pipeline {
  std::string tenant;
  base::Uuid id;  // PipelineId(slug)
  int64_t revision = 0;
  absl::Time create_time;
  absl::Time update_time;

  std::string slug;  // the last part of its name
  std::string display_name;
  std::string description;
  std::optional<absl::Time> archive_time;  // set: it takes no new opportunities
  std::vector<Stage> stages;
  std::vector<RetiredStage> retired;

  bool operator==(const Pipeline&) const = default;

  // The stage with this key that may be entered, or nullptr.
  const Stage* Find(absl::string_view key) const;
  // The retired stage with this key, or nullptr.
  const RetiredStage* FindRetired(absl::string_view key) const;
  // The stage with this key, retired or not, or nullptr: what an opportunity may be in.
  const Stage* FindAny(absl::string_view key) const;
  // Where on the way to a sale an opportunity in this stage stands: there, or, if the stage is
  // retired, at its successor. nullptr for a key that the pipeline never had.
  const Stage* Standing(absl::string_view key) const;

  // Where an opportunity begins: the first OPEN stage.
  const Stage& First() const;
  const Stage& Won() const { return Only(StageType::kWon); }
  const Stage& Lost() const { return Only(StageType::kLost); }

 private:
  const Stage& Only(StageType type) const;
};

// "pipelines/{slug}".
inline constexpr absl::string_view kPipelines = "pipelines";
std::string PipelineName(absl::string_view slug);

// The id of the pipeline with this slug, the same in every tenant.
base::Uuid PipelineId(absl::string_view slug);

// Where opportunities go that name no pipeline.
inline constexpr absl::string_view kDefaultPipeline = "default";

// The default pipeline as every tenant has it until it changes it: discovery, needs_confirmed,
// proposal, payment_terms, contract, won, lost. Revision 1, without tenant and times.
const Pipeline& DefaultPipeline();

// One revision of a pipeline, shared by all that go by it.
using Definition = std::shared_ptr<const Pipeline>;

// What an opportunity carries beside its row: its pipeline as it counts in this transaction. No
// part of what is stored, so that all are equal. Both empty where nobody asked.
struct RulesInForce {
  int64_t revision = 0;
  Definition definition;

  bool operator==(const RulesInForce&) const { return true; }
};

}  // namespace crm::opportunity
