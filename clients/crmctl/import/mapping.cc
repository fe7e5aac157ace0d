#include "clients/crmctl/import/mapping.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/strip.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "clients/crmctl/import/json_checks.h"
#include "clients/crmctl/import/text_encoding.h"
#include "common/base/text.h"
#include "common/base/unicode.h"
#include "common/error/error.h"

namespace crm::crmctl {
namespace {

using nlohmann::json;

constexpr Entity kEntities[] = {Entity::kOrganization, Entity::kPerson, Entity::kDeal,
                                Entity::kLead, Entity::kOpportunity};

struct PlaceRule {
  const char* word;
  Target target;
  bool deal, lead, opportunity;  // whose rows may be there
};
constexpr PlaceRule kPlaces[] = {{"NEW", Target::kNew, true, true, false},
                                 {"WORKING", Target::kWorking, true, true, false},
                                 {"QUALIFIED", Target::kQualified, true, true, false},
                                 {"DISQUALIFIED", Target::kDisqualified, true, true, false},
                                 {"OPEN", Target::kOpen, true, false, true},
                                 {"WON", Target::kWon, true, false, true},
                                 {"LOST", Target::kLost, true, false, true}};

bool Allows(const PlaceRule& rule, Entity entity) {
  if (entity == Entity::kLead) return rule.lead;
  return entity == Entity::kOpportunity ? rule.opportunity : rule.deal;
}

class MappingReader {
 public:
  absl::StatusOr<Mapping> Read(const json& root) {
    if (!root.is_object()) return error::FieldInvalid("mapping", "must be a JSON object");
    Mapping mapping;
    checks_.Known(root, "",
                  {"name", "data", "override_reason", "loss_note", "pipeline", "zone",
                   "empty_words", "mode", "exported", "duplicates", "files"});
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
    mapping->duplicates =
        static_cast<Mapping::Duplicates>(checks_.Word(root, "", "duplicates", {"refuse", "drop"}));
  }

  FileMapping File(const json& node, const std::string& at) {
    FileMapping file;
    if (!node.is_object()) {
      checks_.Violation(at, "must be an object");
      return file;
    }
    checks_.Known(node, at,
                  {"entity", "file", "label", "encoding", "delimiter", "rows", "from", "key",
                   "fields", "rest", "stages", "stage_dates"});
    file.file = checks_.Text(node, at, "file", true);
    file.label = checks_.Text(node, at, "label", false);
    if (file.label.empty()) file.label = file.file;
    Form(node, at, &file);
    Key(node, at, &file.key);
    const std::string entity = checks_.Text(node, at, "entity", true);
    const auto known = std::find_if(std::begin(kEntities), std::end(kEntities),
                                    [&](Entity each) { return entity == NameOf(each); });
    if (known == std::end(kEntities)) {
      if (!entity.empty()) {
        checks_.Violation(Path(at, "entity"),
                          "must be organization, person, deal, lead or opportunity");
      }
      return file;
    }
    file.entity = *known;
    Fields(node, at, &file);
    file.rest_attributes = checks_.Word(node, at, "rest", {"", "attributes"}) == 1;
    Stages(node, at, &file);
    StageDates(node, at, &file);
    return file;
  }

  void Form(const json& node, const std::string& at, FileMapping* file) {
    file->encoding = checks_.Text(node, at, "encoding", false);
    if (!file->encoding.empty() && !IsEncoding(file->encoding)) {
      checks_.Violation(Path(at, "encoding"), "is no encoding, as \"windows-1252\"");
    }
    const std::string delimiter = checks_.Text(node, at, "delimiter", false);
    if (delimiter.size() > 1 || absl::StrContains("\"\r\n", delimiter) != delimiter.empty()) {
      checks_.Violation(Path(at, "delimiter"), "must be one character");
    } else if (!delimiter.empty()) {
      file->delimiter = delimiter[0];
    }
    if (const auto rows = node.find("rows"); rows != node.end()) {
      const std::string here = Path(at, "rows");
      checks_.Known(*rows, here, {"skip", "footer", "where"});
      if (rows->is_object()) {
        file->skip = checks_.Number(*rows, here, "skip", 1'000'000);
        file->footer = checks_.Number(*rows, here, "footer", 1'000'000);
        ForEach(*rows, here, "where", [&](const json& each, const std::string& place) {
          file->where.push_back(Condition(each, place));
        });
      }
    }
    ForEach(node, at, "from", [&](const json& each, const std::string& place) {
      file->joins.push_back(Join(each, place));
    });
  }

  // One object, or a list of them.
  template <class Take>
  void ForEach(const json& node, const std::string& at, const char* key, Take take) {
    const auto it = node.find(key);
    if (it == node.end()) return;
    if (!it->is_array()) return take(*it, Path(at, key));
    for (size_t i = 0; i < it->size(); ++i) {
      take((*it)[i], absl::StrCat(Path(at, key), "[", i, "]"));
    }
  }

  RowCondition Condition(const json& node, const std::string& at) {
    RowCondition condition;
    checks_.Known(node, at, {"column", "in", "not_in", "matches"});
    if (!node.is_object()) return condition;
    condition.column = checks_.Text(node, at, "column", true);
    const auto folded = [](std::vector<std::string> words) {
      for (std::string& word : words) word = base::Folded(word);
      return words;
    };
    condition.in = folded(checks_.Texts(node, at, "in"));
    condition.not_in = folded(checks_.Texts(node, at, "not_in"));
    condition.matches = base::Folded(checks_.Text(node, at, "matches", false));
    if (node.contains("in") + node.contains("not_in") + node.contains("matches") != 1) {
      checks_.Violation(at, "needs exactly one of in, not_in, matches");
    }
    return condition;
  }

  FileJoin Join(const json& node, const std::string& at) {
    FileJoin join;
    checks_.Known(node, at, {"file", "on", "prefix"});
    if (!node.is_object()) return join;
    join.file = checks_.Text(node, at, "file", true);
    join.prefix = checks_.Text(node, at, "prefix", false);
    const auto on = node.find("on");
    const std::string here = Path(at, "on");
    if (on == node.end()) {
      checks_.Violation(here, "is required");
      return join;
    }
    checks_.Known(*on, here, {"own", "other"});
    if (!on->is_object()) return join;
    join.own = checks_.Text(*on, here, "own", true);
    join.other = checks_.Text(*on, here, "other", true);
    return join;
  }

  void Key(const json& node, const std::string& at, KeySource* key) {
    const auto it = node.find("key");
    const std::string here = Path(at, "key");
    if (it == node.end()) return checks_.Violation(here, "is required");
    if (it->is_object()) {
      checks_.Known(*it, here, {"template", "row"});
      const bool row = checks_.Flag(*it, here, "row");
      key->from = row ? KeySource::From::kRow : KeySource::From::kTemplate;
      if (!row) key->text = checks_.Text(*it, here, "template", true);
      key->label = row ? "the number of the row" : key->text;
      return;
    }
    key->columns = checks_.Texts(node, at, "key");
    for (const std::string& column : key->columns) {
      if (column.empty()) checks_.Violation(here, "must be a text, not empty");
    }
    key->label = absl::StrJoin(key->columns, " | ");
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
      if (!base::IsKey(absl::StripPrefix(name, kAttributePrefix))) {
        checks_.Violation(Path(here, name), "must have a key of [a-z0-9_], at most 63 characters");
      }
      file->fields[name] = ReadSource(value, Path(here, name), kAttributeRule, &checks_);
    }
    checks_.Known(*fields, here, names);
  }

  void Stages(const json& node, const std::string& at, FileMapping* file) {
    const std::string here = Path(at, "stages");
    const auto stages = node.find("stages");
    const bool contacts = IsContact(file->entity);
    if (stages == node.end()) {
      if (!contacts) checks_.Violation(here, "is required");
      return;
    }
    if (contacts) return checks_.Violation(here, "is for deals only");
    if (!stages->is_object() || stages->empty()) {
      return checks_.Violation(here, "must be an object of at least one stage");
    }
    for (const auto& [key, value] : stages->items()) {
      const std::string place = Path(here, key);
      StageTarget target;
      if (value.is_object()) {
        checks_.Known(value, place, {"state", "stage"});
        target.stage = checks_.Text(value, place, "stage", true);
        if (!target.stage.empty() && !base::IsKey(target.stage)) {
          checks_.Violation(Path(place, "stage"), "is no key of a stage");
        }
      }
      const std::string word = value.is_string() ? value.get<std::string>()
                               : value.is_object() && value.contains("state")
                                   ? checks_.Text(value, place, "state", true)
                                   : "OPEN";
      const auto rule = std::find_if(
          std::begin(kPlaces), std::end(kPlaces),
          [&](const PlaceRule& each) { return word == each.word && Allows(each, file->entity); });
      if (rule == std::end(kPlaces) || (!value.is_string() && !value.is_object())) {
        checks_.Violation(place, absl::StrCat("must be ", PlacesOf(file->entity)));
        continue;
      }
      target.target = rule->target;
      file->stages[key == "*" ? key : base::Folded(key)] = target;
    }
  }

  static std::string PlacesOf(Entity entity) {
    std::vector<std::string> words;
    for (const PlaceRule& each : kPlaces) {
      if (Allows(each, entity)) words.push_back(each.word);
    }
    return absl::StrJoin(words, ", ");
  }

  void StageDates(const json& node, const std::string& at, FileMapping* file) {
    const auto dates = node.find("stage_dates");
    if (dates == node.end()) return;
    const std::string here = Path(at, "stage_dates");
    if (!dates->is_object() || IsContact(file->entity) || file->entity == Entity::kLead) {
      return checks_.Violation(here, "must be an object of stages, for deals and opportunities");
    }
    static const FieldRule kRule = {"stage_dates", FieldKind::kDate, 0, false};
    for (const auto& [stage, value] : dates->items()) {
      if (!base::IsKey(stage)) checks_.Violation(Path(here, stage), "is no key of a stage");
      file->stage_dates[stage] = ReadSource(value, Path(here, stage), kRule, &checks_);
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
        checks_.Violation(Path(at, "organization"), "needs a file of organizations before it");
      }
      if (file.fields.contains("contact") && !persons) {
        checks_.Violation(Path(at, "contact"), "needs a file of persons before it");
      }
      const bool customer = file.fields.contains("organization") || file.fields.contains("contact");
      if (file.entity == Entity::kOpportunity && !customer) {
        checks_.Violation(at, "an opportunity without a lead needs organization or contact");
      }
      organizations |= file.entity == Entity::kOrganization;
      persons |= file.entity == Entity::kPerson;
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
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return Parse(text);
}

}  // namespace crm::crmctl
