#include "common/rpc/filter_scanner.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <algorithm>

namespace crm::rpc {
namespace {

bool IsWordChar(char c) {
  return absl::ascii_isalnum(c) || absl::StrContains("_.-/@:+", absl::string_view(&c, 1));
}

bool IsFieldChar(char c) { return absl::ascii_isalnum(c) || c == '_' || c == '.'; }

// Bytes that continue a character of UTF-8 are none of their own.
bool BeginsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

}  // namespace

error::Error FilterError(size_t column, absl::string_view text) {
  return error::Error(absl::StatusCode::kInvalidArgument, error::kFilterInvalid,
                      "The filter is not valid.")
      .With("column", absl::StrCat(column))
      .Violation("filter", absl::StrCat("column ", column, ": ", text));
}

size_t FilterScanner::ColumnOf(absl::string_view rest) const {
  const absl::string_view before = text_.substr(0, text_.size() - rest.size());
  return static_cast<size_t>(std::count_if(before.begin(), before.end(), BeginsCharacter)) + 1;
}

size_t FilterScanner::column() const { return ColumnOf(rest_); }

void FilterScanner::Advance(size_t size) {
  rest_.remove_prefix(size);
  SkipSpace();
}

void FilterScanner::SkipSpace() { rest_ = absl::StripLeadingAsciiWhitespace(rest_); }

template <class Predicate>
absl::string_view FilterScanner::Word(const Predicate& accepts) {
  const size_t size =
      static_cast<size_t>(std::find_if_not(rest_.begin(), rest_.end(), accepts) - rest_.begin());
  const absl::string_view word = rest_.substr(0, size);
  Advance(size);
  return word;
}

absl::string_view FilterScanner::FieldName() { return Word(IsFieldChar); }

std::optional<listing::Operator> FilterScanner::Operator() {
  using listing::Operator;
  // Those that begin like a shorter one first.
  for (const Operator op :
       {Operator::kNotEqual, Operator::kLessOrEqual, Operator::kGreaterOrEqual, Operator::kEqual,
        Operator::kLess, Operator::kGreater, Operator::kHas, Operator::kIn}) {
    const absl::string_view text = listing::TextOf(op);
    if (!absl::StartsWith(rest_, text)) continue;
    if (op == Operator::kIn && rest_.size() > text.size() && IsWordChar(rest_[text.size()])) break;
    Advance(text.size());
    return op;
  }
  return std::nullopt;
}

bool FilterScanner::Take(char mark) {
  if (rest_.empty() || rest_.front() != mark) return false;
  Advance(1);
  return true;
}

bool FilterScanner::And() {
  const absl::string_view before = rest_;
  if (Word(IsWordChar) == "AND") return true;
  rest_ = before;
  return false;
}

absl::StatusOr<std::string> FilterScanner::QuotedText() {
  std::string value;
  for (size_t i = 1; i < rest_.size(); ++i) {
    if (rest_[i] == '"') {
      Advance(i + 1);
      return value;
    }
    if (rest_[i] == '\\') {
      if (++i == rest_.size() || (rest_[i] != '"' && rest_[i] != '\\')) {
        return FilterError(ColumnOf(rest_.substr(i - 1)),
                           "in a text in double quotes a backslash stands before \" or \\ only");
      }
    }
    value.push_back(rest_[i]);
  }
  return FilterError(column(), "a text in double quotes must end with one");
}

absl::StatusOr<std::string> FilterScanner::Value(absl::string_view field) {
  if (!rest_.empty() && rest_.front() == '"') return QuotedText();
  const absl::string_view before = rest_;
  const size_t size =
      static_cast<size_t>(std::find_if_not(rest_.begin(), rest_.end(), IsWordChar) - rest_.begin());
  const absl::string_view after = rest_.substr(size);
  const bool ends = after.empty() || absl::ascii_isspace(after.front()) ||
                    absl::StrContains(",)", after.substr(0, 1));
  if (!ends) {
    return FilterError(ColumnOf(after),
                       "a value with other characters than letters, digits and _ . - / @ : + must "
                       "stand in double quotes");
  }
  if (size == 0) {
    return FilterError(column(), absl::StrCat("the value of \"", field,
                                              "\" must be a word or a text in double quotes"));
  }
  Advance(size);
  return std::string(before.substr(0, size));
}

}  // namespace crm::rpc
