#include "common/aggregate/condition_sql.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <variant>
#include <vector>

namespace crm::aggregate {
namespace {

using listing::Condition;
using listing::Field;
using listing::FieldType;
using listing::Operator;
using listing::Value;

const char* SqlType(const std::string&) { return "text"; }
const char* SqlType(int64_t) { return "bigint"; }
const char* SqlType(bool) { return "boolean"; }
const char* SqlType(absl::Time) { return "timestamptz"; }
const char* SqlType(absl::CivilDay) { return "date"; }
const char* SqlType(const base::Uuid&) { return "uuid"; }

// One value of those types; money is two, and written by its condition alone.
void AddOne(const Value& value, QueryText& text) {
  std::visit(
      [&text](const auto& one) {
        if constexpr (requires { SqlType(one); }) text.AddValue(one, SqlType(one));
      },
      value);
}

// All of them, which are of one type, as an array.
void AddAll(const std::vector<Value>& values, QueryText& text) {
  std::visit(
      [&](const auto& first) {
        using T = std::decay_t<decltype(first)>;
        if constexpr (requires { SqlType(first); }) {
          pg::Array array;
          for (const Value& value : values) array.Add(std::get<T>(value));
          text.AddValue(array, absl::StrCat(SqlType(first), "[]"));
        }
      },
      values.front());
}

// The SQL comparison: "!=" also finds what is not set.
absl::string_view ComparisonOf(Operator op) {
  return op == Operator::kNotEqual ? "IS DISTINCT FROM" : listing::TextOf(op);
}

bool IsWhole(const Field& field) { return field.column.find('?') != absl::string_view::npos; }

// `condition` with the value for each '?'.
void AddWhole(absl::string_view condition, const Value& value, QueryText& text) {
  for (size_t mark = condition.find('?'); mark != condition.npos; mark = condition.find('?')) {
    text.Add(condition.substr(0, mark));
    AddOne(value, text);
    condition.remove_prefix(mark + 1);
  }
  text.Add(condition);
}

// `column @> '{"key": "value"}'`, which the index of a map answers; that has no empty maps in it.
void AddMapEntries(const Condition& condition, QueryText& text) {
  const absl::string_view column = condition.field->column;
  text.Add(condition.op == Operator::kNotEqual ? "(NOT ("
                                               : absl::StrCat("(", column, " <> '{}' AND ("));
  for (size_t i = 0; i < condition.values.size(); ++i) {
    const nlohmann::json entry = {{condition.key, std::get<std::string>(condition.values[i])}};
    text.Add(absl::StrCat(i == 0 ? "" : " OR ", column, " @> "));
    text.AddValue(entry.dump(), "jsonb");
  }
  text.Add("))");
}

// Any of the enum's conditions.
void AddEnum(const Condition& condition, QueryText& text) {
  const Field& field = *condition.field;
  text.Add(condition.op == Operator::kNotEqual ? "(NOT (" : "((");
  for (size_t i = 0; i < condition.values.size(); ++i) {
    const auto& name = std::get<std::string>(condition.values[i]);
    const auto at = std::find(field.values.begin(), field.values.end(), name);
    text.Add(absl::StrCat(i == 0 ? "" : " OR ", field.conditions[at - field.values.begin()]));
  }
  text.Add("))");
}

void AddMoney(const Condition& condition, QueryText& text) {
  const auto& money = std::get<base::Money>(condition.values[0]);
  text.Add(absl::StrCat("(", condition.field->currency_column, " = "));
  text.AddValue(money.currency, "text");
  text.Add(absl::StrCat(" AND ", condition.field->column, " ", listing::TextOf(condition.op), " "));
  text.AddValue(money.minor, "bigint");
  text.Add(")");
}

void AddBool(const Condition& condition, QueryText& text) {
  const bool wanted = std::get<bool>(condition.values[0]);
  text.Add(absl::StrCat("(", condition.field->column, wanted ? ")" : ") IS NOT TRUE"));
}

void AddDays(const Condition& condition, QueryText& text) {
  text.Add(absl::StrCat(condition.field->column, " ", listing::TextOf(condition.op),
                        " make_interval(days => "));
  text.AddValue(std::get<int64_t>(condition.values[0]), "int");
  text.Add(")");
}

void AddComparison(const Condition& condition, QueryText& text) {
  const Field& field = *condition.field;
  const bool guarded = !field.set_column.empty() && condition.op != Operator::kNotEqual;
  if (guarded) text.Add("(");
  if (condition.op == Operator::kIn) {
    text.Add(absl::StrCat(field.column, " = ANY ("));
    AddAll(condition.values, text);
    text.Add(")");
  } else {
    text.Add(absl::StrCat(field.column, " ", ComparisonOf(condition.op), " "));
    AddOne(condition.values[0], text);
  }
  if (guarded) text.Add(absl::StrCat(" AND ", field.set_column, " IS NOT NULL)"));
}

}  // namespace

void AddCondition(const Condition& condition, bool show_deleted, QueryText& text) {
  const Field& field = *condition.field;
  if (IsWhole(field)) {
    const bool deleted_too = show_deleted && !field.with_deleted.empty();
    return AddWhole(deleted_too ? field.with_deleted : field.column, condition.values[0], text);
  }
  if (condition.op == Operator::kHas) {
    text.Add(
        absl::StrCat(field.set_column.empty() ? field.column : field.set_column, " IS NOT NULL"));
    return;
  }
  switch (field.type) {
    case FieldType::kMap:
      return AddMapEntries(condition, text);
    case FieldType::kEnum:
      return field.conditions.empty() ? AddComparison(condition, text) : AddEnum(condition, text);
    case FieldType::kMoney:
      return AddMoney(condition, text);
    case FieldType::kBool:
      return AddBool(condition, text);
    case FieldType::kDays:
      return AddDays(condition, text);
    default:
      return AddComparison(condition, text);
  }
}

void AddPosition(const listing::Order& order, const listing::Cursor& after, bool descending,
                 QueryText& text) {
  text.Add(absl::StrCat("(", order.column, ", id) ", descending ? "<" : ">", " ("));
  std::visit([&text](const auto& key) { text.AddValue(key, SqlType(key)); }, after.key);
  text.Add(", ");
  text.AddValue(after.id, "uuid");
  text.Add(")");
}

}  // namespace crm::aggregate
