#include "common/rpc/filter.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "common/base/status.h"
#include "common/base/text.h"
#include "common/rpc/filter_scanner.h"
#include "common/rpc/filter_value.h"

namespace crm::rpc {
namespace {

using listing::Condition;
using listing::Field;
using listing::FieldType;
using listing::Operator;

constexpr size_t kMaxTerms = 20;
constexpr size_t kMaxValues = 100;
constexpr size_t kMaxSize = 2000;
constexpr size_t kShown = 64;

// The key in "<name of the map>.<key>"; empty if `name` is another one.
absl::string_view KeyIn(const Field& map, absl::string_view name) {
  if (map.type != FieldType::kMap || !absl::StartsWith(name, map.name)) return "";
  name.remove_prefix(map.name.size());
  return absl::StartsWith(name, ".") ? name.substr(1) : "";
}

error::Error UnknownField(size_t column, absl::string_view name, absl::Span<const Field> fields) {
  const auto append = [](std::string* out, const Field& field) {
    absl::StrAppend(out, field.name, field.type == FieldType::kMap ? ".{key}" : "");
  };
  const absl::string_view shown = name.substr(0, kShown);
  return FilterError(column, absl::StrCat("does not know the field \"", shown, "\"; known are ",
                                          absl::StrJoin(fields, ", ", append)))
      .With("field", shown)
      .With("knownFields", absl::StrJoin(fields, ",", append));
}

// Field and key of a condition.
absl::StatusOr<Condition> FieldOf(size_t column, absl::string_view name,
                                  absl::Span<const Field> fields) {
  Condition condition;
  for (const Field& field : fields) {
    const bool map = field.type == FieldType::kMap;
    const absl::string_view key = KeyIn(field, name);
    if (map ? key.empty() : field.name != name) continue;
    if (map && !base::IsKey(key)) {
      return FilterError(column, absl::StrCat("the key in \"", field.name,
                                              ".{key}\" must be 1 to 63 characters [a-z0-9_], the "
                                              "first one a letter"))
          .With("field", field.name);
    }
    condition.field = &field;
    condition.key = std::string(key);
    return condition;
  }
  return UnknownField(column, name, fields);
}

error::Error WrongOperator(size_t column, const Field& field) {
  const auto append = [](std::string* out, Operator op) {
    absl::StrAppend(out, op == Operator::kHas ? ":*" : listing::TextOf(op),
                    op == Operator::kIn ? " (…)" : "");
  };
  return FilterError(column, absl::StrCat("field \"", field.name, "\" allows the operators ",
                                          absl::StrJoin(field.operators, " ", append)))
      .With("field", field.name);
}

absl::Status ReadValue(FilterScanner& scanner, absl::string_view name, Condition& condition) {
  const size_t column = scanner.column();
  CRM_ASSIGN_OR_RETURN(std::string text, scanner.Value(name));
  auto value = FilterValue(*condition.field, std::move(text));
  if (!value.has_value()) {
    return FilterError(column, absl::StrCat("the value of \"", name, "\" must be ",
                                            FilterValueRule(*condition.field)))
        .With("field", condition.field->name);
  }
  condition.values.push_back(*std::move(value));
  return absl::OkStatus();
}

absl::Status ReadList(FilterScanner& scanner, absl::string_view name, Condition& condition) {
  if (!scanner.Take('(')) return FilterError(scanner.column(), "IN must be followed by (value, …)");
  do {
    if (condition.values.size() == kMaxValues) {
      return FilterError(scanner.column(), absl::StrCat("a list has at most ", kMaxValues));
    }
    CRM_RETURN_IF_ERROR(ReadValue(scanner, name, condition));
  } while (scanner.Take(','));
  if (!scanner.Take(')')) {
    return FilterError(scanner.column(), "in a list , or ) must follow a value");
  }
  return absl::OkStatus();
}

absl::Status ReadValues(FilterScanner& scanner, absl::string_view name, Condition& condition) {
  if (condition.op == Operator::kIn) return ReadList(scanner, name, condition);
  if (condition.op != Operator::kHas) return ReadValue(scanner, name, condition);
  if (scanner.Take('*')) return absl::OkStatus();
  return FilterError(scanner.column(), "after \":\" only * may stand: the field is set");
}

absl::StatusOr<Condition> ReadTerm(FilterScanner& scanner, absl::Span<const Field> fields) {
  const size_t column = scanner.column();
  const absl::string_view name = scanner.FieldName();
  if (name.empty()) return FilterError(column, "each term must be: field operator value");
  CRM_ASSIGN_OR_RETURN(Condition condition, FieldOf(column, name, fields));
  const size_t op_column = scanner.column();
  const std::optional<Operator> op = scanner.Operator();
  if (!op) {
    return FilterError(op_column, absl::StrCat("an operator must follow \"", name.substr(0, kShown),
                                               "\": = != < <= > >= : IN"));
  }
  const auto& allowed = condition.field->operators;
  if (std::find(allowed.begin(), allowed.end(), *op) == allowed.end()) {
    return WrongOperator(op_column, *condition.field);
  }
  condition.op = *op;
  CRM_RETURN_IF_ERROR(ReadValues(scanner, name, condition));
  return condition;
}

}  // namespace

absl::StatusOr<std::vector<Condition>> ParseFilter(absl::string_view filter,
                                                   absl::Span<const Field> fields) {
  std::vector<Condition> conditions;
  if (filter.size() > kMaxSize) {
    return FilterError(1, absl::StrCat("must be at most ", kMaxSize, " bytes"));
  }
  FilterScanner scanner(filter);
  while (!scanner.AtEnd()) {
    if (!conditions.empty() && !scanner.And()) {
      return FilterError(scanner.column(), "terms are joined by AND");
    }
    if (scanner.AtEnd()) return FilterError(scanner.column(), "a term must follow AND");
    if (conditions.size() == kMaxTerms) {
      return FilterError(scanner.column(), absl::StrCat("must have at most ", kMaxTerms, " terms"));
    }
    CRM_ASSIGN_OR_RETURN(Condition condition, ReadTerm(scanner, fields));
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

}  // namespace crm::rpc
