#include "clients/crmctl/pipeline/pipeline_file.h"

#include <absl/status/status.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "clients/crmctl/message_fields.h"
#include "clients/crmctl/pipeline/pipeline_diff.h"
#include "common/base/status.h"

namespace crm::crmctl {
namespace {

using nlohmann::json;
using opportunity::v1::Pipeline;
using opportunity::v1::Stage;

constexpr char kSuccessors[] = "successors";

absl::Status WrongPlace(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", what));
}

absl::Status TakeSuccessors(json& value, PipelineFile& file) {
  const auto found = value.find(kSuccessors);
  if (found == value.end()) return absl::OkStatus();
  if (!found->is_object()) return WrongPlace(kSuccessors, "must be a map of stages to stages");
  for (const auto& [stage, successor] : found->items()) {
    if (!successor.is_string()) {
      return WrongPlace(absl::StrCat(kSuccessors, ".", stage), "must be the key of a stage");
    }
    file.successors[stage] = successor.get<std::string>();
  }
  value.erase(found);
  return absl::OkStatus();
}

void EmitMap(YAML::Emitter& out, const std::vector<std::pair<std::string, std::string>>& fields) {
  for (const auto& [key, value] : fields) {
    if (!value.empty()) out << YAML::Key << key << YAML::Value << value;
  }
}

void Emit(YAML::Emitter& out, const opportunity::v1::Gate& gate) {
  const std::vector<std::pair<std::string, std::string>> fields = FieldTexts(gate);
  if (fields.size() == 1) {
    out << fields[0].second;
    return;
  }
  out << YAML::Flow << YAML::BeginMap;
  EmitMap(out, fields);
  out << YAML::EndMap;
}

void Emit(YAML::Emitter& out, const Stage& stage) {
  out << YAML::BeginMap;
  EmitMap(out, {{"key", stage.key()},
                {"display_name", stage.display_name()},
                {"type", FieldText(stage, "type")},
                {"probability", FieldText(stage, "probability")},
                {"forecast_category", FieldText(stage, "forecast_category")},
                {"stage_key", stage.stage_key()}});
  if (stage.gates_size() > 0) {
    out << YAML::Key << "gates" << YAML::Value << YAML::BeginSeq;
    for (const auto& gate : stage.gates()) Emit(out, gate);
    out << YAML::EndSeq;
  }
  if (stage.next_stages_size() > 0) {
    out << YAML::Key << "next_stages" << YAML::Value << YAML::Flow << YAML::BeginSeq;
    for (const std::string& next : stage.next_stages()) out << next;
    out << YAML::EndSeq;
  }
  out << YAML::EndMap;
}

}  // namespace

absl::StatusOr<PipelineFile> ParsePipelineFile(absl::string_view text, FileFormat format) {
  CRM_ASSIGN_OR_RETURN(json value, ReadFields(text, format));
  PipelineFile file;
  CRM_RETURN_IF_ERROR(TakeSuccessors(value, file));
  CRM_RETURN_IF_ERROR(TakeFields(std::move(value), &file.pipeline));
  std::string& name = *file.pipeline.mutable_name();
  if (name.empty()) return WrongPlace("name", "is missing: pipelines/<id>");
  if (!absl::StrContains(name, '/')) name = absl::StrCat("pipelines/", name);
  for (Stage& stage : *file.pipeline.mutable_stages()) {
    if (stage.type() == opportunity::v1::STAGE_TYPE_UNSPECIFIED) {
      stage.set_type(opportunity::v1::STAGE_TYPE_OPEN);
    }
  }
  return file;
}

std::string PipelineYaml(const Pipeline& pipeline) {
  const Pipeline plain = Definition(pipeline);
  YAML::Emitter out;
  out << YAML::BeginMap;
  EmitMap(out, {{"name", plain.name()},
                {"display_name", plain.display_name()},
                {"description", plain.description()}});
  out << YAML::Key << "stages" << YAML::Value << YAML::BeginSeq;
  for (const Stage& stage : plain.stages()) Emit(out, stage);
  out << YAML::EndSeq << YAML::EndMap;
  return absl::StrCat(out.c_str(), "\n");
}

}  // namespace crm::crmctl
