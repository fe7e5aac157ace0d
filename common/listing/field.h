#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/base/enum_names.h"

// What a list can be filtered by. Each listed thing has one table of fields, which both the parser
// of filters (rpc::ParseFilter) and the query (aggregate::List) go by.
namespace crm::listing {

enum class FieldType {
  kText,      // as it stands
  kEnum,      // one of `values`
  kTime,      // RFC 3339, or a date: midnight UTC
  kDay,       // a date
  kNumber,    // a whole number
  kMoney,     // minor units and currency, "105400 USD"
  kDays,      // a whole number of days, compared with the interval in the column
  kBool,      // true or false; the column is a condition
  kName,      // "<collection>/{uuid}"; the column holds the id
  kSlugName,  // "<collection>/{id}"; the column holds the id
  kMap,       // "<name>.<key>": a text in the JSON object that the column holds
};

enum class Operator {
  kEqual,
  kNotEqual,  // also where the field is not set
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kHas,  // "*": the field is set
  kIn,   // one of several
};

// As it stands in filters and, but for ":" and "!=", in SQL.
constexpr absl::string_view TextOf(Operator op) {
  constexpr absl::string_view kTexts[] = {"=", "!=", "<", "<=", ">", ">=", ":", "IN"};
  return kTexts[static_cast<size_t>(op)];
}

inline constexpr Operator kEqual[] = {Operator::kEqual};
// Of what is equal or not.
inline constexpr Operator kExact[] = {Operator::kEqual, Operator::kNotEqual, Operator::kIn};
// The same of what may be not set.
inline constexpr Operator kExactOrSet[] = {Operator::kEqual, Operator::kNotEqual, Operator::kIn,
                                           Operator::kHas};
// Of what is less or more.
inline constexpr Operator kRange[] = {Operator::kEqual,   Operator::kNotEqual,
                                      Operator::kLess,    Operator::kLessOrEqual,
                                      Operator::kGreater, Operator::kGreaterOrEqual};
// The same of what may be not set.
inline constexpr Operator kRangeOrSet[] = {
    Operator::kEqual,   Operator::kNotEqual,       Operator::kLess, Operator::kLessOrEqual,
    Operator::kGreater, Operator::kGreaterOrEqual, Operator::kHas};
inline constexpr Operator kOrder[] = {Operator::kLess, Operator::kLessOrEqual, Operator::kGreater,
                                      Operator::kGreaterOrEqual};

// A row of such a table. All of it lives for ever.
struct Field {
  absl::string_view name = {};  // as callers write it
  FieldType type = FieldType::kText;
  // A column or an expression; of kMoney the one with the minor units. When it contains '?', a
  // whole condition in which '?' stands for the value ("EXISTS (SELECT … WHERE k.value = ?)"); such
  // a field knows only kEqual.
  absl::string_view column = {};
  // Of such a field: the whole condition of lists that show deleted things too.
  absl::string_view with_deleted = {};
  absl::Span<const Operator> operators = kEqual;
  absl::Span<const absl::string_view> values = {};
  absl::string_view collection = {};
  // Of kEnum, one for each of `values`: the condition that says the same as equality, where an
  // index asks for another one.
  absl::Span<const absl::string_view> conditions = {};
  // The form in which a text is stored, from the form in which callers may write it.
  std::string (*normalize)(absl::string_view) = nullptr;
  // The column that is NULL where the field is not set, if `column` has some value there too.
  absl::string_view set_column = {};
  absl::string_view currency_column = {};  // of kMoney
};

// Fields whose column has their name.
constexpr Field TextField(absl::string_view name, absl::Span<const Operator> operators = kExact) {
  return {.name = name, .column = name, .operators = operators};
}
constexpr Field EnumField(absl::string_view name, absl::Span<const absl::string_view> values) {
  return {.name = name,
          .type = FieldType::kEnum,
          .column = name,
          .operators = kExact,
          .values = values};
}
constexpr Field NameField(absl::string_view name, absl::string_view collection,
                          absl::Span<const Operator> operators = kExact) {
  return {.name = name,
          .type = FieldType::kName,
          .column = name,
          .operators = operators,
          .collection = collection};
}
constexpr Field TimeField(absl::string_view name, absl::Span<const Operator> operators = kOrder) {
  return {.name = name, .type = FieldType::kTime, .column = name, .operators = operators};
}
inline constexpr Field kCreateTimeField = TimeField("create_time");

// The values of an enum's field, from the table of its names.
template <class E, size_t kRows>
constexpr std::array<absl::string_view, kRows> NamesIn(const base::EnumName<E> (&table)[kRows]) {
  std::array<absl::string_view, kRows> names;
  for (size_t i = 0; i < kRows; ++i) names[i] = table[i].name;
  return names;
}

}  // namespace crm::listing
