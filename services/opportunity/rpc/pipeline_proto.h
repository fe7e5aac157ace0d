#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "crm/opportunity/v1/pipeline.pb.h"
#include "crm/opportunity/v1/pipeline_service.pb.h"
#include "services/opportunity/domain/pipeline.h"
#include "services/opportunity/domain/pipeline_edit.h"

// Messages of pipelines ⇄ values. Messages have the shape that pipeline_checks.h asks for.
namespace crm::opportunity {

// The slug in "pipelines/{slug}"; empty in an empty name.
std::string SlugIn(absl::string_view name);

void ToProto(const Pipeline& pipeline, v1::Pipeline& message);

// The stages, in their order. What WON and LOST leave open is what it always is.
std::vector<Stage> StagesFrom(const v1::Pipeline& message);

// The new values of the fields in `paths`, which are names of settable fields.
PipelineEdit EditFrom(const v1::UpdatePipelineRequest& request,
                      const std::vector<std::string>& paths);

}  // namespace crm::opportunity
