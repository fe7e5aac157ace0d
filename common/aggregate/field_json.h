#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/aggregate/stored_json.h"
#include "common/base/enum_names.h"
#include "common/base/money.h"
#include "common/base/uuid.h"

// Values of fields as JSON, in the form in which field history keeps them: short, and readable in
// SQL. Times are microseconds, days and ids texts, money is [currency, minor], enums are their
// names; what is empty is null. A struct is what ToJson makes of it and FromJson reads, functions
// of its own namespace.
//
// TakeJson reads what AppendJson wrote, but for null, into an empty value; it throws on anything
// else, as ReadJson allows.
namespace crm::aggregate {

void AppendJson(std::string& out, const std::string& value);
void AppendJson(std::string& out, absl::Time value);
void AppendJson(std::string& out, absl::CivilDay value);
void AppendJson(std::string& out, const base::Uuid& value);
void AppendJson(std::string& out, const base::Money& value);
inline void AppendJson(std::string& out, bool value) { out += value ? "true" : "false"; }
template <std::integral Int>
requires(!std::same_as<Int, bool>) void AppendJson(std::string& out, Int value) {
  absl::StrAppend(&out, value);
}

void TakeJson(const Json& json, std::string& value);
void TakeJson(const Json& json, absl::Time& value);
void TakeJson(const Json& json, absl::CivilDay& value);
void TakeJson(const Json& json, base::Uuid& value);
void TakeJson(const Json& json, base::Money& value);
inline void TakeJson(const Json& json, bool& value) { value = json.get<bool>(); }
template <std::integral Int>
requires(!std::same_as<Int, bool>) void TakeJson(const Json& json, Int& value) {
  value = JsonInt<Int>(json);
}

template <class E, size_t kRows>
void AppendJson(std::string& out, E value, const base::EnumName<E> (&names)[kRows]) {
  absl::StrAppend(&out, "\"", base::NameOf(names, value), "\"");
}
template <class E, size_t kRows>
void TakeJson(const Json& json, E& value, const base::EnumName<E> (&names)[kRows]) {
  value = base::ValueOf(names, json.get_ref<const std::string&>()).value();
}

template <class T>
concept JsonStruct = requires(const T& value, T& to, const Json& json) {
  { ToJson(value) } -> std::same_as<Json>;
  FromJson(json, to);
};

template <JsonStruct T>
void AppendJson(std::string& out, const T& value) {
  out += value == T() ? "null" : JsonText(ToJson(value));
}
template <JsonStruct T>
void TakeJson(const Json& json, T& value) {
  FromJson(json, value);
}

template <class T, class... Names>
void AppendJson(std::string& out, const std::optional<T>& value, const Names&... names) {
  if (value.has_value()) {
    AppendJson(out, *value, names...);
  } else {
    out += "null";
  }
}
template <class T, class... Names>
void TakeJson(const Json& json, std::optional<T>& value, const Names&... names) {
  TakeJson(json, value.emplace(), names...);
}

template <class T>
void AppendJson(std::string& out, const std::vector<T>& values) {
  if (values.empty()) {
    out += "null";
    return;
  }
  const char* before = "[";
  for (const T& value : values) {
    out += before;
    AppendJson(out, value);
    before = ",";
  }
  out += ']';
}
template <class T>
void TakeJson(const Json& json, std::vector<T>& values) {
  values.clear();
  for (const Json& element : json.get_ref<const Json::array_t&>()) {
    T& value = values.emplace_back();
    if (!element.is_null()) TakeJson(element, value);
  }
}

template <class T>
void AppendJson(std::string& out, const std::map<std::string, T>& values) {
  if (values.empty()) {
    out += "null";
    return;
  }
  const char* before = "{";
  for (const auto& [key, value] : values) {
    absl::StrAppend(&out, before, JsonText(key), ":");
    AppendJson(out, value);
    before = ",";
  }
  out += '}';
}
template <class T>
void TakeJson(const Json& json, std::map<std::string, T>& values) {
  values.clear();
  for (const auto& [key, element] : json.get_ref<const Json::object_t&>()) {
    T& value = values[key];
    if (!element.is_null()) TakeJson(element, value);
  }
}

}  // namespace crm::aggregate
