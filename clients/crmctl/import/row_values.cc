#include "clients/crmctl/import/row_values.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include "common/base/text.h"
#include "common/base/unicode.h"

namespace crm::crmctl {
namespace {

// Kinds of row share the external ids of the tenant and get a word before their key: so much less
// may the key be long.
constexpr size_t kKeyLimit = 116;

}  // namespace

const FileMapping& RowValues::mapping() const { return reader_->mapping_; }

bool RowValues::Maps(absl::string_view field) const { return reader_->Find(field) != nullptr; }

void RowValues::Problem(absl::string_view field, absl::string_view text) {
  const FileReader::Source* source = reader_->Find(field);
  if (source && source->mapping->drop) return Warning(field, absl::StrCat(text, "; left out"));
  Refuse(field, text);
}

void RowValues::Refuse(absl::string_view field, absl::string_view text) {
  const FileReader::Source* source = reader_->Find(field);
  problems_.push_back(absl::StrCat(source ? source->label : std::string(field), ": ", text));
}

void RowValues::KeyProblem(absl::string_view text) {
  problems_.push_back(absl::StrCat(reader_->mapping_.key.label, ": ", text));
}

void RowValues::Warning(absl::string_view field, absl::string_view text) {
  const FileReader::Source* source = reader_->Find(field);
  warnings_.push_back(absl::StrCat(source ? source->label : std::string(field), ": ", text));
}

std::string RowValues::Key() {
  const KeySource& key = reader_->mapping_.key;
  std::string value;
  std::string problem;
  switch (key.from) {
    case KeySource::From::kRow:
      return absl::StrCat(row_->line);
    case KeySource::From::kTemplate:
      value = base::Tidy(reader_->Fill(key.text, *row_, &problem));
      break;
    case KeySource::From::kColumns:
      for (const size_t column : reader_->key_) {
        const std::string part = reader_->Cell(column, *row_, &problem);
        if (part.empty() && problem.empty()) problem = "is required";
        absl::StrAppend(&value, column == reader_->key_.front() ? "" : " | ", part);
      }
      break;
  }
  if (value.empty() && problem.empty()) problem = "is required";
  if (base::CodePoints(value) > kKeyLimit) {
    problem = absl::StrCat("is longer than ", kKeyLimit, " characters");
  }
  if (problem.empty()) return value;
  KeyProblem(problem);
  return "";
}

std::string RowValues::Checked(absl::string_view field, std::string value) {
  const FileReader::Source& source = *reader_->Find(field);
  const FieldKind kind = source.rule->kind;
  const auto limit = static_cast<size_t>(source.rule->limit);
  const bool text = kind == FieldKind::kText || kind == FieldKind::kTexts;
  if (text && value.size() > limit && base::CodePoints(value) > limit) {
    const std::string long_by = absl::StrCat("is longer than ", limit, " characters");
    if (!source.mapping->cut) {
      Problem(field, long_by);
      return "";
    }
    Warning(field, absl::StrCat(long_by, "; cut"));
    value = base::CutAtCharacter(value, limit);
  }
  if (!value.empty() && source.listing && !source.listing->Contains(KeyIndex::Hashed(value))) {
    Problem(field, absl::StrCat(Shown(value), " is not in ", source.mapping->listed_file));
    return "";
  }
  return value;
}

std::string RowValues::Text(absl::string_view field) {
  const FileReader::Source* source = reader_->Find(field);
  if (!source) return "";
  std::string problem;
  std::string value = reader_->Value(*source, *row_, &problem);
  if (!problem.empty()) {
    Problem(field, problem);
    return "";
  }
  if (value.empty() && source->rule->required) Problem(field, "is required");
  // Of several values each has the limit.
  return source->rule->kind == FieldKind::kTexts ? value : Checked(field, std::move(value));
}

std::vector<std::string> RowValues::Texts(absl::string_view field) {
  const std::string text = Text(field);
  if (text.empty()) return {};
  const std::string& split = reader_->Find(field)->mapping->split;
  std::vector<std::string> values;
  constexpr size_t kMost = 20;  // the services' limit
  for (std::string& each : split.empty() ? std::vector{text} : SplitValues(text, split)) {
    std::string checked = Checked(field, std::move(each));
    if (!checked.empty()) values.push_back(std::move(checked));
  }
  if (values.size() > kMost) Problem(field, absl::StrCat("has more than ", kMost, " values"));
  return values;
}

std::string RowValues::Reference(absl::string_view field) {
  const std::string text = Text(field);
  const FileReader::Source* source = reader_->Find(field);
  if (text.empty() || source->mapping->split.empty()) return text;
  const std::vector<std::string> keys = SplitValues(text, source->mapping->split);
  if (keys.size() > 1) {
    Warning(field, absl::StrCat("names ", keys.size(), " rows; the first is taken"));
  }
  return keys.empty() ? "" : keys.front();
}

std::optional<int32_t> RowValues::Whole(absl::string_view field) {
  std::string text = Text(field);
  if (text.empty()) return std::nullopt;
  const FileReader::Source& source = *reader_->Find(field);
  if (source.rule->kind == FieldKind::kPercent) {
    text = base::Tidy(absl::StripSuffix(text, "%"));
  }
  const int least = source.rule->kind == FieldKind::kYear ? 1 : 0;
  const std::optional<WholeNumber> number =
      ParseWhole(text, source.mapping->number, source.mapping->range);
  if (number && !number->value) {
    Warning(field, absl::StrCat(Shown(text), " is a range; left out"));
    return std::nullopt;
  }
  if (number && *number->value >= least && *number->value <= source.rule->limit) {
    return static_cast<int32_t>(*number->value);
  }
  Problem(field, absl::StrCat(Shown(text), " is no whole number from ", least, " to ",
                              source.rule->limit));
  return std::nullopt;
}

// The currency that a symbol or code beside the number, a column or the mapping says; takes symbol
// and code off.
std::string RowValues::CurrencyOf(absl::string_view field, std::string* text) {
  const FileReader::Source& source = *reader_->Find(field);
  const ValueSource& from = *source.mapping;
  std::string code = from.currency;
  if (source.currency_column) {
    std::string problem;
    const std::string word = reader_->Cell(*source.currency_column, *row_, &problem);
    const std::string* known = from.currency_words.Find(word);
    if (!word.empty()) code = known ? *known : word;
    if (!problem.empty()) Problem(field, absl::StrCat(from.currency_column, " ", problem));
  }
  const auto take = [&](absl::string_view mark) {
    absl::string_view rest = *text;
    const bool minus = absl::ConsumePrefix(&rest, "-");
    if (!absl::ConsumePrefix(&rest, mark) && !absl::ConsumeSuffix(&rest, mark)) return false;
    *text = absl::StrCat(minus ? "-" : "", base::Tidy(rest));
    return true;
  };
  for (const auto& [symbol, meant] : from.symbols) {
    if (take(symbol)) return meant;
  }
  if (!code.empty()) take(code);
  return code;
}

std::optional<base::Money> RowValues::Money(absl::string_view field) {
  std::string text = Text(field);
  if (text.empty()) return std::nullopt;
  const std::string shown = Shown(text);
  const ValueSource& source = *reader_->Find(field)->mapping;
  const std::string currency = CurrencyOf(field, &text);
  if (!base::IsCurrency(currency)) {
    Problem(field, currency.empty() ? absl::StrCat(shown, " has no currency")
                                    : absl::StrCat(Shown(currency), " is no ISO 4217 code"));
    return std::nullopt;
  }
  const auto minor = ParseMinor(text, currency, source.scale, source.number);
  if (minor && *minor >= 0) return base::Money{currency, *minor};
  Problem(field, minor ? absl::StrCat(shown, " is negative")
                       : absl::StrCat(shown, " is no amount in ", currency));
  return std::nullopt;
}

std::optional<absl::Time> RowValues::Day(absl::string_view field) {
  const std::string text = Text(field);
  if (text.empty()) return std::nullopt;
  const std::vector<std::string>& formats = reader_->Find(field)->mapping->formats;
  const std::optional<absl::Time> time = ParseTime(text, formats, reader_->all_.zone);
  if (time) return time;
  Problem(field, absl::StrCat(Shown(text), " is no date of the form ",
                              formats.empty() ? "YYYY-MM-DD" : formats.front()));
  return std::nullopt;
}

std::optional<absl::Time> RowValues::Date(absl::string_view field) {
  const std::optional<absl::Time> time = Day(field);
  if (!time || *time <= reader_->now_) return time;
  Problem(field, absl::StrCat(absl::FormatTime("%Y-%m-%d", *time, reader_->all_.zone),
                              " lies in the future"));
  return std::nullopt;
}

std::map<std::string, std::string> RowValues::Attributes() {
  std::map<std::string, std::string> attributes;
  for (const auto& [name, source] : reader_->sources_) {
    if (source.rule != &kAttributeRule) continue;
    std::string value = Text(name);
    if (value.empty()) continue;
    attributes[std::string(absl::StripPrefix(name, kAttributePrefix))] = std::move(value);
  }
  for (const auto& [column, key] : reader_->rest_) {
    std::string problem;
    std::string value = reader_->Cell(column, *row_, &problem);
    const std::string& name = reader_->table_.columns()[column];
    if (problem.empty() && base::CodePoints(value) > 1000) {
      problem = "is longer than 1000 characters";
    }
    if (!problem.empty()) {
      warnings_.push_back(absl::StrCat(name, ": ", problem, "; left out"));
    } else if (!value.empty()) {
      attributes[key] = std::move(value);
    }
  }
  if (attributes.size() > 50) {
    problems_.push_back("attributes: there are more than 50");
  }
  return attributes;
}

std::vector<PastStage> RowValues::History() {
  std::vector<PastStage> past;
  if (!reader_->histories_) return past;
  const StageHistory& history = reader_->mapping_.history;
  std::string problem;
  const std::string key = reader_->Cell(*reader_->history_column_, *row_, &problem);
  for (const auto& [stage, text] : reader_->histories_->Find(key)) {
    const auto time = ParseTime(text, history.time.formats, reader_->all_.zone);
    if (time && *time <= reader_->now_) {
      past.push_back({stage, *time});
    } else {
      warnings_.push_back(absl::StrCat(history.file, ": ", Shown(text), " is no ",
                                       time ? "time that has been" : "date", "; left out"));
    }
  }
  return past;
}

std::map<std::string, absl::Time> RowValues::StageDates() {
  std::map<std::string, absl::Time> dates;
  for (const auto& [stage, source] : reader_->mapping_.stage_dates) {
    if (const auto time = Date(absl::StrCat("stage_dates.", stage))) dates[stage] = *time;
  }
  return dates;
}

}  // namespace crm::crmctl
