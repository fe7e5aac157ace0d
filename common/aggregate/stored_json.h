#pragma once

#include <cstdint>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "absl/strings/string_view.h"

// JSON columns, read strictly: what cannot be understood in full is damaged. Used within a
// service's <thing>_json.cc alone, and no exception leaves it.
namespace crm::aggregate {

// What `read` makes of the text. Nothing if it is no JSON, or if `read` throws, as the accessors of
// nlohmann::json do on a missing member and on one of another type, and std::optional::value() does
// on an unknown name.
template <class Read>
auto ReadJson(absl::string_view text, const Read& read)
    -> std::optional<decltype(read(std::declval<const nlohmann::json&>()))> {
  try {
    return read(nlohmann::json::parse(text.begin(), text.end()));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

// The member of an object, nullptr if it has none such. Throws if `json` is no object, where find()
// would find nothing.
inline const nlohmann::json* JsonMember(const nlohmann::json& json, const char* key) {
  const auto& object = json.get_ref<const nlohmann::json::object_t&>();
  const auto at = object.find(key);
  return at == object.end() ? nullptr : &at->second;
}

// A whole number that `Int` can hold. Throws on anything else, where get<Int>() would round or cut.
template <class Int = int64_t>
Int JsonInt(const nlohmann::json& json) {
  if (json.is_number_unsigned()) {
    const auto value = json.get<uint64_t>();
    if (std::in_range<Int>(value)) return static_cast<Int>(value);
  } else if (json.is_number_integer()) {
    const auto value = json.get<int64_t>();
    if (std::in_range<Int>(value)) return static_cast<Int>(value);
  }
  throw std::out_of_range("no whole number, or too large a one");
}

}  // namespace crm::aggregate
