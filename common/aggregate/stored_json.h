#pragma once

#include <cstdint>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/money.h"
#include "common/base/uuid.h"

// JSON columns, read strictly: what cannot be understood in full is damaged. Used within a
// service's <thing>_json.cc and for its <thing>_fields alone, and no exception leaves them.
namespace crm::aggregate {

using Json = nlohmann::json;

// The compact text; bytes that are no UTF-8 are replaced.
std::string JsonText(const Json& json);

// What `read` makes of the text. Nothing if it is no JSON, or if `read` throws, as the accessors of
// Json do on a missing member and on one of another type, and std::optional::value() does
// on an unknown name.
template <class Read>
auto ReadJson(absl::string_view text, const Read& read)
    -> std::optional<decltype(read(std::declval<const Json&>()))> {
  try {
    return read(Json::parse(text.begin(), text.end()));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

// The member of an object, nullptr if it has none such. Throws if `json` is no object, where find()
// would find nothing.
inline const Json* JsonMember(const Json& json, const char* key) {
  const auto& object = json.get_ref<const Json::object_t&>();
  const auto at = object.find(key);
  return at == object.end() ? nullptr : &at->second;
}

// A whole number that `Int` can hold. Throws on anything else, where get<Int>() would round or cut.
template <class Int = int64_t>
Int JsonInt(const Json& json) {
  if (json.is_number_unsigned()) {
    const auto value = json.get<uint64_t>();
    if (std::in_range<Int>(value)) return static_cast<Int>(value);
  } else if (json.is_number_integer()) {
    const auto value = json.get<int64_t>();
    if (std::in_range<Int>(value)) return static_cast<Int>(value);
  }
  throw std::out_of_range("no whole number, or too large a one");
}

// The list in an array's text; `make` makes an element of each object and may throw, as in
// ReadJson.
template <class T, class Make>
std::optional<std::vector<T>> ReadJsonList(absl::string_view text, const Make& make) {
  if (text == "[]") return std::vector<T>();
  return ReadJson(text, [&make](const Json& json) {
    std::vector<T> list;
    for (const Json& element : json.get_ref<const Json::array_t&>()) list.push_back(make(element));
    return list;
  });
}

// A uuid or a day from its text, a time from its microseconds, money from [currency, minor]. Throw
// on anything else.
base::Uuid JsonUuid(const Json& json);
absl::CivilDay JsonDay(const Json& json);
absl::Time JsonTime(const Json& json);
base::Money JsonMoney(const Json& json);

// Write a member unless it has the value that stands for absence: most have, and rows stay short.
// Times are microseconds, days texts, money is [currency, minor].
void Put(Json& json, const char* key, const std::string& value);
void Put(Json& json, const char* key, const std::optional<int>& value);
void Put(Json& json, const char* key, const std::optional<absl::Time>& value);
void Put(Json& json, const char* key, const std::optional<absl::CivilDay>& value);
void Put(Json& json, const char* key, const std::optional<base::Money>& value);

// The reverse; an absent member leaves the value. Throw on a member of another type.
void Take(const Json& json, const char* key, std::string& value);
void Take(const Json& json, const char* key, std::optional<int>& value);
void Take(const Json& json, const char* key, std::optional<absl::Time>& value);
void Take(const Json& json, const char* key, std::optional<absl::CivilDay>& value);
void Take(const Json& json, const char* key, std::optional<base::Money>& value);

}  // namespace crm::aggregate
