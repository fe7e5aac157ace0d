#pragma once

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"

namespace crm::lead {

// The names of an enum's values, in order from 0. Each enum of this service specialises it beside
// its definition. The numbers are those of the public interface, the names its names without
// prefix; both are stored and published, so they never change.
template <class E>
struct EnumNames;

// The name of a value, "UNSPECIFIED" for 0. `value` must be one of the enum's.
template <class E>
constexpr absl::string_view Name(E value) {
  return EnumNames<E>::kNames[static_cast<size_t>(value)];
}

template <class E>
constexpr size_t CountOf() {
  return sizeof(EnumNames<E>::kNames) / sizeof(absl::string_view);
}

// The value with this name; nothing for an unknown one.
template <class E>
std::optional<E> ParseName(absl::string_view name) {
  for (size_t i = 0; i < CountOf<E>(); ++i) {
    if (EnumNames<E>::kNames[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace crm::lead
