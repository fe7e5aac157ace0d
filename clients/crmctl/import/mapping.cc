#include "clients/crmctl/import/mapping.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "common/base/money.h"
#include "common/error/error.h"

namespace crm::crmctl {
namespace {

using nlohmann::json;

class MappingReader {
 public:
  absl::StatusOr<Mapping> Read(const json& root) {
    if (!root.is_object()) return error::FieldInvalid("mapping", "must be a JSON object");
    Mapping mapping;
    Known(root, "", {"name", "data", "override_reason", "loss_note", "pipeline", "files"});
    mapping.name = Text(root, "", "name", true);
    mapping.data = Text(root, "", "data", false);
    if (root.contains("override_reason")) {
      mapping.override_reason = Text(root, "", "override_reason", true);
    }
    if (root.contains("loss_note")) mapping.loss_note = Text(root, "", "loss_note", true);
    if (root.contains("pipeline")) mapping.pipeline = Text(root, "", "pipeline", true);
    const auto files = root.find("files");
    if (files == root.end() || !files->is_array() || files->empty()) {
      problems_.Violation("files", "must be a list of at least one file");
    } else {
      for (size_t i = 0; i < files->size(); ++i) {
        mapping.files.push_back(File((*files)[i], absl::StrCat("files[", i, "]")));
      }
    }
    CheckReferences(mapping);
    if (problems_.HasViolations()) return problems_;
    return mapping;
  }

 private:
  static std::string Path(const std::string& at, absl::string_view key) {
    return at.empty() ? std::string(key) : absl::StrCat(at, ".", key);
  }

  void Known(const json& object, const std::string& at, const std::vector<std::string>& keys) {
    if (!object.is_object()) return void(problems_.Violation(at, "must be an object"));
    for (const auto& [key, value] : object.items()) {
      if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
      problems_.Violation(Path(at, key),
                          absl::StrCat("is not known; known are ", absl::StrJoin(keys, ", ")));
    }
  }

  std::string Text(const json& object, const std::string& at, const char* key, bool required) {
    const auto it = object.find(key);
    if (it == object.end()) {
      if (required) problems_.Violation(Path(at, key), "is required");
      return "";
    }
    if (!it->is_string() || (required && it->get_ref<const std::string&>().empty())) {
      problems_.Violation(Path(at, key), required ? "must be a text, not empty" : "must be a text");
      return "";
    }
    return it->get<std::string>();
  }

  FileMapping File(const json& node, const std::string& at) {
    FileMapping file;
    if (!node.is_object()) {
      problems_.Violation(at, "must be an object");
      return file;
    }
    Known(node, at, {"entity", "file", "label", "key", "fields", "stages"});
    file.file = Text(node, at, "file", true);
    file.label = Text(node, at, "label", false);
    if (file.label.empty()) file.label = file.file;
    file.key = Text(node, at, "key", true);
    const std::string entity = Text(node, at, "entity", true);
    bool known = false;
    for (Entity each : {Entity::kOrganization, Entity::kPerson, Entity::kDeal}) {
      if (entity == NameOf(each)) file.entity = each, known = true;
    }
    if (!known && !entity.empty()) {
      problems_.Violation(Path(at, "entity"), "must be organization, person or deal");
    }
    if (known) Fields(node, at, &file);
    Stages(node, at, known, &file);
    return file;
  }

  void Fields(const json& node, const std::string& at, FileMapping* file) {
    const std::string here = Path(at, "fields");
    const auto fields = node.find("fields");
    if (fields == node.end() || !fields->is_object()) {
      problems_.Violation(here, "must be an object");
      return;
    }
    std::vector<std::string> names;
    for (const FieldRule& rule : FieldsOf(file->entity)) {
      names.push_back(rule.name);
      if (const auto it = fields->find(rule.name); it != fields->end()) {
        file->fields[rule.name] = Source(*it, Path(here, rule.name), rule.kind);
      } else if (rule.required) {
        problems_.Violation(Path(here, rule.name), "is required");
      }
    }
    Known(*fields, here, names);
  }

  ValueSource Source(const json& node, const std::string& at, FieldKind kind) {
    ValueSource source;
    if (node.is_string()) {  // short for {"column": …}
      source.text = node.get<std::string>();
      if (kind == FieldKind::kMoney) problems_.Violation(at, "needs a currency");
      return source;
    }
    if (!node.is_object()) {
      problems_.Violation(at, "must be the name of a column, or an object");
      return source;
    }
    Known(
        node, at,
        {"column", "constant", "template", "values", "default", "currency", "scale", "listed_in"});
    Origin(node, at, &source);
    Values(node, at, &source);
    source.fallback = Text(node, at, "default", false);
    Money(node, at, kind, &source);
    if (const auto listed = node.find("listed_in"); listed != node.end()) {
      Known(*listed, Path(at, "listed_in"), {"file", "column"});
      source.listed_file = Text(*listed, Path(at, "listed_in"), "file", true);
      source.listed_column = Text(*listed, Path(at, "listed_in"), "column", true);
    }
    return source;
  }

  void Origin(const json& node, const std::string& at, ValueSource* source) {
    using From = ValueSource::From;
    int origins = 0;
    for (const auto& [key, from] : {std::pair{"column", From::kColumn},
                                    {"constant", From::kConstant},
                                    {"template", From::kTemplate}}) {
      if (!node.contains(key)) continue;
      ++origins;
      source->from = from;
      source->text = Text(node, at, key, true);
    }
    if (origins != 1) problems_.Violation(at, "needs exactly one of column, constant, template");
  }

  void Values(const json& node, const std::string& at, ValueSource* source) {
    const auto values = node.find("values");
    if (values == node.end()) return;
    if (!values->is_object()) {
      problems_.Violation(Path(at, "values"), "must be an object of texts");
      return;
    }
    for (const auto& [key, value] : values->items()) {
      if (value.is_string()) {
        source->values[key] = value.get<std::string>();
      } else {
        problems_.Violation(Path(Path(at, "values"), key), "must be a text");
      }
    }
  }

  void Money(const json& node, const std::string& at, FieldKind kind, ValueSource* source) {
    if (kind != FieldKind::kMoney) {
      for (const char* key : {"currency", "scale"}) {
        if (node.contains(key)) problems_.Violation(Path(at, key), "is for amounts of money only");
      }
      return;
    }
    source->currency = Text(node, at, "currency", true);
    if (!source->currency.empty() && !base::IsCurrency(source->currency)) {
      problems_.Violation(Path(at, "currency"), "is no ISO 4217 code");
    }
    const auto scale = node.find("scale");
    if (scale == node.end()) return;
    if (scale->is_number_integer() && *scale >= 1 && *scale <= 1'000'000'000'000) {
      source->scale = scale->get<int64_t>();
    } else {
      problems_.Violation(Path(at, "scale"), "must be a whole number from 1 to 1000000000000");
    }
  }

  void Stages(const json& node, const std::string& at, bool known, FileMapping* file) {
    const std::string here = Path(at, "stages");
    const auto stages = node.find("stages");
    const bool deal = known && file->entity == Entity::kDeal;
    if (stages == node.end()) {
      if (deal) problems_.Violation(here, "is required");
      return;
    }
    if (known && !deal) return void(problems_.Violation(here, "is for deals only"));
    if (!stages->is_object() || stages->empty()) {
      return void(problems_.Violation(here, "must be an object of at least one stage"));
    }
    static const std::map<std::string, Target, std::less<>> kTargets = {
        {"WORKING", Target::kWorking},
        {"OPEN", Target::kOpen},
        {"WON", Target::kWon},
        {"LOST", Target::kLost}};
    for (const auto& [key, value] : stages->items()) {
      const auto target =
          value.is_string() ? kTargets.find(value.get_ref<const std::string&>()) : kTargets.end();
      if (target == kTargets.end()) {
        problems_.Violation(Path(here, key), "must be WORKING, OPEN, WON or LOST");
      } else {
        file->stages[key] = target->second;
      }
    }
  }

  // References go to files that are imported before.
  void CheckReferences(const Mapping& mapping) {
    bool organizations = false;
    bool persons = false;
    for (size_t i = 0; i < mapping.files.size(); ++i) {
      const FileMapping& file = mapping.files[i];
      const std::string at = absl::StrCat("files[", i, "].fields");
      if (file.fields.contains("organization") && !organizations) {
        problems_.Violation(Path(at, "organization"), "needs a file of organizations before it");
      }
      if (file.fields.contains("contact") && !persons) {
        problems_.Violation(Path(at, "contact"), "needs a file of persons before it");
      }
      organizations |= file.entity == Entity::kOrganization;
      persons |= file.entity == Entity::kPerson;
    }
  }

  error::Error problems_ = error::InvalidFields();
};

}  // namespace

absl::StatusOr<Mapping> Mapping::Parse(absl::string_view text) {
  json root;
  try {
    root = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/true,
                       /*ignore_comments=*/true);
  } catch (const json::exception& exception) {
    return error::FieldInvalid("mapping", absl::StrCat("is no JSON: ", exception.what()));
  }
  return MappingReader().Read(root);
}

absl::StatusOr<Mapping> Mapping::Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return Parse(text);
}

}  // namespace crm::crmctl
