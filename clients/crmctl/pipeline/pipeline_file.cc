#include "clients/crmctl/pipeline/pipeline_file.h"

#include <absl/status/status.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>
#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "clients/crmctl/import/money_text.h"
#include "clients/crmctl/message_fields.h"
#include "clients/crmctl/pipeline/pipeline_diff.h"
#include "common/base/status.h"
#include "crm/type/v1/money.pb.h"

namespace crm::crmctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using nlohmann::json;
using opportunity::v1::Pipeline;
using opportunity::v1::Stage;

constexpr char kSuccessors[] = "successors";
constexpr int kMostLevels = 20;

absl::Status Wrong(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", what));
}

// YAML's scalars become texts: proto3 JSON takes numbers as texts too, and a name may look like a
// number.
absl::StatusOr<json> JsonOf(const YAML::Node& node, int level) {
  const std::string where = absl::StrCat("line ", node.Mark().line + 1);
  if (level > kMostLevels) return Wrong(where, "is nested too deeply");
  if (node.IsNull()) return json();
  if (node.IsScalar()) return json(node.Scalar());
  if (node.IsSequence()) {
    json list = json::array();
    for (const YAML::Node& element : node) {
      CRM_ASSIGN_OR_RETURN(json value, JsonOf(element, level + 1));
      list.push_back(std::move(value));
    }
    return list;
  }
  json map = json::object();
  for (const auto& entry : node) {
    const std::string key = entry.first.as<std::string>();
    if (map.contains(key)) return Wrong(where, absl::StrCat("\"", key, "\" is written twice"));
    CRM_ASSIGN_OR_RETURN(map[key], JsonOf(entry.second, level + 1));
  }
  return map;
}

absl::StatusOr<json> ReadYaml(const std::string& text) {
  try {
    return JsonOf(YAML::Load(text), 0);
  } catch (const YAML::Exception& error) {
    return Wrong(absl::StrCat("line ", error.mark.line + 1), error.msg);
  }
}

absl::StatusOr<json> ReadJson(const std::string& text) {
  json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return Wrong("the file", "is not JSON");
  return value;
}

absl::Status Spell(const Descriptor& type, const std::string& where, json& value);

absl::Status SpellField(const FieldDescriptor& field, const std::string& where, json& value) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM && value.is_string()) {
    const auto& type = *field.enum_type();
    const std::string word = value.get<std::string>();
    if (type.FindValueByName(word) != nullptr) return absl::OkStatus();
    const std::optional<int> number = NumberOf(type, word);
    if (!number) return Wrong(where, absl::StrCat("must be one of ", WordsOf(type)));
    value = *number;
    return absl::OkStatus();
  }
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return absl::OkStatus();
  return Spell(*field.message_type(), where, value);
}

// "1000.00 EUR" → {amountMinor, currencyCode}.
absl::Status SpellMoney(const std::string& where, json& value) {
  const std::vector<std::string> parts =
      absl::StrSplit(value.get<std::string>(), ' ', absl::SkipEmpty());
  const auto minor =
      parts.size() == 2 ? ParseMinor(parts[0], parts[1], 1) : std::optional<int64_t>();
  if (!minor) return Wrong(where, "must be an amount and a currency, as 1000.00 EUR");
  value = {{"currencyCode", parts[1]}, {"amountMinor", absl::StrCat(*minor)}};
  return absl::OkStatus();
}

// Writes out what the file may say more briefly than proto3 JSON.
absl::Status Spell(const Descriptor& type, const std::string& where, json& value) {
  if (value.is_string() && &type == type::v1::Money::descriptor()) return SpellMoney(where, value);
  if (value.is_string() && &type == opportunity::v1::Gate::descriptor()) {
    value = {{"kind", value}};
  }
  if (!value.is_object()) return absl::OkStatus();
  for (const auto& [key, member] : value.items()) {
    const FieldDescriptor* field = type.FindFieldByName(key);
    if (field == nullptr) field = type.FindFieldByCamelcaseName(key);
    const std::string place = where.empty() ? key : absl::StrCat(where, ".", key);
    if (field == nullptr) return Wrong(place, "is not a field");
    if (!field->is_repeated()) {
      CRM_RETURN_IF_ERROR(SpellField(*field, place, member));
    } else if (member.is_array()) {
      for (size_t i = 0; i < member.size(); ++i) {
        CRM_RETURN_IF_ERROR(SpellField(*field, absl::StrCat(place, "[", i, "]"), member[i]));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status TakeSuccessors(json& value, PipelineFile& file) {
  const auto found = value.find(kSuccessors);
  if (found == value.end()) return absl::OkStatus();
  if (!found->is_object()) return Wrong(kSuccessors, "must be a map of stages to stages");
  for (const auto& [stage, successor] : found->items()) {
    if (!successor.is_string()) {
      return Wrong(absl::StrCat(kSuccessors, ".", stage), "must be the key of a stage");
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
  const std::string copy(text);
  CRM_ASSIGN_OR_RETURN(json value, format == FileFormat::kYaml ? ReadYaml(copy) : ReadJson(copy));
  if (!value.is_object()) return Wrong("the file", "must hold the fields of one pipeline");
  PipelineFile file;
  CRM_RETURN_IF_ERROR(TakeSuccessors(value, file));
  CRM_RETURN_IF_ERROR(Spell(*Pipeline::descriptor(), "", value));
  const auto parsed = google::protobuf::util::JsonStringToMessage(value.dump(), &file.pipeline);
  if (!parsed.ok()) return absl::InvalidArgumentError(std::string(parsed.message()));
  std::string& name = *file.pipeline.mutable_name();
  if (name.empty()) return Wrong("name", "is missing: pipelines/<id>");
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
