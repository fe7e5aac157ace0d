#pragma once

#include <absl/strings/string_view.h>

#include <cstddef>
#include <optional>
#include <type_traits>

namespace crm::base {

// The names of an enum's values, as they are stored and published. One table per enum, beside the
// enum, with one row for every value:
//   inline constexpr base::EnumName<Color> kColorNames[] = {{Color::kRed, "RED"},
//                                                           {Color::kDarkBlue, "DARK_BLUE"}};
//   NameOf(kColorNames, Color::kRed) == "RED"
//   ValueOf(kColorNames, "DARK_BLUE") == Color::kDarkBlue
template <class E>
struct EnumName {
  E value;
  absl::string_view name;
};

// The name of `value`, empty if the table has none.
template <class E, size_t kRows>
constexpr absl::string_view NameOf(const EnumName<E> (&table)[kRows],
                                   std::type_identity_t<E> value) {
  for (const EnumName<E>& row : table) {
    if (row.value == value) return row.name;
  }
  return {};
}

// The value of exactly this name; nothing for an unknown one.
template <class E, size_t kRows>
constexpr std::optional<E> ValueOf(const EnumName<E> (&table)[kRows], absl::string_view name) {
  for (const EnumName<E>& row : table) {
    if (row.name == name) return row.value;
  }
  return std::nullopt;
}

}  // namespace crm::base
