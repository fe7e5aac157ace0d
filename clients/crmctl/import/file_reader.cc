#include <absl/container/flat_hash_set.h>
#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/strip.h>

#include <algorithm>

#include "clients/crmctl/import/row_values.h"
#include "common/base/unicode.h"

namespace crm::crmctl {
namespace {

// The names in braces.
std::vector<std::string> ColumnsIn(absl::string_view text) {
  std::vector<std::string> columns;
  while (true) {
    const size_t open = text.find('{');
    const size_t close = text.find('}', open == absl::string_view::npos ? 0 : open);
    if (open == absl::string_view::npos || close == absl::string_view::npos) return columns;
    columns.emplace_back(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
}

}  // namespace

std::string AttributeKey(absl::string_view column) {
  std::string key = absl::StrJoin(base::SearchWords(column), "_");
  std::erase_if(
      key, [](char c) { return !absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '_'; });
  key = std::string(absl::StripPrefix(key, "_"));
  if (!key.empty() && !absl::ascii_isalpha(static_cast<unsigned char>(key[0]))) key.insert(0, "c_");
  return key.substr(0, 63);
}

FileReader::FileReader(const Mapping& mapping, const FileMapping& file, const CsvColumns& table,
                       absl::Time now, const OtherFiles& others, error::Error* problems)
    : all_(mapping),
      mapping_(file),
      table_(table),
      now_(now),
      used_(table.columns().size(), false) {
  for (const std::string& column : file.key.columns) {
    if (const auto at = Need(column, "the key", problems)) key_.push_back(*at);
  }
  NeedTemplate(file.key.text, "the key", problems);
  for (const FieldRule& rule : FieldsOf(file.entity)) {
    const auto it = file.fields.find(rule.name);
    if (it != file.fields.end()) Add(rule.name, rule, it->second, others, problems);
  }
  for (const auto& [name, source] : file.fields) {
    if (absl::StartsWith(name, kAttributePrefix)) {
      Add(name, kAttributeRule, source, others, problems);
    }
  }
  static const FieldRule kStageDate = {"stage_dates", FieldKind::kDate, 0, false};
  for (const auto& [stage, source] : file.stage_dates) {
    Add(absl::StrCat("stage_dates.", stage), kStageDate, source, others, problems);
  }
  if (!file.history.file.empty()) TakeHistory(others, problems);
  if (file.rest_attributes) FindRest();
}

std::optional<size_t> FileReader::Need(const std::string& column, absl::string_view what,
                                       error::Error* problems) {
  const std::optional<size_t> at = table_.Column(column);
  if (!at) {
    problems->Violation(mapping_.file,
                        absl::StrCat("has no column ", Shown(column), ", which ", what, " needs"));
  } else if (table_.Count(column) > 1) {
    problems->Violation(
        mapping_.file,
        absl::StrCat("has the column ", Shown(column), " ", table_.Count(column), " times: say ",
                     Shown(absl::StrCat(column, "#2")), " for the second"));
  }
  if (at) used_[*at] = true;
  return at;
}

void FileReader::NeedTemplate(absl::string_view text, absl::string_view what,
                              error::Error* problems) {
  for (const std::string& column : ColumnsIn(text)) {
    if (const auto at = Need(column, what, problems)) templates_[column] = *at;
  }
}

void FileReader::Add(const std::string& name, const FieldRule& rule, const ValueSource& from,
                     const OtherFiles& others, error::Error* problems) {
  Source source{&from, &rule, {}, std::nullopt, nullptr, name};
  if (from.from == ValueSource::From::kColumn) {
    std::vector<std::string> columns = {from.text};
    columns.insert(columns.end(), from.others.begin(), from.others.end());
    for (const std::string& column : columns) {
      if (const auto at = Need(column, name, problems)) source.columns.push_back(*at);
    }
    if (from.text != name) source.label = absl::StrCat(from.text, " (", name, ")");
  } else if (from.from == ValueSource::From::kTemplate) {
    NeedTemplate(from.text, name, problems);
  }
  if (!from.currency_column.empty()) {
    source.currency_column = Need(from.currency_column, name, problems);
  }
  if (!from.listed_file.empty()) {
    absl::StatusOr<Listing> listed = others.listing(from.listed_file, from.listed_column);
    if (listed.ok()) {
      source.listing = *std::move(listed);
    } else {
      problems->Violation(from.listed_file, std::string(listed.status().message()));
    }
  }
  sources_.emplace(name, std::move(source));
}

void FileReader::TakeHistory(const OtherFiles& others, error::Error* problems) {
  history_column_ = Need(mapping_.history.own, "stage_history", problems);
  absl::StatusOr<Histories> histories = others.history(mapping_);
  if (histories.ok()) {
    histories_ = *std::move(histories);
  } else {
    problems->Violation(mapping_.history.file, std::string(histories.status().message()));
  }
}

void FileReader::FindRest() {
  absl::flat_hash_set<std::string> taken;
  for (const auto& [name, source] : sources_) {
    taken.insert(std::string(absl::StripPrefix(name, kAttributePrefix)));
  }
  for (size_t i = 0; i < table_.columns().size(); ++i) {
    if (used_[i]) continue;
    const std::string key = AttributeKey(table_.columns()[i]);
    std::string free = key;
    for (int n = 2; !key.empty() && !taken.insert(free).second; ++n) {
      const std::string suffix = absl::StrCat("_", n);
      free = absl::StrCat(key.substr(0, 63 - suffix.size()), suffix);
    }
    if (!key.empty()) rest_.emplace_back(i, free);
  }
}

const FileReader::Source* FileReader::Find(absl::string_view field) const {
  const auto it = sources_.find(field);
  return it == sources_.end() ? nullptr : &it->second;
}

std::string FileReader::Cell(size_t column, const CsvRow& row, std::string* problem) const {
  for (const auto& [spoiled, why] : row.spoiled) {
    if (spoiled != column) continue;
    *problem = why;
    return "";
  }
  std::string value = base::Tidy(row.fields[column]);
  if (value.empty() || all_.empty_words.empty()) return value;
  const std::string folded = base::Folded(value);
  const auto& words = all_.empty_words;
  return std::find(words.begin(), words.end(), folded) == words.end() ? value : "";
}

std::string FileReader::Fill(absl::string_view text, const CsvRow& row,
                             std::string* problem) const {
  std::string filled;
  while (!text.empty()) {
    const size_t open = text.find('{');
    absl::StrAppend(&filled, text.substr(0, open));
    if (open == absl::string_view::npos) break;
    const size_t close = text.find('}', open);
    if (close == absl::string_view::npos) break;
    const auto column = templates_.find(text.substr(open + 1, close - open - 1));
    if (column != templates_.end()) filled += Cell(column->second, row, problem);
    text.remove_prefix(close + 1);
  }
  return filled;
}

std::string FileReader::Value(const Source& source, const CsvRow& row, std::string* problem) const {
  std::string value;
  switch (source.mapping->from) {
    case ValueSource::From::kColumn:
      for (size_t i = 0; i < source.columns.size() && value.empty() && problem->empty(); ++i) {
        value = Cell(source.columns[i], row, problem);
      }
      break;
    case ValueSource::From::kConstant:
      value = source.mapping->text;
      break;
    case ValueSource::From::kTemplate:
      value = base::Tidy(Fill(source.mapping->text, row, problem));
      break;
  }
  if (const std::string* word = source.mapping->words.Find(value)) value = *word;
  return value.empty() ? source.mapping->fallback : value;
}

}  // namespace crm::crmctl
