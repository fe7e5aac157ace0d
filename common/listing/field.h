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
  kTime,      // RFC 3339
  kName,      // "<collection>/{uuid}"; the column holds the id
  kSlugName,  // "<collection>/{id}"; the column holds the id
};

enum class Operator { kEqual, kLessOrEqual, kGreaterOrEqual };

// "=", "<=", ">=", in filters and in SQL.
constexpr absl::string_view TextOf(Operator op) {
  switch (op) {
    case Operator::kLessOrEqual:
      return "<=";
    case Operator::kGreaterOrEqual:
      return ">=";
    case Operator::kEqual:
      break;
  }
  return "=";
}

inline constexpr Operator kEqual[] = {Operator::kEqual};
inline constexpr Operator kFromTo[] = {Operator::kGreaterOrEqual, Operator::kLessOrEqual};

// A row of such a table. All of it lives for ever.
struct Field {
  absl::string_view name = {};  // as callers write it
  FieldType type = FieldType::kText;
  // A column, or, when it contains '?', a whole condition in which '?' stands for the value
  // ("EXISTS (SELECT … WHERE k.value = ?)"); such a field knows only kEqual.
  absl::string_view column = {};
  absl::Span<const Operator> operators = kEqual;
  absl::Span<const absl::string_view> values = {};
  absl::string_view collection = {};
  // The form in which a text is stored, from the form in which callers may write it.
  std::string (*normalize)(absl::string_view) = nullptr;
};

// Fields whose column has their name.
constexpr Field TextField(absl::string_view name) { return {.name = name, .column = name}; }
constexpr Field EnumField(absl::string_view name, absl::Span<const absl::string_view> values) {
  return {.name = name, .type = FieldType::kEnum, .column = name, .values = values};
}
constexpr Field NameField(absl::string_view name, absl::string_view collection) {
  return {.name = name, .type = FieldType::kName, .column = name, .collection = collection};
}
inline constexpr Field kCreateTimeField = {
    .name = "create_time", .type = FieldType::kTime, .column = "create_time", .operators = kFromTo};

// The values of an enum's field, from the table of its names.
template <class E, size_t kRows>
constexpr std::array<absl::string_view, kRows> NamesIn(const base::EnumName<E> (&table)[kRows]) {
  std::array<absl::string_view, kRows> names;
  for (size_t i = 0; i < kRows; ++i) names[i] = table[i].name;
  return names;
}

}  // namespace crm::listing
