#include "clients/crmctl/import/mapping.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include <algorithm>

#include "clients/crmctl/import/mapping_parts.h"
#include "common/base/file_text.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/base/unicode.h"
#include "common/error/error.h"

namespace crm::crmctl {
namespace {

using nlohmann::json;

constexpr Entity kEntities[] = {Entity::kOrganization, Entity::kPerson,      Entity::kDeal,
                                Entity::kLead,         Entity::kOpportunity, Entity::kAccount,
                                Entity::kActivity,     Entity::kAssessment};

constexpr char kNoAttributes[] = "is not for activities and assessments, which have no attributes";

// A field that names rows of other files.
struct ReferenceRule {
  const char* field;
  std::vector<Entity> to;  // one of these must have been
  const char* needs;
};
const ReferenceRule kReferences[] = {
    {"organization", {Entity::kOrganization}, "needs a file of organizations before it"},
    {"contact", {Entity::kPerson}, "needs a file of persons before it"},
    {"members", {Entity::kPerson}, "needs a file of persons before it"},
    {"customer",
     {Entity::kOrganization, Entity::kPerson},
     "needs a file of organizations or persons before"},
    {"lead", {Entity::kLead}, "needs a file of leads before it"},
    {"deal", {Entity::kDeal}, "needs a file of deals before it"}};

class MappingReader {
 public:
  absl::StatusOr<Mapping> Read(const json& root) {
    if (!root.is_object()) return error::FieldInvalid("mapping", "must be a JSON object");
    Mapping mapping;
    checks_.Known(root, "",
                  {"name", "data", "override_reason", "loss_note", "pipeline", "zone",
                   "empty_words", "mode", "exported", "allow_back", "duplicates", "files"});
    Root(root, &mapping);
    const auto files = root.find("files");
    if (files == root.end() || !files->is_array() || files->empty()) {
      checks_.Violation("files", "must be a list of at least one file");
    } else {
      for (size_t i = 0; i < files->size(); ++i) {
        mapping.files.push_back(File((*files)[i], absl::StrCat("files[", i, "]")));
      }
    }
    CheckReferences(mapping);
    if (checks_.problems().HasViolations()) return checks_.problems();
    return mapping;
  }

 private:
  static std::string Path(const std::string& at, absl::string_view key) {
    return JsonChecks::Path(at, key);
  }

  void Root(const json& root, Mapping* mapping) {
    mapping->name = checks_.Text(root, "", "name", true);
    mapping->data = checks_.Text(root, "", "data", false);
    for (const auto& [key, text] : {std::pair{"override_reason", &mapping->override_reason},
                                    {"loss_note", &mapping->loss_note},
                                    {"pipeline", &mapping->pipeline}}) {
      if (root.contains(key)) *text = checks_.Text(root, "", key, true);
    }
    const std::string zone = checks_.Text(root, "", "zone", false);
    if (!zone.empty() && !absl::LoadTimeZone(zone, &mapping->zone)) {
      checks_.Violation("zone", "is no time zone, as \"Europe/Madrid\"");
    }
    for (const std::string& word : checks_.Texts(root, "", "empty_words")) {
      mapping->empty_words.push_back(base::Folded(word));
    }
    mapping->mode =
        static_cast<Mapping::Mode>(checks_.Word(root, "", "mode", {"create", "update"}));
    const std::string exported = checks_.Text(root, "", "exported", false);
    mapping->exported = ParseTime(exported, {}, mapping->zone);
    if (!exported.empty() && !mapping->exported) {
      checks_.Violation("exported", "is no date or time");
    }
    mapping->allow_back = checks_.Flag(root, "", "allow_back");
    mapping->duplicates = static_cast<Mapping::Duplicates>(
        checks_.Word(root, "", "duplicates", {"refuse", "drop", "attach"}));
  }

  FileMapping File(const json& node, const std::string& at) {
    FileMapping file;
    if (!node.is_object()) {
      checks_.Violation(at, "must be an object");
      return file;
    }
    checks_.Known(node, at,
                  {"entity", "file", "label", "encoding", "delimiter", "rows", "from", "key",
                   "fields", "rest", "stages", "stage_dates", "stage_history"});
    file.file = checks_.Text(node, at, "file", true);
    file.label = checks_.Text(node, at, "label", false);
    if (file.label.empty()) file.label = file.file;
    ReadFileForm(node, at, &file, &checks_);
    ReadKey(node, at, &file.key, &checks_);
    const std::string entity = checks_.Text(node, at, "entity", true);
    const auto known = std::find_if(std::begin(kEntities), std::end(kEntities),
                                    [&](Entity each) { return entity == NameOf(each); });
    if (known == std::end(kEntities)) {
      if (!entity.empty()) {
        checks_.Violation(Path(at, "entity"),
                          "must be organization, person, deal, lead, opportunity, account, "
                          "activity or assessment");
      }
      return file;
    }
    file.entity = *known;
    Fields(node, at, &file);
    file.rest_attributes = checks_.Word(node, at, "rest", {"", "attributes"}) == 1;
    if (file.rest_attributes && IsEvidence(file.entity)) {
      checks_.Violation(Path(at, "rest"), kNoAttributes);
    }
    ReadStages(node, at, &file, &checks_);
    return file;
  }

  void Fields(const json& node, const std::string& at, FileMapping* file) {
    const std::string here = Path(at, "fields");
    const auto fields = node.find("fields");
    if (fields == node.end() || !fields->is_object()) {
      return checks_.Violation(here, "must be an object");
    }
    std::vector<std::string> names;
    for (const FieldRule& rule : FieldsOf(file->entity)) {
      names.push_back(rule.name);
      if (const auto it = fields->find(rule.name); it != fields->end()) {
        file->fields[rule.name] = ReadSource(*it, Path(here, rule.name), rule, &checks_);
      } else if (rule.required) {
        checks_.Violation(Path(here, rule.name), "is required");
      }
    }
    if (file->fields.contains("closed") && file->fields.contains("close_date")) {
      checks_.Violation(Path(here, "close_date"), "is the same as closed: one of them is enough");
    }
    for (const auto& [name, value] : fields->items()) {
      if (!absl::StartsWith(name, kAttributePrefix)) continue;
      names.push_back(name);
      if (IsEvidence(file->entity)) checks_.Violation(Path(here, name), kNoAttributes);
      if (!base::IsKey(absl::StripPrefix(name, kAttributePrefix))) {
        checks_.Violation(Path(here, name), "must have a key of [a-z0-9_], at most 63 characters");
      }
      file->fields[name] = ReadSource(value, Path(here, name), kAttributeRule, &checks_);
    }
    checks_.Known(*fields, here, names);
  }

  // References go to files that are imported before.
  void CheckReferences(const Mapping& mapping) {
    std::vector<Entity> before;
    const auto have = [&](const std::vector<Entity>& entities) {
      return std::find_first_of(before.begin(), before.end(), entities.begin(), entities.end()) !=
             before.end();
    };
    for (size_t i = 0; i < mapping.files.size(); ++i) {
      const FileMapping& file = mapping.files[i];
      const std::string at = absl::StrCat("files[", i, "].fields");
      for (const ReferenceRule& rule : kReferences) {
        if (file.fields.contains(rule.field) && !have(rule.to)) {
          checks_.Violation(Path(at, rule.field), rule.needs);
        }
      }
      const auto any = [&](std::initializer_list<const char*> fields) {
        return std::any_of(fields.begin(), fields.end(),
                           [&](const char* field) { return file.fields.contains(field); });
      };
      const bool customer = any({"organization", "contact", "customer"});
      if (file.entity == Entity::kOpportunity && !customer) {
        checks_.Violation(at,
                          "an opportunity without a lead needs organization, contact or customer");
      }
      if (file.entity == Entity::kAccount && !customer) {
        checks_.Violation(at, "an account needs organization, contact or customer");
      }
      if (IsEvidence(file.entity) && !any({"lead", "deal"})) {
        checks_.Violation(at, absl::StrCat("an ", NameOf(file.entity), " needs lead or deal"));
      }
      before.push_back(file.entity);
    }
  }

  JsonChecks checks_;
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
  CRM_ASSIGN_OR_RETURN(const std::string text, base::FileText(path));
  return Parse(text);
}

}  // namespace crm::crmctl
