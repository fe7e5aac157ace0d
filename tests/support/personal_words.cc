#include "tests/support/personal_words.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace crm::testing {
namespace {

constexpr size_t kBeginning = sizeof(uint64_t);
constexpr size_t kLongestWord = 400;
constexpr size_t kShownAround = 100;
constexpr int kTelephoneDigits = 9;
constexpr int kMostTelephoneDigits = 15;  // by E.164

uint64_t BeginningOf(const char* text) {
  uint64_t beginning = 0;
  std::memcpy(&beginning, text, kBeginning);
  return beginning;
}

bool IsTelephone(absl::string_view text) {
  int digits = 0;
  for (const char c : text) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      ++digits;
    } else if (absl::string_view("+ ()/.-").find(c) == absl::string_view::npos) {
      return false;
    }
  }
  return digits >= kTelephoneDigits && digits <= kMostTelephoneDigits;
}

}  // namespace

bool PersonalWords::IsRecognisable(absl::string_view text) {
  if (text.size() < kBeginning || text.size() > kLongestWord) return false;
  if (IsTelephone(text)) return true;
  const bool letters = std::any_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalpha(c) || c >= 0x80;
  });
  return letters && text.find_first_of(" @") != absl::string_view::npos;
}

void PersonalWords::Add(absl::string_view text) {
  for (const absl::string_view line : absl::StrSplit(text, absl::ByAnyChar("\r\n"))) {
    std::string word = absl::AsciiStrToLower(absl::StripAsciiWhitespace(line));
    if (!IsRecognisable(word)) continue;
    const uint64_t beginning = BeginningOf(word.data());
    const auto [at, fresh] = words_.insert(std::move(word));
    if (fresh) absl::StrAppend(&by_beginning_[beginning], *at, "\n");
  }
}

void PersonalWords::Allow(absl::string_view text) {
  absl::StrAppend(&allowed_, absl::AsciiStrToLower(text), "\n");
}

std::string PersonalWords::FirstIn(absl::string_view text) const {
  if (words_.empty()) return "";
  const std::string lower = absl::AsciiStrToLower(text);
  for (size_t i = 0; i + kBeginning <= lower.size(); ++i) {
    const auto found = by_beginning_.find(BeginningOf(lower.data() + i));
    if (found == by_beginning_.end()) continue;
    for (const absl::string_view word : absl::StrSplit(found->second, '\n', absl::SkipEmpty())) {
      if (lower.compare(i, word.size(), word.data(), word.size()) != 0 ||
          absl::StrContains(allowed_, word)) {
        continue;
      }
      const size_t begin = i < kShownAround ? 0 : i - kShownAround;
      return absl::StrCat("\"", word, "\" in …",
                          text.substr(begin, i - begin + word.size() + kShownAround), "…");
    }
  }
  return "";
}

}  // namespace crm::testing
