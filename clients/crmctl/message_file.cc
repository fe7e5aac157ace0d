#include "clients/crmctl/message_file.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>
#include <yaml-cpp/yaml.h>

#include <iostream>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "clients/crmctl/import/money_text.h"
#include "clients/crmctl/message_fields.h"
#include "common/base/file_text.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "crm/type/v1/money.pb.h"

namespace crm::crmctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using nlohmann::json;

constexpr int kMostLevels = 20;
// Of all values in a file: an alias stands for as much as it names, and aliases of aliases for more
// than any machine holds.
constexpr int kMostValues = 100'000;

absl::Status Wrong(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", what));
}

// YAML's scalars become texts: proto3 JSON takes numbers as texts too, and a name may look like a
// number.
class YamlReader {
 public:
  absl::StatusOr<json> Read(const YAML::Node& node, int level = 0) {
    const std::string where = absl::StrCat("line ", node.Mark().line + 1);
    if (level > kMostLevels) return Wrong(where, "is nested too deeply");
    if (++values_ > kMostValues) return Wrong(where, "stands behind too many values");
    if (node.IsSequence()) return ReadList(node, level);
    if (node.IsMap()) return ReadMap(node, level, where);
    if (!node.IsScalar()) return json();
    if (!base::IsValidUtf8(node.Scalar())) return Wrong(where, "is not UTF-8");
    return json(node.Scalar());
  }

 private:
  absl::StatusOr<json> ReadList(const YAML::Node& node, int level) {
    json list = json::array();
    for (const YAML::Node& element : node) {
      CRM_ASSIGN_OR_RETURN(json value, Read(element, level + 1));
      list.push_back(std::move(value));
    }
    return list;
  }

  absl::StatusOr<json> ReadMap(const YAML::Node& node, int level, const std::string& where) {
    json map = json::object();
    for (const auto& entry : node) {
      const std::string key = entry.first.as<std::string>();
      if (!base::IsValidUtf8(key)) return Wrong(where, "has a key that is not UTF-8");
      if (map.contains(key)) return Wrong(where, absl::StrCat("\"", key, "\" is written twice"));
      CRM_ASSIGN_OR_RETURN(map[key], Read(entry.second, level + 1));
    }
    return map;
  }

  int values_ = 0;
};

// Whether brackets stand in each other no deeper than files of messages need. What reads JSON and
// what writes it again goes one call deeper for each.
bool IsShallow(absl::string_view text) {
  int level = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && (text[i] == '[' || text[i] == '{')) {
      if (++level > kMostLevels) return false;
    } else if (!quoted && (text[i] == ']' || text[i] == '}')) {
      --level;
    }
  }
  return true;
}

absl::StatusOr<json> ReadYaml(const std::string& text) {
  try {
    return YamlReader().Read(YAML::Load(text));
  } catch (const YAML::Exception& error) {
    return Wrong(absl::StrCat("line ", error.mark.line + 1), error.msg);
  }
}

absl::StatusOr<json> ReadJson(const std::string& text) {
  if (!IsShallow(text)) return Wrong("the file", "is nested too deeply");
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

// Whether proto3 JSON writes such a message as a text.
bool HasJsonText(const Descriptor& type) {
  return absl::StartsWith(type.full_name(), "google.protobuf.");
}

// Writes out what the file may say more briefly than proto3 JSON.
absl::Status Spell(const Descriptor& type, const std::string& where, json& value) {
  if (value.is_string() && &type == type::v1::Money::descriptor()) return SpellMoney(where, value);
  if (value.is_string() && !HasJsonText(type)) value = {{type.field(0)->name(), value}};
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

}  // namespace

absl::StatusOr<std::string> TextOfFile(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  return base::FileText(path);
}

FileFormat FormatOf(const std::string& path) {
  return absl::EndsWith(path, ".json") ? FileFormat::kJson : FileFormat::kYaml;
}

absl::StatusOr<json> ReadFields(absl::string_view text, FileFormat format) {
  const std::string copy(text);
  CRM_ASSIGN_OR_RETURN(json value, format == FileFormat::kYaml ? ReadYaml(copy) : ReadJson(copy));
  if (!value.is_object()) return Wrong("the file", "must hold the fields of one thing");
  return value;
}

absl::Status TakeFields(json fields, google::protobuf::Message* message) {
  CRM_RETURN_IF_ERROR(Spell(*message->GetDescriptor(), "", fields));
  const auto parsed = google::protobuf::util::JsonStringToMessage(fields.dump(), message);
  if (!parsed.ok()) return absl::InvalidArgumentError(std::string(parsed.message()));
  return absl::OkStatus();
}

absl::Status ReadMessageFile(const std::string& path, google::protobuf::Message* message) {
  CRM_ASSIGN_OR_RETURN(const std::string text, TextOfFile(path));
  absl::StatusOr<json> fields = ReadFields(text, FormatOf(path));
  absl::Status status = fields.status();
  if (status.ok()) status = TakeFields(*std::move(fields), message);
  if (status.ok()) return status;
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", status.message()));
}

}  // namespace crm::crmctl
