#include "clients/crmctl/import/draft.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "clients/crmctl/import/column_profile.h"
#include "common/base/unicode.h"

namespace crm::crmctl {
namespace {

// Rows of a file, which is not held whole.
constexpr size_t kLookedAt = 100'000;

// A text as JSON has it.
std::string Json(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string FormOf(absl::string_view name) { return absl::StrJoin(base::SearchWords(name), " "); }

struct DraftFile {
  std::string name;
  std::string encoding;
  Entity entity = Entity::kDeal;
  CsvTable table;
  std::vector<ColumnProfile> columns;
};

Entity EntityOf(const std::string& name, const CsvTable& table) {
  const std::string form = FormOf(name);
  const auto named = [&](std::initializer_list<absl::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](absl::string_view word) { return absl::StrContains(form, word); });
  };
  if (named({"deal", "opportunit", "oportunidad", "negocio", "venta", "pipeline"})) {
    return Entity::kDeal;
  }
  if (named({"lead"})) return Entity::kLead;
  if (named({"compan", "account", "organization", "empresa", "cuenta"})) {
    return Entity::kOrganization;
  }
  if (named({"contact", "people", "person"})) return Entity::kPerson;
  // By what most of its columns could be.
  Entity best = Entity::kDeal;
  size_t most = 0;
  for (const Entity entity : {Entity::kDeal, Entity::kOrganization, Entity::kPerson}) {
    absl::flat_hash_set<std::string> fields;
    for (const std::string& column : table.columns()) {
      for (const DraftWord& word : DraftWords()) {
        if (word.entity == entity && FormOf(column) == word.column) fields.insert(word.field);
      }
    }
    if (fields.size() > most) best = entity, most = fields.size();
  }
  return best;
}

absl::StatusOr<DraftFile> ReadFile(const std::filesystem::path& path) {
  DraftFile file;
  file.name = path.filename().string();
  for (const char* encoding : {"", "windows-1252"}) {
    absl::StatusOr<CsvTable> table = CsvTable::Read(path.string(), encoding, {}, kLookedAt);
    if (!table.ok() && *encoding != 0) return table.status();
    if (!table.ok()) continue;
    file.encoding = encoding;
    file.table = *std::move(table);
    const auto& rows = file.table.rows();
    const bool sound = std::all_of(rows.begin(), rows.end(),
                                   [](const CsvRow& row) { return row.spoiled.empty(); });
    if (sound) break;
  }
  file.entity = EntityOf(file.name, file.table);
  file.columns = ProfilesOf(file.table);
  return file;
}

// Writes one file's part of the mapping.
class FileDraft {
 public:
  FileDraft(const DraftFile& file, bool organizations) : file_(file) {
    for (const DraftWord& word : DraftWords()) {
      const bool known = std::any_of(found_.begin(), found_.end(),
                                     [&](const auto& each) { return each.first == word.field; });
      const bool referable = absl::string_view(word.field) != "organization" || organizations;
      if (known || word.entity != file.entity || !referable) continue;
      for (const ColumnProfile& column : file.columns) {
        if (FormOf(column.name) != word.column || file.table.Count(column.name) > 1) continue;
        found_.emplace_back(word.field, &column);
        break;
      }
    }
  }

  std::string Text() const {
    std::string text =
        absl::StrCat("    {\n      // GUESS: what the rows are\n      \"entity\": \"",
                     NameOf(file_.entity), "\",\n      \"file\": ", Json(file_.name), ",\n");
    if (!file_.encoding.empty()) {
      absl::StrAppend(&text, "      \"encoding\": ", Json(file_.encoding), ",  // GUESS\n");
    }
    absl::StrAppend(&text, "      ", Key(), ",\n      \"rest\": \"attributes\",\n");
    if (const ColumnProfile* stage = Find("stage")) absl::StrAppend(&text, Stages(*stage));
    absl::StrAppend(&text, "      \"fields\": {\n", Fields(), "\n      }\n    }");
    return text;
  }

 private:
  const ColumnProfile* Find(absl::string_view field) const {
    for (const auto& [name, column] : found_) {
      if (name == field) return column;
    }
    return nullptr;
  }

  std::string Key() const {
    if (const ColumnProfile* key = Find("key")) return absl::StrCat("\"key\": ", Json(key->name));
    return "\"key\": {\"row\": true}  // TO DO: the column that tells rows apart\n      ";
  }

  std::string Stages(const ColumnProfile& column) const {
    const std::optional<size_t> at = file_.table.Column(column.name);
    std::vector<std::string> values;
    for (const CsvRow& row : file_.table.rows()) {
      if (!at || !row.problem.empty()) continue;
      std::string value = base::Tidy(row.fields[*at]);
      if (!value.empty() && std::find(values.begin(), values.end(), value) == values.end()) {
        values.push_back(std::move(value));
      }
      if (values.size() > 60) break;
    }
    std::vector<std::string> lines;
    for (const std::string& value : values) {
      lines.push_back(absl::StrCat("        ", Json(value), ": \"", TargetOf(value), "\""));
    }
    return absl::StrCat("      // GUESS: where each of them is\n      \"stages\": {\n",
                        absl::StrJoin(lines, ",\n"), "\n      },\n");
  }

  std::string TargetOf(const std::string& value) const {
    const std::string form = FormOf(value);
    const bool lead = file_.entity == Entity::kLead;
    for (const DraftStage& stage : DraftStages()) {
      if (!absl::StrContains(form, stage.part)) continue;
      const absl::string_view target = stage.target;
      if (lead && target == "WON") return "QUALIFIED";
      if (lead && target == "LOST") return "DISQUALIFIED";
      if (!lead && target == "QUALIFIED") return "OPEN";
      return std::string(target);
    }
    return lead ? "WORKING" : "OPEN";
  }

  std::string Fields() const {
    std::vector<std::string> lines;
    const auto add = [&](absl::string_view field, const std::string& value,
                         absl::string_view note = "") {
      lines.push_back(absl::StrCat(note.empty() ? "" : absl::StrCat("        // ", note, "\n"),
                                   "        \"", field, "\": ", value));
    };
    for (const auto& [field, column] : found_) {
      if (field == "key") continue;
      if (field == "amount" || field == "annual_revenue") {
        add(field, Amount(*column), "GUESS: the currency and the signs");
      } else if (field == "employee_count") {
        add(field, absl::StrCat("{\"column\": ", Json(column->name),
                                ", \"thousands\": \",\", \"range\": \"low\", \"on_error\": "
                                "\"drop\"}"));
      } else if (field == "email" || field == "phone") {
        add(field, absl::StrCat("{\"column\": ", Json(column->name),
                                ", \"split\": \";\", \"on_error\": \"drop\"}"));
      } else if (field == "probability") {
        add(field, absl::StrCat("{\"column\": ", Json(column->name), ", \"on_error\": \"drop\"}"));
      } else if (field == "opened" || field == "close_date") {
        add(field, Date(*column), DateNote(*column));
      } else {
        add(field, Json(column->name));
      }
    }
    const bool deal = file_.entity == Entity::kDeal;
    if (deal && Find("opened") == nullptr && Find("close_date") != nullptr) {
      add("opened", Date(*Find("close_date")), "TO DO: nothing says when it was opened");
    }
    if (!IsContact(file_.entity) && Find("stage") == nullptr) {
      add("stage", "\"TO DO\"", "TO DO: nothing says where it is");
    }
    return absl::StrJoin(lines, ",\n");
  }

  static std::string Date(const ColumnProfile& column) {
    if (column.formats.empty() || column.formats.front() == "iso") return Json(column.name);
    return absl::StrCat("{\"column\": ", Json(column.name),
                        ", \"format\": ", Json(column.formats.front()), "}");
  }

  static std::string DateNote(const ColumnProfile& column) {
    if (column.formats.size() < 2) return "";
    return absl::StrCat("GUESS: these formats fit all dates: ",
                        absl::StrJoin(column.formats, ", "));
  }

  // Signs as the figures have them; the currency as a symbol says.
  std::string Amount(const ColumnProfile& column) const {
    bool comma = false, point = false, dollar = false, euro = false;
    const std::optional<size_t> at = file_.table.Column(column.name);
    std::string last = ".";
    for (const CsvRow& row : file_.table.rows()) {
      if (!at || !row.problem.empty()) continue;
      const std::string& cell = row.fields[*at];
      dollar |= absl::StrContains(cell, "$");
      euro |= absl::StrContains(cell, "€");
      const size_t sign = cell.find_last_of(".,");
      if (sign == std::string::npos) continue;
      (cell[sign] == ',' ? comma : point) = true;
      const bool groups = std::count(cell.begin(), cell.end(), cell[sign]) > 1 ||
                          (cell.size() - sign == 4 && !absl::StrContains(last, "d"));
      if (!groups) last = cell.substr(sign, 1) + "d";
      if (groups && last == ".") last = cell[sign] == '.' ? "," : ".";
    }
    const char decimal = last[0];
    std::string text = absl::StrCat("{\"column\": ", Json(column.name));
    if (decimal == ',') absl::StrAppend(&text, ", \"decimal\": \",\", \"thousands\": \".\"");
    if (decimal == '.' && comma) absl::StrAppend(&text, ", \"thousands\": \",\"");
    absl::StrAppend(&text, ", \"currency\": ");
    if (dollar || euro) {
      absl::StrAppend(&text, "{\"symbols\": {", dollar ? "\"$\": \"USD\"" : "\"€\": \"EUR\"",
                      "}, \"default\": \"", dollar ? "USD" : "EUR", "\"}");
    } else {
      absl::StrAppend(&text, decimal == ',' ? "\"EUR\"" : "\"USD\"");
    }
    return absl::StrCat(text, "}");
  }

  const DraftFile& file_;
  std::vector<std::pair<std::string, const ColumnProfile*>> found_;
};

}  // namespace

absl::StatusOr<std::string> DraftMapping(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".csv") paths.push_back(entry.path());
  }
  if (error || paths.empty()) {
    return absl::NotFoundError(absl::StrCat(folder, ": there is no CSV file"));
  }
  std::sort(paths.begin(), paths.end());
  std::vector<DraftFile> files;
  for (const std::filesystem::path& path : paths) {
    absl::StatusOr<DraftFile> file = ReadFile(path);
    if (!file.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(path.string(), ": ", file.status().message()));
    }
    files.push_back(*std::move(file));
  }
  // What others refer to comes first.
  std::stable_sort(files.begin(), files.end(),
                   [](const DraftFile& a, const DraftFile& b) { return a.entity < b.entity; });
  std::vector<std::string> parts;
  bool organizations = false;
  for (const DraftFile& file : files) {
    parts.push_back(FileDraft(file, organizations).Text());
    organizations |= file.entity == Entity::kOrganization;
  }
  std::string name = std::filesystem::path(folder).lexically_normal().filename().string();
  if (name.empty()) name = std::filesystem::path(folder).parent_path().filename().string();
  return absl::StrCat("{\n  \"name\": ", Json(name),
                      ",\n  \"empty_words\": [\"-\", \"N/A\", \"none\"],\n  \"files\": [\n",
                      absl::StrJoin(parts, ",\n"), "\n  ]\n}\n");
}

}  // namespace crm::crmctl
