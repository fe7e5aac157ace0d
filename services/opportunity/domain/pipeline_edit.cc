#include "services/opportunity/domain/pipeline_edit.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "common/error/error.h"

namespace crm::opportunity {
namespace {

using Stages = std::vector<Stage>;

absl::Status Refused(const Violations& violations) {
  error::Error error = error::InvalidFields();
  for (const error::FieldViolation& it : violations) error.Violation(it.field, it.description);
  return error;
}

absl::Status StageInUse(const Pipeline& pipeline, const std::vector<std::string>& stages) {
  error::Error error(absl::StatusCode::kFailedPrecondition, "STAGE_IN_USE",
                     "A stage that has opportunities is removed: say where they go.");
  const std::string name = PipelineName(pipeline.slug);
  error.With("resource", name).With("stages", absl::StrJoin(stages, ","));
  for (const std::string& stage : stages) {
    error.Precondition("SUCCESSOR", name,
                       absl::StrCat(stage, ": where its opportunities go must be named."));
  }
  return error;
}

bool Has(const Stages& stages, absl::string_view key) {
  return std::any_of(stages.begin(), stages.end(),
                     [key](const Stage& stage) { return stage.key == key; });
}

// The nearest OPEN stage before `removed` that stays, else the first that there is.
const std::string& Nearest(const Pipeline& before, const Stages& after, const Stage& removed) {
  const Stage* nearest = &after.front();
  for (const Stage& stage : before.stages) {
    if (stage.key == removed.key) break;
    if (stage.type != StageType::kOpen) continue;
    for (const Stage& kept : after) {
      if (kept.key == stage.key) nearest = &kept;
    }
  }
  return nearest->key;
}

std::string SuccessorOf(const Pipeline& before, const PipelineEdit& edit, const Stage& removed) {
  for (const auto& [stage, successor] : edit.successors) {
    if (stage == removed.key) return successor;
  }
  return Nearest(before, *edit.stages, removed);
}

void Number(Stages& stages) {
  for (size_t i = 0; i < stages.size(); ++i) stages[i].position = static_cast<int>(i) + 1;
}

// The retired stages after `edit`. Those that a removed stage was the successor of follow it.
std::vector<RetiredStage> Retire(const Pipeline& before, const PipelineEdit& edit,
                                 const Occasion& occasion) {
  std::vector<RetiredStage> retired;
  for (const RetiredStage& it : before.retired) {
    if (Has(*edit.stages, it.stage.key)) continue;
    RetiredStage& kept = retired.emplace_back(it);
    if (!Has(*edit.stages, kept.successor)) {
      kept.successor = SuccessorOf(before, edit, *before.Find(kept.successor));
    }
  }
  for (const Stage& stage : before.stages) {
    if (Has(*edit.stages, stage.key)) continue;
    RetiredStage& gone = retired.emplace_back();
    gone.stage = stage;
    gone.stage.position = 0;
    gone.successor = SuccessorOf(before, edit, stage);
    gone.retire_time = occasion.now;
    gone.actor = occasion.actor;
  }
  return retired;
}

}  // namespace

std::vector<std::string> Abandoned(const Pipeline& before, const PipelineEdit& edit) {
  std::vector<std::string> abandoned;
  if (!edit.stages) return abandoned;
  for (const Stage& stage : before.stages) {
    if (stage.type != StageType::kOpen || Has(*edit.stages, stage.key)) continue;
    const bool named = std::any_of(edit.successors.begin(), edit.successors.end(),
                                   [&](const auto& it) { return it.stage == stage.key; });
    if (!named) abandoned.push_back(stage.key);
  }
  return abandoned;
}

absl::Status Edit(Pipeline& pipeline, const PipelineEdit& edit, const Occasion& occasion,
                  const absl::flat_hash_set<std::string>& unused) {
  const Stages& stages = edit.stages ? *edit.stages : pipeline.stages;
  Violations violations;
  if (edit.stages) violations = CheckStages(stages);
  for (auto& violation : CheckChange(pipeline, stages, edit.successors)) {
    violations.push_back(std::move(violation));
  }
  if (!violations.empty()) return Refused(violations);
  std::vector<std::string> abandoned = Abandoned(pipeline, edit);
  std::erase_if(abandoned, [&](const std::string& stage) { return unused.contains(stage); });
  if (!abandoned.empty()) return StageInUse(pipeline, abandoned);
  if (edit.display_name) pipeline.display_name = *edit.display_name;
  if (edit.description) pipeline.description = *edit.description;
  if (edit.stages) {
    pipeline.retired = Retire(pipeline, edit, occasion);
    pipeline.stages = *edit.stages;
    Number(pipeline.stages);
  }
  return absl::OkStatus();
}

absl::Status Archive(Pipeline& pipeline, const Occasion& occasion) {
  const std::string name = PipelineName(pipeline.slug);
  if (pipeline.archive_time) {
    return error::StateInvalid(name, "ARCHIVED", "The pipeline is archived.");
  }
  if (pipeline.slug == kDefaultPipeline) {
    return error::StateInvalid(name, "ACTIVE",
                               "The default pipeline takes what names no pipeline.");
  }
  pipeline.archive_time = occasion.now;
  return absl::OkStatus();
}

absl::Status Unarchive(Pipeline& pipeline) {
  if (!pipeline.archive_time) {
    return error::StateInvalid(PipelineName(pipeline.slug), "ACTIVE", "The pipeline is active.");
  }
  pipeline.archive_time.reset();
  return absl::OkStatus();
}

absl::Status Define(Pipeline& pipeline, std::vector<Stage> stages) {
  const Violations violations = CheckStages(stages);
  if (!violations.empty()) return Refused(violations);
  pipeline.stages = std::move(stages);
  Number(pipeline.stages);
  return absl::OkStatus();
}

}  // namespace crm::opportunity
