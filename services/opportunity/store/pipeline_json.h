#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "common/aggregate/stored_json.h"
#include "services/opportunity/domain/pipeline.h"

namespace crm::opportunity {

// Names, stages and retired stages as the JSON of column `definition`; what is empty is left out.
std::string DefinitionToJson(const Pipeline& pipeline);

// The reverse; false for what DefinitionToJson cannot have made, which leaves the pipeline's
// definition unspecified.
bool DefinitionFromJson(absl::string_view json, Pipeline& pipeline);

// The parts of it, one by one. The reverse throws, as aggregate::ReadJson allows, on what ToJson
// cannot have made. A stage's position is its place in the list, and not stored.
aggregate::Json ToJson(const Stage& stage);
aggregate::Json ToJson(const RetiredStage& retired);
void FromJson(const aggregate::Json& json, Stage& stage);
void FromJson(const aggregate::Json& json, RetiredStage& retired);

}  // namespace crm::opportunity
