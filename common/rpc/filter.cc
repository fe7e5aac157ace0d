#include "common/rpc/filter.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>

#include "common/error/error.h"

namespace crm::rpc {
namespace {

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

  absl::string_view Field() {
    return Word([](char c) { return absl::ascii_isalnum(c) || c == '_' || c == '.'; });
  }

  bool Operator(FilterOp* op) {
    // Two-character operators first.
    static constexpr FilterOp kOps[] = {
        FilterOp::kNotEqual, FilterOp::kLessOrEqual, FilterOp::kGreaterOrEqual,
        FilterOp::kEqual,    FilterOp::kLess,        FilterOp::kGreater,
        FilterOp::kHas};
    for (FilterOp candidate : kOps) {
      const absl::string_view text = FilterOpText(candidate);
      if (!absl::StartsWith(rest_, text)) continue;
      Advance(text.size());
      *op = candidate;
      return true;
    }
    return false;
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

std::vector<FilterOp> AllowedOps(const FilterField& field) {
  if (!field.ops.empty()) return field.ops;
  if (field.type == FilterType::kTimestamp || field.type == FilterType::kInteger) {
    return {std::begin(kRangeOps), std::end(kRangeOps)};
  }
  return {std::begin(kEqualityOps), std::end(kEqualityOps)};
}

absl::Status UnknownField(absl::string_view name, absl::Span<const FilterField> fields) {
  const auto append = [](std::string* out, const FilterField& field) { *out += field.name; };
  const absl::string_view shown = name.substr(0, 64);
  return Invalid(absl::StrCat("does not know the field \"", shown, "\"; known are ",
                              absl::StrJoin(fields, ", ", append)))
      .With("field", shown)
      .With("knownFields", absl::StrJoin(fields, ",", append));
}

absl::Status CheckOp(const FilterField& field, FilterOp op) {
  const std::vector<FilterOp> allowed = AllowedOps(field);
  if (std::find(allowed.begin(), allowed.end(), op) != allowed.end()) return absl::OkStatus();
  const auto append = [](std::string* out, FilterOp each) {
    absl::StrAppend(out, FilterOpText(each));
  };
  return Invalid(absl::StrCat("field \"", field.name, "\" allows the operators ",
                              absl::StrJoin(allowed, " ", append)))
      .With("field", field.name);
}

absl::Status ReadValue(const FilterField& field, Condition* condition) {
  const auto fail = [&](absl::string_view rule) -> absl::Status {
    return Invalid(absl::StrCat("the value of \"", field.name, "\" must be ", rule))
        .With("field", field.name);
  };
  switch (field.type) {
    case FilterType::kText:
      return absl::OkStatus();
    case FilterType::kEnum:
      if (std::find(field.values.begin(), field.values.end(), condition->text) ==
          field.values.end()) {
        return fail(absl::StrCat("one of ", absl::StrJoin(field.values, ", ")));
      }
      return absl::OkStatus();
    case FilterType::kTimestamp: {
      std::string ignored;
      if (!absl::ParseTime(absl::RFC3339_full, condition->text, &condition->time, &ignored) ||
          condition->time == absl::InfiniteFuture() || condition->time == absl::InfinitePast()) {
        return fail("a time such as 2026-01-31T09:00:00Z");
      }
      return absl::OkStatus();
    }
    case FilterType::kInteger:
      if (!absl::SimpleAtoi(condition->text, &condition->integer)) return fail("a whole number");
      return absl::OkStatus();
    case FilterType::kBool:
      if (condition->text != "true" && condition->text != "false") return fail("true or false");
      condition->integer = condition->text == "true";
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::StatusOr<Condition> ReadTerm(Scanner& scanner, absl::Span<const FilterField> fields) {
  const absl::string_view name = scanner.Field();
  if (name.empty()) return Invalid("each term must be: field operator value");
  const auto field = std::find_if(fields.begin(), fields.end(),
                                  [&](const FilterField& each) { return each.name == name; });
  if (field == fields.end()) return UnknownField(name, fields);
  Condition condition;
  condition.field = field->name;
  if (!scanner.Operator(&condition.op)) {
    return Invalid(absl::StrCat("an operator must follow \"", name, "\": = != < <= > >= :"));
  }
  if (absl::Status status = CheckOp(*field, condition.op); !status.ok()) return status;
  if (!scanner.Value(&condition.text)) {
    return Invalid(
        absl::StrCat("the value of \"", name, "\" must be a word or a text in double quotes"));
  }
  if (absl::Status status = ReadValue(*field, &condition); !status.ok()) return status;
  return condition;
}

}  // namespace

absl::string_view FilterOpText(FilterOp op) {
  switch (op) {
    case FilterOp::kEqual:
      return "=";
    case FilterOp::kNotEqual:
      return "!=";
    case FilterOp::kLess:
      return "<";
    case FilterOp::kLessOrEqual:
      return "<=";
    case FilterOp::kGreater:
      return ">";
    case FilterOp::kGreaterOrEqual:
      return ">=";
    case FilterOp::kHas:
      return ":";
  }
  return "?";
}

absl::StatusOr<std::vector<Condition>> ParseFilter(absl::string_view filter,
                                                   absl::Span<const FilterField> fields) {
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
    auto condition = ReadTerm(scanner, fields);
    if (!condition.ok()) return condition.status();
    conditions.push_back(*std::move(condition));
  }
  return conditions;
}

}  // namespace crm::rpc
