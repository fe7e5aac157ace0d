#include "clients/crmctl/import/draft.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <filesystem>

#include "clients/crmctl/import/draft_file.h"
#include "clients/crmctl/import/rejects_writer.h"
#include "common/address/normal_forms.h"

namespace crm::crmctl {
namespace {

// The lines of an object, one for each key, and below `fields` and the like one for each of theirs.
std::string Lines(const DraftJson& object, const std::string& at, int indent,
                  const std::map<std::string, std::string>& notes) {
  const std::string space(static_cast<size_t>(indent), ' ');
  std::vector<std::string> lines;
  for (const auto& [key, value] : object.items()) {
    const std::string place = absl::StrCat(at, key);
    const auto note = notes.find(place);
    std::string line = note == notes.end() ? "" : absl::StrCat(space, "// ", note->second, "\n");
    absl::StrAppend(&line, space, Inline(DraftJson(key)), ": ");
    const bool opens = key == "fields" || key == "stages";
    absl::StrAppend(&line, opens && at.empty()
                               ? absl::StrCat("{\n", Lines(value, place + ".", indent + 2, notes),
                                              "\n", space, "}")
                               : Inline(value));
    lines.push_back(std::move(line));
  }
  return absl::StrJoin(lines, ",\n");
}

// Whether two contacts of the files have one address.
bool HaveSameAddresses(const std::vector<DraftParty>& parties) {
  absl::flat_hash_set<std::string> seen;
  const DraftTable* last = nullptr;
  for (const DraftParty& party : parties) {
    if (party.table == last) continue;  // its two kinds of rows
    last = party.table;
    for (const char* field : {"email", "domain"}) {
      const std::string column = party.table->Find(party.entity, field);
      if (column.empty() || party.repeats) continue;
      for (const std::string& cell : party.table->Cells(column)) {
        std::string form =
            *field == 'e' ? address::NormalizeEmail(cell) : address::NormalizeDomain(cell);
        if (!form.empty() && !seen.insert(std::move(form)).second) return true;
      }
    }
  }
  return false;
}

absl::StatusOr<std::deque<DraftTable>> ReadTables(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const bool csv = absl::EqualsIgnoreCase(entry.path().extension().string(), ".csv");
    if (csv && !entry.is_directory()) paths.push_back(entry.path());
  }
  if (error) return absl::NotFoundError(absl::StrCat(folder, ": ", error.message()));
  if (paths.empty()) return absl::NotFoundError(absl::StrCat(folder, ": there is no CSV file"));
  std::sort(paths.begin(), paths.end());
  std::deque<DraftTable> tables;
  for (const std::filesystem::path& path : paths) {
    absl::StatusOr<DraftTable> table = ReadDraftTable(path);
    if (!table.ok()) {
      const absl::string_view what = table.status().message();
      if (absl::StartsWith(what, path.string())) return absl::InvalidArgumentError(what);
      return absl::InvalidArgumentError(absl::StrCat(path.string(), ": ", what));
    }
    // What an import has written there itself.
    const bool rejects = table->table.columns() == RejectsWriter::Columns();
    if (!rejects) tables.push_back(*std::move(table));
  }
  if (tables.empty()) return absl::NotFoundError(absl::StrCat(folder, ": there is no CSV file"));
  return tables;
}

}  // namespace

absl::StatusOr<std::string> DraftMapping(const std::string& folder) {
  const absl::StatusOr<std::deque<DraftTable>> tables = ReadTables(folder);
  if (!tables.ok()) return tables.status();
  const DraftParties parties(*tables);
  std::vector<std::string> parts;
  for (const DraftFile& file : DraftFiles(*tables, parties).Write()) {
    parts.push_back(absl::StrCat("    {\n", Lines(file.node, "", 6, file.notes), "\n    }"));
  }
  std::error_code error;
  std::filesystem::path named = std::filesystem::absolute(folder, error).lexically_normal();
  if (named.filename().empty()) named = named.parent_path();
  const std::string name = named.filename().string();
  const bool shared = HaveSameAddresses(parties.all());
  return absl::StrCat("{\n  \"name\": ", Inline(DraftJson(name)),
                      ",\n  \"empty_words\": [\"-\", \"N/A\", \"none\"],\n",
                      shared ? "  // GUESS: several contacts have one address; the first keeps it\n"
                               "  \"duplicates\": \"drop\",\n"
                             : "",
                      "  \"files\": [\n", absl::StrJoin(parts, ",\n"), "\n  ]\n}\n");
}

}  // namespace crm::crmctl
