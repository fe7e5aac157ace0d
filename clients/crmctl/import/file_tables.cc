#include "clients/crmctl/import/file_tables.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <array>
#include <filesystem>

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

absl::Status JoinedFile::Index() {
  CsvRow row;
  while (reader_.Next(&row)) {
    if (!row.problem.empty()) continue;
    places_.Add(KeyIndex::Hashed(base::Tidy(row.fields[column_])), row.place);
  }
  return reader_.status();
}

const CsvRow* JoinedFile::Find(const std::string& value) {
  const std::optional<int64_t> place = places_.Find(KeyIndex::Hashed(value));
  if (!place) return nullptr;
  if (const auto it = held_.find(*place); it != held_.end()) return &it->second;
  if (held_.size() >= kHeld) held_.clear();
  CsvRow row;
  if (!reader_.At(*place, 1, &row) || !row.problem.empty()) return nullptr;
  return &held_.emplace(*place, std::move(row)).first->second;
}

void FileRows::Join(CsvRow* row) {
  for (const auto& [own, other] : joins_) {
    const size_t before = row->fields.size();
    if (const CsvRow* found = other->Find(base::Tidy(row->fields[own]))) {
      row->fields.insert(row->fields.end(), found->fields.begin(), found->fields.end());
      for (const auto& [column, why] : found->spoiled) {
        row->spoiled.emplace_back(before + column, why);
      }
    }
    row->fields.resize(before + other->columns().size());
  }
}

bool FileRows::Counts(const CsvRow& row) const {
  return std::all_of(where_.begin(), where_.end(),
                     [&](const auto& each) { return Holds(*each.second, row.fields[each.first]); });
}

bool FileRows::Next(CsvRow* row) {
  while (reader_.Next(row)) {
    if (!row->problem.empty()) return true;
    Join(row);
    if (Counts(*row)) return true;
  }
  return false;
}

bool FileRows::At(int64_t place, int64_t line, CsvRow* row) {
  if (!reader_.At(place, line, row)) return false;
  if (row->problem.empty()) Join(row);
  return true;
}

absl::StatusOr<CsvReader> FileTables::OpenAs(const std::string& file, const FileMapping& like) {
  CsvOptions options;
  options.delimiter = like.delimiter;
  options.skip = like.skip;
  options.footer = like.footer;
  options.stop = stop_;
  return CsvReader::Open(folder_.empty() ? file : absl::StrCat(folder_, "/", file), like.encoding,
                         options);
}

absl::StatusOr<CsvReader> FileTables::OpenOther(const std::string& file, const FileMapping& like) {
  const auto own = std::find_if(mapping_.files.begin(), mapping_.files.end(),
                                [&](const FileMapping& each) { return each.file == file; });
  if (own != mapping_.files.end()) return OpenAs(file, *own);
  FileMapping form;
  form.encoding = like.encoding;
  return OpenAs(file, form);
}

absl::StatusOr<std::shared_ptr<JoinedFile>> FileTables::Joined(const FileMapping& file,
                                                               const FileJoin& join) {
  std::shared_ptr<JoinedFile>& known = joined_[{join.file, join.other}];
  if (known) return known;
  CRM_ASSIGN_OR_RETURN(CsvReader reader, OpenOther(join.file, file));
  const std::optional<size_t> column = reader.Column(join.other);
  if (!column) return NoColumn(join.other);
  auto joined = std::make_shared<JoinedFile>(std::move(reader), *column);
  CRM_RETURN_IF_ERROR(joined->Index());
  known = joined;
  return joined;
}

absl::StatusOr<std::unique_ptr<FileRows>> FileTables::Prepared(const FileMapping& file) {
  CRM_ASSIGN_OR_RETURN(CsvReader reader, OpenAs(file.file, file));
  return WithJoins(file, std::move(reader));
}

absl::StatusOr<std::unique_ptr<FileRows>> FileTables::PreparedIn(const std::string& folder,
                                                                 const FileMapping& file) {
  const std::filesystem::path path =
      std::filesystem::path(folder) / std::filesystem::path(file.file).filename();
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return nullptr;
  CsvOptions options;
  options.delimiter = file.delimiter;
  options.skip = file.skip;
  options.stop = stop_;
  CRM_ASSIGN_OR_RETURN(CsvReader reader, CsvReader::Open(path.string(), "", options));
  return WithJoins(file, std::move(reader));
}

absl::StatusOr<std::unique_ptr<FileRows>> FileTables::WithJoins(const FileMapping& file,
                                                                CsvReader reader) {
  auto rows = std::make_unique<FileRows>(std::move(reader));
  for (const FileJoin& join : file.joins) {
    const auto other = Joined(file, join);
    if (absl::IsCancelled(other.status())) return other.status();
    if (!other.ok()) {
      return absl::Status(other.status().code(),
                          absl::StrCat(join.file, " ", other.status().message()));
    }
    const std::optional<size_t> own = rows->Column(join.own);
    if (!own) return NoColumn(join.own);
    std::vector<std::string> columns;
    for (const std::string& column : (*other)->columns()) {
      columns.push_back(column.empty() ? "" : absl::StrCat(join.prefix, column));
    }
    rows->joins_.emplace_back(*own, *other);
    rows->AddColumns(columns);
  }
  for (const RowCondition& condition : file.where) {
    const std::optional<size_t> column = rows->Column(condition.column);
    if (!column) return NoColumn(condition.column);
    rows->where_.emplace_back(*column, &condition);
  }
  return rows;
}

absl::StatusOr<FileReader::Histories> FileTables::History(const FileMapping& file) {
  const StageHistory& history = file.history;
  CRM_ASSIGN_OR_RETURN(CsvReader reader, OpenOther(history.file, file));
  std::array<size_t, 3> columns{};
  const std::array<const std::string*, 3> names = {&history.other, &history.stage,
                                                   &history.time.text};
  for (size_t i = 0; i < names.size(); ++i) {
    const std::optional<size_t> column = reader.Column(*names[i]);
    if (!column) return NoColumn(*names[i]);
    columns[i] = *column;
  }
  auto histories = std::make_shared<StageHistories>(std::move(reader), columns);
  CRM_RETURN_IF_ERROR(histories->Index());
  return histories;
}

absl::StatusOr<FileReader::Listing> FileTables::Values(const std::string& file,
                                                       const std::string& column) {
  CRM_ASSIGN_OR_RETURN(CsvReader reader, OpenOther(file, FileMapping()));
  const std::optional<size_t> position = reader.Column(column);
  if (!position) return NoColumn(column);
  auto values = std::make_shared<KeyIndex>();
  CsvRow row;
  while (reader.Next(&row)) {
    if (row.problem.empty()) values->Add(KeyIndex::Hashed(base::Tidy(row.fields[*position])), 0);
  }
  CRM_RETURN_IF_ERROR(reader.status());
  return values;
}

}  // namespace crm::crmctl
