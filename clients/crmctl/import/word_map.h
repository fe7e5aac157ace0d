#pragma once

#include <absl/strings/match.h>
#include <absl/strings/string_view.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clients/crmctl/import/value_text.h"
#include "common/base/unicode.h"

namespace crm::crmctl {

// What words of a file stand for, whatever their case. In a key * is any number of characters
// ("won *"); "*" alone is every word that no other key fits.
template <class T>
struct WordMap {
  std::map<std::string, T, std::less<>> values;     // by folded word
  std::vector<std::pair<std::string, T>> patterns;  // folded; the longest first
  std::optional<T> rest;

  void Add(absl::string_view key, T value) {
    if (key == "*") {
      rest = std::move(value);
    } else if (std::string folded = base::Folded(key); !absl::StrContains(folded, '*')) {
      values.insert_or_assign(std::move(folded), std::move(value));
    } else {
      patterns.emplace_back(std::move(folded), std::move(value));
      std::stable_sort(patterns.begin(), patterns.end(), [](const auto& a, const auto& b) {
        return a.first.size() > b.first.size();
      });
    }
  }

  // Nothing where no key fits. An empty word is only its own key.
  const T* Find(absl::string_view word) const {
    if (values.empty() && patterns.empty() && !rest) return nullptr;
    const std::string folded = base::Folded(word);
    const auto it = values.find(folded);
    if (it != values.end()) return &it->second;
    if (word.empty()) return nullptr;
    for (const auto& [pattern, value] : patterns) {
      if (MatchesPattern(folded, pattern)) return &value;
    }
    return rest ? &*rest : nullptr;
  }
};

}  // namespace crm::crmctl
