#include "clients/crmctl/import/row_values.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/civil_time.h>

#include "clients/crmctl/import/money_text.h"
#include "common/base/text.h"

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

std::string Quoted(absl::string_view value) {
  constexpr size_t kShown = 60;
  return absl::StrCat("\"", base::Shortened(value, kShown), value.size() > kShown ? "…" : "", "\"");
}

}  // namespace

FileReader::FileReader(const FileMapping& mapping, const CsvTable& table, absl::Time now,
                       const ListingSource& listing, error::Error* problems)
    : mapping_(mapping), table_(table), now_(now), key_(table.Column(mapping.key)) {
  const auto need = [&](const std::string& column, absl::string_view what) {
    if (table.Column(column)) return;
    problems->Violation(mapping.file,
                        absl::StrCat("has no column ", Quoted(column), ", which ", what, " needs"));
  };
  need(mapping.key, "the key");
  for (const FieldRule& rule : FieldsOf(mapping.entity)) {
    const auto it = mapping.fields.find(rule.name);
    if (it == mapping.fields.end()) continue;
    Source source{&it->second, &rule, std::nullopt, nullptr, rule.name};
    const ValueSource& from = it->second;
    if (from.from == ValueSource::From::kColumn) {
      need(from.text, rule.name);
      source.column = table.Column(from.text);
      if (from.text != rule.name) source.label = absl::StrCat(from.text, " (", rule.name, ")");
    } else if (from.from == ValueSource::From::kTemplate) {
      for (const std::string& column : ColumnsIn(from.text)) need(column, rule.name);
    }
    if (!from.listed_file.empty()) {
      absl::StatusOr<Listing> listed = listing(from.listed_file, from.listed_column);
      if (listed.ok()) {
        source.listing = *std::move(listed);
      } else {
        problems->Violation(from.listed_file, listed.status().ToString());
      }
    }
    sources_.emplace(rule.name, std::move(source));
  }
}

const FileReader::Source* FileReader::Find(absl::string_view field) const {
  const auto it = sources_.find(field);
  return it == sources_.end() ? nullptr : &it->second;
}

std::string FileReader::Fill(absl::string_view text, const CsvRow& row) const {
  std::string filled;
  while (!text.empty()) {
    const size_t open = text.find('{');
    absl::StrAppend(&filled, text.substr(0, open));
    if (open == absl::string_view::npos) break;
    const size_t close = text.find('}', open);
    if (close == absl::string_view::npos) break;
    if (const auto column = table_.Column(text.substr(open + 1, close - open - 1))) {
      filled += row.fields[*column];
    }
    text.remove_prefix(close + 1);
  }
  return filled;
}

std::string FileReader::Value(const Source& source, const CsvRow& row) const {
  std::string value;
  switch (source.mapping->from) {
    case ValueSource::From::kColumn:
      if (source.column) value = row.fields[*source.column];
      break;
    case ValueSource::From::kConstant:
      value = source.mapping->text;
      break;
    case ValueSource::From::kTemplate:
      value = Fill(source.mapping->text, row);
      break;
  }
  if (const auto it = source.mapping->values.find(value); it != source.mapping->values.end()) {
    value = it->second;
  }
  return value.empty() ? source.mapping->fallback : value;
}

const FileMapping& RowValues::mapping() const { return reader_->mapping_; }

void RowValues::Problem(absl::string_view field, absl::string_view text) {
  const FileReader::Source* source = reader_->Find(field);
  problems_.push_back(absl::StrCat(source ? source->label : std::string(field), ": ", text));
}

std::string RowValues::Key() {
  std::string key = row_->fields[*reader_->key_];
  if (key.empty()) problems_.push_back(absl::StrCat(reader_->mapping_.key, ": is required"));
  if (base::CodePoints(key) > 128) {
    problems_.push_back(absl::StrCat(reader_->mapping_.key, ": is longer than 128 characters"));
  }
  return key;
}

std::string RowValues::Text(const char* field) {
  const FileReader::Source* source = reader_->Find(field);
  if (!source) return "";
  std::string value = reader_->Value(*source, *row_);
  const auto limit = static_cast<size_t>(source->rule->limit);
  if (value.empty() && source->rule->required) {
    Problem(field, "is required");
  } else if (source->rule->kind == FieldKind::kText && base::CodePoints(value) > limit) {
    Problem(field, absl::StrCat("is longer than ", limit, " characters"));
  } else if (!value.empty() && source->listing && !source->listing->contains(value)) {
    Problem(field, absl::StrCat(Quoted(value), " is not in ", source->mapping->listed_file));
  }
  return value;
}

std::optional<int32_t> RowValues::Whole(const char* field) {
  const std::string text = Text(field);
  if (text.empty()) return std::nullopt;
  const FieldRule& rule = *reader_->Find(field)->rule;
  const int least = rule.kind == FieldKind::kYear ? 1 : 0;
  int32_t value = 0;
  if (absl::SimpleAtoi(text, &value) && value >= least && value <= rule.limit) return value;
  Problem(field,
          absl::StrCat(Quoted(text), " is no whole number from ", least, " to ", rule.limit));
  return std::nullopt;
}

std::optional<int64_t> RowValues::Minor(const char* field) {
  const std::string text = Text(field);
  if (text.empty()) return std::nullopt;
  const ValueSource& source = *reader_->Find(field)->mapping;
  const std::optional<int64_t> minor = ParseMinor(text, source.currency, source.scale);
  if (minor && *minor >= 0) return minor;
  Problem(field, absl::StrCat(Quoted(text), minor ? " is negative" : " is no amount in ",
                              minor ? "" : source.currency));
  return std::nullopt;
}

std::optional<absl::Time> RowValues::Date(const char* field) {
  const std::string text = Text(field);
  if (text.empty()) return std::nullopt;
  absl::CivilDay day;
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day) || day.year() < 1) {
    Problem(field, absl::StrCat(Quoted(text), " is no date of the form YYYY-MM-DD"));
    return std::nullopt;
  }
  const absl::Time time = absl::FromCivil(day, absl::UTCTimeZone());
  if (time > reader_->now_) {
    Problem(field, absl::StrCat(text, " lies in the future"));
    return std::nullopt;
  }
  return time;
}

}  // namespace crm::crmctl
