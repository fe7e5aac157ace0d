#pragma once

#include <absl/strings/string_view.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "clients/crmctl/import/mapping.h"
#include "common/error/error.h"

namespace crm::crmctl {

// Reads the parts of a mapping file, and keeps every problem as a violation of the place where it
// stands ("files[1].fields.owner").
class JsonChecks {
 public:
  static std::string Path(const std::string& at, absl::string_view key);

  void Violation(const std::string& at, const std::string& text) { problems_.Violation(at, text); }
  // That `object` is one and has no other keys.
  void Known(const nlohmann::json& object, const std::string& at,
             const std::vector<std::string>& keys);
  // A text; empty where there is none.
  std::string Text(const nlohmann::json& object, const std::string& at, const char* key,
                   bool required);
  // A text, or a list of them.
  std::vector<std::string> Texts(const nlohmann::json& object, const std::string& at,
                                 const char* key);
  // Takes one value, or each of a list of them, with its place.
  template <class Take>
  void ForEach(const nlohmann::json& object, const std::string& at, const char* key, Take take) {
    const auto it = object.find(key);
    if (it == object.end()) return;
    if (!it->is_array()) return take(*it, Path(at, key));
    for (size_t i = 0; i < it->size(); ++i) {
      take((*it)[i], Path(at, key) + "[" + std::to_string(i) + "]");
    }
  }
  int Number(const nlohmann::json& object, const std::string& at, const char* key, int most);
  bool Flag(const nlohmann::json& object, const std::string& at, const char* key);
  // One of `words`; its position, 0 where there is none.
  size_t Word(const nlohmann::json& object, const std::string& at, const char* key,
              const std::vector<std::string>& words);
  // An object of texts, with keys folded and "*" apart.
  WordTable WordsIn(const nlohmann::json& object, const std::string& at, const char* key);

  const error::Error& problems() const { return problems_; }

 private:
  error::Error problems_ = error::InvalidFields();
};

// A field of a mapping: a column's name, or an object. See docs/import.md.
ValueSource ReadSource(const nlohmann::json& node, const std::string& at, const FieldRule& rule,
                       JsonChecks* checks);

}  // namespace crm::crmctl
