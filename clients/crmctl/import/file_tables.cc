#include "clients/crmctl/import/file_tables.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <array>

#include "common/base/status.h"
#include "common/base/unicode.h"

namespace crm::crmctl {
namespace {

absl::Status NoColumn(const std::string& column) {
  return absl::NotFoundError(absl::StrCat("has no column ", Shown(column)));
}

bool Contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool Holds(const RowCondition& condition, absl::string_view field) {
  const std::string value = base::Folded(base::Tidy(field));
  if (!condition.in.empty()) return Contains(condition.in, value);
  if (!condition.not_in.empty()) return !Contains(condition.not_in, value);
  return MatchesPattern(value, condition.matches);
}

}  // namespace

absl::StatusOr<CsvTable> FileTables::ReadAs(const std::string& file, const FileMapping& like) {
  CsvOptions options;
  options.delimiter = like.delimiter;
  options.skip = like.skip;
  options.footer = like.footer;
  options.stop = stop_;
  return CsvTable::Read(folder_.empty() ? file : absl::StrCat(folder_, "/", file), like.encoding,
                        options);
}

absl::StatusOr<std::shared_ptr<const CsvTable>> FileTables::Plain(const std::string& file,
                                                                  const FileMapping& like) {
  std::shared_ptr<const CsvTable>& known = plain_[file];
  if (known) return known;
  // A file that is imported itself is read as its own mapping says; another with the encoding of
  // the one that needs it.
  const auto own = std::find_if(mapping_.files.begin(), mapping_.files.end(),
                                [&](const FileMapping& each) { return each.file == file; });
  FileMapping form;
  form.encoding = like.encoding;
  CRM_ASSIGN_OR_RETURN(CsvTable table, ReadAs(file, own == mapping_.files.end() ? form : *own));
  known = std::make_shared<const CsvTable>(std::move(table));
  return known;
}

absl::Status FileTables::Bring(const FileMapping& file, const FileJoin& join, CsvTable* table) {
  const auto read = Plain(join.file, file);
  if (!read.ok()) {
    return absl::Status(read.status().code(),
                        absl::StrCat(join.file, " ", read.status().message()));
  }
  const CsvTable& other = **read;
  const std::optional<size_t> own_column = table->Column(join.own);
  const std::optional<size_t> other_column = other.Column(join.other);
  if (!own_column) return NoColumn(join.own);
  if (!other_column) {
    return absl::NotFoundError(absl::StrCat(join.file, " ", NoColumn(join.other).message()));
  }
  absl::flat_hash_map<std::string, const CsvRow*> rows;
  for (const CsvRow& row : other.rows()) {
    if (row.problem.empty()) rows.try_emplace(base::Tidy(row.fields[*other_column]), &row);
  }
  std::vector<std::string> columns;
  for (const std::string& column : other.columns()) {
    columns.push_back(column.empty() ? "" : absl::StrCat(join.prefix, column));
  }
  table->Join(columns, [&](const CsvRow& row) -> const CsvRow* {
    const auto it = rows.find(base::Tidy(row.fields[*own_column]));
    return it == rows.end() ? nullptr : it->second;
  });
  return absl::OkStatus();
}

absl::StatusOr<CsvTable> FileTables::Prepared(const FileMapping& file) {
  CRM_ASSIGN_OR_RETURN(CsvTable table, ReadAs(file.file, file));
  for (const FileJoin& join : file.joins) CRM_RETURN_IF_ERROR(Bring(file, join, &table));
  for (const RowCondition& condition : file.where) {
    const std::optional<size_t> column = table.Column(condition.column);
    if (!column) return NoColumn(condition.column);
    table.Filter([&](const CsvRow& row) { return Holds(condition, row.fields[*column]); });
  }
  return table;
}

absl::StatusOr<FileReader::Histories> FileTables::History(const FileMapping& file) {
  const StageHistory& history = file.history;
  CRM_ASSIGN_OR_RETURN(const auto table, Plain(history.file, file));
  std::array<size_t, 3> columns{};
  const std::array<const std::string*, 3> names = {&history.other, &history.stage,
                                                   &history.time.text};
  for (size_t i = 0; i < names.size(); ++i) {
    const std::optional<size_t> column = table->Column(*names[i]);
    if (!column) return NoColumn(*names[i]);
    columns[i] = *column;
  }
  auto stages = std::make_shared<FileReader::StagesByKey>();
  for (const CsvRow& row : table->rows()) {
    if (!row.problem.empty()) continue;
    (*stages)[base::Tidy(row.fields[columns[0]])].emplace_back(base::Tidy(row.fields[columns[1]]),
                                                               base::Tidy(row.fields[columns[2]]));
  }
  return stages;
}

absl::StatusOr<FileReader::Listing> FileTables::Values(const std::string& file,
                                                       const std::string& column) {
  CRM_ASSIGN_OR_RETURN(const auto table, Plain(file, FileMapping()));
  const std::optional<size_t> position = table->Column(column);
  if (!position) return NoColumn(column);
  auto values = std::make_shared<absl::flat_hash_set<std::string>>();
  for (const CsvRow& row : table->rows()) {
    if (row.problem.empty()) values->insert(base::Tidy(row.fields[*position]));
  }
  return values;
}

}  // namespace crm::crmctl
