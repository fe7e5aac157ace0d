#include "clients/crmctl/import/draft_table.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/strip.h>

#include <algorithm>

#include "clients/crmctl/import/text_file.h"
#include "common/base/status.h"
#include "common/base/unicode.h"

namespace crm::crmctl {
namespace {

constexpr int kTitleLines = 9;  // at most, above a header
// Rows of a file, which is not held whole.
constexpr size_t kLookedAt = 100'000;

std::string Compact(absl::string_view form) { return absl::StrReplaceAll(form, {{" ", ""}}); }

// Whether a column has this name: "CloseDate" and "Deal - Close date" are a "close date".
bool IsNamed(const std::string& column, absl::string_view word) {
  const std::string form = FormOf(column);
  const std::string wanted = Compact(word);
  if (Compact(form) == wanted) return true;
  for (const absl::string_view prefix :
       {"deal ", "person ", "organization ", "lead ", "activity "}) {
    if (absl::StartsWith(form, prefix) && Compact(form.substr(prefix.size())) == wanted) {
      return true;
    }
  }
  return false;
}

size_t Recognized(const CsvTable& table, Entity entity) {
  absl::flat_hash_set<std::string> fields;
  for (const std::string& column : table.columns()) {
    for (const DraftWord& word : DraftWords()) {
      if (word.entity == entity && IsNamed(column, word.column)) fields.insert(word.field);
    }
  }
  return fields.size();
}

constexpr Entity kByColumns[] = {Entity::kDeal, Entity::kOrganization, Entity::kPerson};

size_t Recognized(const CsvTable& table) {
  size_t most = 0;
  for (const Entity entity : kByColumns) most = std::max(most, Recognized(table, entity));
  return most;
}

Entity EntityOf(const std::string& name, const CsvTable& table) {
  const std::string form = FormOf(name);
  const auto named = [&](std::initializer_list<absl::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](absl::string_view word) { return absl::StrContains(form, word); });
  };
  if (named({"activit", "engagement", "task", "event", "meeting", "call", "note csv", "notes"})) {
    return Entity::kActivity;
  }
  if (named({"deal", "opportunit", "oportunidad", "negocio", "venta", "pipeline"})) {
    return Entity::kDeal;
  }
  if (named({"lead"})) return Entity::kLead;
  if (named({"compan", "account", "organization", "empresa", "cuenta"})) {
    return Entity::kOrganization;
  }
  if (named({"contact", "people", "person"})) return Entity::kPerson;
  Entity best = Entity::kDeal;
  size_t most = 0;
  for (const Entity entity : kByColumns) {
    const size_t known = Recognized(table, entity);
    if (known > most) best = entity, most = known;
  }
  return best;
}

int64_t Spoiled(const CsvTable& table) {
  return std::count_if(table.rows().begin(), table.rows().end(),
                       [](const CsvRow& row) { return !row.spoiled.empty(); });
}

// Sums below the rows.
int FooterOf(const CsvTable& table) {
  int footer = 0;
  if (table.rows().size() == kLookedAt) return footer;  // its end was not seen
  for (auto row = table.rows().rbegin(); row != table.rows().rend(); ++row, ++footer) {
    if (!row->problem.empty()) break;
    const bool sum = std::any_of(row->fields.begin(), row->fields.end(), [](const auto& field) {
      const std::string form = FormOf(field);
      return form == "total" || form == "suma" || form == "sum" || form == "totales";
    });
    const auto filled = std::count_if(row->fields.begin(), row->fields.end(),
                                      [](const auto& field) { return !field.empty(); });
    // A customer may be called so.
    if (!sum || 2 * static_cast<size_t>(filled) > row->fields.size()) break;
  }
  return footer;
}

absl::Status ReadTable(const std::string& path, DraftTable* draft) {
  CsvOptions options;
  options.skip = draft->skip;
  CRM_ASSIGN_OR_RETURN(const auto file, TextFile::Open(path, "", nullptr));
  std::string head;
  file->Read(0, 4 << 10, &head);
  const std::string wide = WideEncoding(head);
  absl::Status status = absl::InvalidArgumentError("no encoding fits");
  for (const std::string& encoding : {std::string(), wide.empty() ? "windows-1252" : wide}) {
    absl::StatusOr<CsvTable> table = CsvTable::Read(path, encoding, options, kLookedAt);
    if (status.ok() && (!table.ok() || Spoiled(*table) >= Spoiled(draft->table))) break;
    status = table.status();
    if (!table.ok()) continue;
    draft->encoding = encoding;
    draft->table = *std::move(table);
    if (Spoiled(draft->table) == 0) break;
  }
  return status;
}

DraftTable::Role RoleOf(const DraftTable& draft) {
  const std::string form = FormOf(draft.name);
  if (absl::StrContains(form, "history") && !draft.Named({"opportunity id", "deal id"}).empty() &&
      !draft.Named({"stage name", "stage", "to stage"}).empty() &&
      !draft.Named({"created date", "changed at", "date"}).empty()) {
    return DraftTable::Role::kHistory;
  }
  if (absl::StartsWith(form, "user") || absl::StartsWith(form, "owner")) {
    return DraftTable::Role::kUsers;
  }
  return DraftTable::Role::kThings;
}

}  // namespace

std::string FormOf(absl::string_view name) { return absl::StrJoin(base::SearchWords(name), " "); }

std::vector<std::string> DraftTable::Candidates(Entity of, absl::string_view field) const {
  std::vector<std::string> found;
  const Entity words = of == Entity::kOpportunity ? Entity::kDeal : of;
  for (const DraftWord& word : DraftWords()) {
    if (word.entity != words || field != word.field) continue;
    for (const std::string& column : table.columns()) {
      const bool known = std::find(found.begin(), found.end(), column) != found.end();
      if (known || table.Count(column) > 1 || !IsNamed(column, word.column)) continue;
      found.push_back(column);
    }
  }
  // By the field's own name, where no product's name fits.
  const std::string own = absl::StrReplaceAll(field, {{"_", " "}});
  const auto is_field = [&](const FieldRule& rule) { return rule.name == field; };
  const bool real = std::any_of(FieldsOf(of).begin(), FieldsOf(of).end(), is_field);
  for (const std::string& column : table.columns()) {
    if (found.empty() && real && table.Count(column) == 1 && FormOf(column) == own) {
      found.push_back(column);
    }
  }
  return found;
}

std::vector<std::string> DraftTable::Chain(Entity of, absl::string_view field) const {
  std::vector<std::string> chain = Candidates(of, field);
  if (chain.empty()) return chain;
  const Entity words = of == Entity::kOpportunity ? Entity::kDeal : of;
  const bool full = Profile(chain.front()).filled == static_cast<int64_t>(table.rows().size());
  const auto also = [&](const std::string& column) {
    return std::any_of(DraftWords().begin(), DraftWords().end(), [&](const DraftWord& word) {
      return word.also && word.entity == words && field == word.field &&
             IsNamed(column, word.column);
    });
  };
  chain.erase(std::remove_if(chain.begin() + 1, chain.end(),
                             [&](const std::string& column) { return full || !also(column); }),
              chain.end());
  return chain;
}

std::string DraftTable::Find(Entity of, absl::string_view field) const {
  const std::vector<std::string> found = Candidates(of, field);
  return found.empty() ? "" : found.front();
}

std::string DraftTable::Named(std::initializer_list<absl::string_view> words) const {
  for (const absl::string_view word : words) {
    for (const std::string& column : table.columns()) {
      if (table.Count(column) == 1 && IsNamed(column, word)) return column;
    }
  }
  return "";
}

const ColumnProfile& DraftTable::Profile(const std::string& column) const {
  static const ColumnProfile none;
  const auto it = std::find_if(columns.begin(), columns.end(),
                               [&](const auto& each) { return each.name == column; });
  return it == columns.end() ? none : *it;
}

std::vector<std::string> DraftTable::Cells(const std::string& column, size_t most) const {
  std::vector<std::string> cells;
  const std::optional<size_t> at = table.Column(column);
  for (const CsvRow& row : table.rows()) {
    if (cells.size() == most) break;
    if (at && row.problem.empty()) cells.push_back(base::Tidy(row.fields[*at]));
  }
  return cells;
}

std::vector<std::string> DraftTable::Distinct(const std::string& column) const {
  constexpr size_t kMost = 60;
  std::vector<std::string> words;
  for (std::string& cell : Cells(column)) {
    const bool known = std::find(words.begin(), words.end(), cell) != words.end();
    if (!cell.empty() && !known && words.size() < kMost) words.push_back(std::move(cell));
  }
  return words;
}

absl::StatusOr<DraftTable> ReadDraftTable(const std::filesystem::path& path) {
  DraftTable draft;
  draft.name = path.filename().string();
  absl::Status status = ReadTable(path.string(), &draft);
  // Where the first line tells nothing, the header may stand below a title.
  for (int skip = 1; skip <= kTitleLines && Recognized(draft.table) < 2; ++skip) {
    DraftTable below = draft;
    below.skip = skip;
    if (ReadTable(path.string(), &below).ok() && Recognized(below.table) > 2) draft = below;
  }
  if (draft.table.columns().empty() && !status.ok()) return status;
  draft.footer = FooterOf(draft.table);
  if (draft.footer > 0) {
    CsvOptions options;
    options.skip = draft.skip;
    options.footer = draft.footer;
    if (auto table = CsvTable::Read(path.string(), draft.encoding, options, kLookedAt);
        table.ok()) {
      draft.table = *std::move(table);
    }
  }
  draft.entity = EntityOf(draft.name, draft.table);
  draft.columns = ProfilesOf(draft.table);
  draft.role = RoleOf(draft);
  return draft;
}

}  // namespace crm::crmctl
