#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <map>
#include <string>

#include "clients/crmctl/message_file.h"
#include "crm/opportunity/v1/pipeline.pb.h"

namespace crm::crmctl {

// What a file says of one pipeline: how it is to be.
struct PipelineFile {
  opportunity::v1::Pipeline pipeline;             // OUTPUT_ONLY fields are ignored
  std::map<std::string, std::string> successors;  // of removed stages, by key
};

// Reads the fields of crm.opportunity.v1.Pipeline as message_file.h says: a gate without parameter
// may be its kind alone. A stage without type is OPEN. `successors` is a map beside the fields:
// {removed: successor}. INVALID_ARGUMENT with the place of what cannot be read, or is written
// twice.
absl::StatusOr<PipelineFile> ParsePipelineFile(absl::string_view text, FileFormat format);

// The pipeline as a YAML file that ParsePipelineFile reads, without what only the server sets.
std::string PipelineYaml(const opportunity::v1::Pipeline& pipeline);

}  // namespace crm::crmctl
