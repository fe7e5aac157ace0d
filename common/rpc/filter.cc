#include "common/rpc/filter.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/time.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/resource_name.h"

namespace crm::rpc {
namespace {

using listing::Condition;
using listing::Field;
using listing::FieldType;
using listing::Operator;

constexpr size_t kMaxTerms = 20;
constexpr size_t kMaxSize = 2000;

error::Error Invalid(absl::string_view text) {
  return error::Error(absl::StatusCode::kInvalidArgument, error::kFilterInvalid,
                      "The filter is not valid.")
      .Violation("filter", text);
}

bool IsWordChar(char c) {
  return absl::ascii_isalnum(c) || absl::StrContains("._@:/+*%-", absl::string_view(&c, 1));
}

// The rest of a filter while it is read from the left.
class Scanner {
 public:
  explicit Scanner(absl::string_view text) : rest_(text) { SkipSpace(); }

  bool AtEnd() const { return rest_.empty(); }

  absl::string_view FieldName() {
    return Word([](char c) { return absl::ascii_isalnum(c) || c == '_' || c == '.'; });
  }

  // Empty if none follows.
  absl::string_view OperatorText() {
    // Two-character operators first.
    for (const absl::string_view text : {"!=", "<=", ">=", "=", "<", ">", ":"}) {
      if (!absl::StartsWith(rest_, text)) continue;
      Advance(text.size());
      return text;
    }
    return "";
  }

  bool Value(std::string* value) {
    if (rest_.empty() || rest_.front() != '"') {
      const absl::string_view word = Word(IsWordChar);
      value->assign(word.data(), word.size());
      return !word.empty();
    }
    for (size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        Advance(i + 1);
        return true;
      }
      if (rest_[i] == '\\' && ++i == rest_.size()) return false;
      value->push_back(rest_[i]);
    }
    return false;
  }

  bool And() { return Word(absl::ascii_isalpha) == "AND"; }

 private:
  template <class Predicate>
  absl::string_view Word(Predicate accepts) {
    size_t size = 0;
    while (size < rest_.size() && accepts(rest_[size])) ++size;
    const absl::string_view word = rest_.substr(0, size);
    Advance(size);
    return word;
  }

  void Advance(size_t size) {
    rest_.remove_prefix(size);
    SkipSpace();
  }
  void SkipSpace() { rest_ = absl::StripLeadingAsciiWhitespace(rest_); }

  absl::string_view rest_;
};

absl::Status UnknownField(absl::string_view name, absl::Span<const Field> fields) {
  const auto append = [](std::string* out, const Field& field) {
    absl::StrAppend(out, field.name);
  };
  const absl::string_view shown = name.substr(0, 64);
  return Invalid(absl::StrCat("does not know the field \"", shown, "\"; known are ",
                              absl::StrJoin(fields, ", ", append)))
      .With("field", shown)
      .With("knownFields", absl::StrJoin(fields, ",", append));
}

absl::StatusOr<Operator> OperatorOf(const Field& field, absl::string_view text) {
  for (const Operator op : field.operators) {
    if (listing::TextOf(op) == text) return op;
  }
  const auto append = [](std::string* out, Operator op) {
    absl::StrAppend(out, listing::TextOf(op));
  };
  return Invalid(absl::StrCat("field \"", field.name, "\" allows the operators ",
                              absl::StrJoin(field.operators, " ", append)))
      .With("field", field.name);
}

std::optional<absl::Time> TimeIn(absl::string_view text) {
  absl::Time time;
  std::string ignored;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &ignored)) return std::nullopt;
  return listing::IsStorable(time) ? std::optional(time) : std::nullopt;
}

using Value = decltype(Condition::value);

absl::StatusOr<Value> ValueOf(const Field& field, std::string text) {
  std::optional<Value> value;
  std::string rule;
  switch (field.type) {
    case FieldType::kText:
      value = field.normalize == nullptr ? std::move(text) : field.normalize(text);
      break;
    case FieldType::kEnum:
      rule = absl::StrCat("one of ", absl::StrJoin(field.values, ", "));
      if (std::find(field.values.begin(), field.values.end(), text) != field.values.end()) {
        value = std::move(text);
      }
      break;
    case FieldType::kTime:
      rule = "a time such as 2026-01-31T09:00:00Z";
      value = TimeIn(text);
      break;
    case FieldType::kName:
      rule = absl::StrCat("\"", field.collection, "/{uuid}\"");
      value = ParseName(text, field.collection);
      break;
    case FieldType::kSlugName:
      rule = absl::StrCat("\"", field.collection, "/{id}\"");
      if (const auto id = ParseSlugName(text, field.collection)) value = std::string(*id);
      break;
  }
  if (value.has_value()) return *std::move(value);
  return Invalid(absl::StrCat("the value of \"", field.name, "\" must be ", rule))
      .With("field", field.name);
}

absl::StatusOr<Condition> ReadTerm(Scanner& scanner, absl::Span<const Field> fields) {
  const absl::string_view name = scanner.FieldName();
  if (name.empty()) return Invalid("each term must be: field operator value");
  const auto* const field = std::find_if(fields.begin(), fields.end(),
                                         [&](const Field& each) { return each.name == name; });
  if (field == fields.end()) return UnknownField(name, fields);
  const absl::string_view op = scanner.OperatorText();
  if (op.empty()) {
    return Invalid(absl::StrCat("an operator must follow \"", name, "\": = != < <= > >= :"));
  }
  Condition condition;
  condition.field = field;
  CRM_ASSIGN_OR_RETURN(condition.op, OperatorOf(*field, op));
  std::string text;
  if (!scanner.Value(&text)) {
    return Invalid(
        absl::StrCat("the value of \"", name, "\" must be a word or a text in double quotes"));
  }
  CRM_ASSIGN_OR_RETURN(condition.value, ValueOf(*field, std::move(text)));
  return condition;
}

}  // namespace

absl::StatusOr<std::vector<Condition>> ParseFilter(absl::string_view filter,
                                                   absl::Span<const Field> fields) {
  std::vector<Condition> conditions;
  if (filter.size() > kMaxSize)
    return Invalid(absl::StrCat("must be at most ", kMaxSize, " bytes"));
  Scanner scanner(filter);
  while (!scanner.AtEnd()) {
    if (!conditions.empty() && !scanner.And()) return Invalid("terms are joined by AND");
    if (scanner.AtEnd()) return Invalid("a term must follow AND");
    if (conditions.size() == kMaxTerms) {
      return Invalid(absl::StrCat("must have at most ", kMaxTerms, " terms"));
    }
    CRM_ASSIGN_OR_RETURN(Condition condition, ReadTerm(scanner, fields));
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

}  // namespace crm::rpc
