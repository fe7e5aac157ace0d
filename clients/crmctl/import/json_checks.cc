#include "clients/crmctl/import/json_checks.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>

namespace crm::crmctl {

using nlohmann::json;

std::string JsonChecks::Path(const std::string& at, absl::string_view key) {
  return at.empty() ? std::string(key) : absl::StrCat(at, ".", key);
}

void JsonChecks::Known(const json& object, const std::string& at,
                       const std::vector<std::string>& keys) {
  if (!object.is_object()) return Violation(at, "must be an object");
  for (const auto& [key, value] : object.items()) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    Violation(Path(at, key), absl::StrCat("is not known; known are ", absl::StrJoin(keys, ", ")));
  }
}

std::string JsonChecks::Text(const json& object, const std::string& at, const char* key,
                             bool required) {
  const auto it = object.find(key);
  if (it == object.end()) {
    if (required) Violation(Path(at, key), "is required");
    return "";
  }
  if (!it->is_string() || (required && it->get_ref<const std::string&>().empty())) {
    Violation(Path(at, key), required ? "must be a text, not empty" : "must be a text");
    return "";
  }
  return it->get<std::string>();
}

std::vector<std::string> JsonChecks::Texts(const json& object, const std::string& at,
                                           const char* key) {
  std::vector<std::string> texts;
  const auto it = object.find(key);
  if (it == object.end()) return texts;
  if (it->is_string()) return {it->get<std::string>()};
  bool sound = it->is_array() && !it->empty();
  if (sound) {
    for (const json& each : *it) {
      sound = sound && each.is_string();
      if (each.is_string()) texts.push_back(each.get<std::string>());
    }
  }
  if (!sound) Violation(Path(at, key), "must be a text or a list of texts");
  return texts;
}

int JsonChecks::Number(const json& object, const std::string& at, const char* key, int most) {
  const auto it = object.find(key);
  if (it == object.end()) return 0;
  if (it->is_number_integer() && *it >= 0 && *it <= most) return it->get<int>();
  Violation(Path(at, key), absl::StrCat("must be a whole number from 0 to ", most));
  return 0;
}

bool JsonChecks::Flag(const json& object, const std::string& at, const char* key) {
  const auto it = object.find(key);
  if (it == object.end()) return false;
  if (!it->is_boolean()) Violation(Path(at, key), "must be true or false");
  return it->is_boolean() && it->get<bool>();
}

size_t JsonChecks::Word(const json& object, const std::string& at, const char* key,
                        const std::vector<std::string>& words) {
  if (!object.contains(key)) return 0;
  const std::string word = Text(object, at, key, false);
  const auto it = std::find(words.begin(), words.end(), word);
  if (it != words.end()) return static_cast<size_t>(it - words.begin());
  const size_t first = words.front().empty() ? 1 : 0;  // the word for "not given"
  Violation(Path(at, key), absl::StrCat("must be one of ",
                                        absl::StrJoin(words.begin() + first, words.end(), ", ")));
  return 0;
}

WordTable JsonChecks::WordsIn(const json& object, const std::string& at, const char* key) {
  WordTable words;
  const auto it = object.find(key);
  if (it == object.end()) return words;
  if (!it->is_object()) {
    Violation(Path(at, key), "must be an object of texts");
    return words;
  }
  for (const auto& [word, value] : it->items()) {
    if (!value.is_string()) {
      Violation(Path(Path(at, key), word), "must be a text");
    } else {
      words.Add(word, value.get<std::string>());
    }
  }
  return words;
}

}  // namespace crm::crmctl
