#include "services/contact/domain/typing_error.h"

#include <algorithm>
#include <utility>

#include "common/base/unicode.h"

namespace crm::contact {
namespace {

struct Alphabet {
  char32_t first;
  char32_t last;
};

// What people can mistype a letter as: the one beside it in the same alphabet. Marks are gone from
// what is searched for, and case.
constexpr Alphabet kAlphabets[] = {
    {U'a', U'z'},           {U'0', U'9'},           {U'α', U'ω'},           {U'а', U'џ'},
    {U'\u0561', U'\u0586'}, {U'א', U'ת'},           {U'\u0621', U'\u064A'}, {U'\u0905', U'\u0939'},
    {U'\u0E01', U'\u0E2E'}, {U'\u10D0', U'\u10F0'}, {U'\u1100', U'\u1112'}, {U'\u1161', U'\u1175'},
    {U'\u11A8', U'\u11C2'}, {U'\u3041', U'\u3096'}, {U'\u30A1', U'\u30FA'},
};
constexpr size_t kMostMistyped = 40;

std::u32string LettersFor(std::u32string_view word) {
  std::u32string letters;
  for (const Alphabet& alphabet : kAlphabets) {
    const bool used = std::any_of(word.begin(), word.end(), [&](char32_t letter) {
      return alphabet.first <= letter && letter <= alphabet.last;
    });
    for (char32_t letter = alphabet.first; used && letter <= alphabet.last; ++letter) {
      letters.push_back(letter);
    }
  }
  return letters;
}

}  // namespace

std::vector<std::string> OneErrorAway(absl::string_view word) {
  std::vector<std::string> variants;
  const std::u32string points = base::CodePointsOf(word);
  if (points.size() > kMostMistyped) return variants;
  const std::u32string letters = LettersFor(points);
  std::u32string changed;
  const auto add = [&] { variants.push_back(base::Utf8Of(changed)); };
  for (size_t at = 0; at <= points.size(); ++at) {
    for (const char32_t letter : letters) {
      (changed = points).insert(at, 1, letter);
      add();
    }
    if (at == points.size()) break;
    (changed = points).erase(at, 1);
    add();
    for (const char32_t letter : letters) {
      (changed = points)[at] = letter;
      add();
    }
    if (at + 1 == points.size()) continue;
    changed = points;
    std::swap(changed[at], changed[at + 1]);
    add();
  }
  std::sort(variants.begin(), variants.end());
  variants.erase(std::unique(variants.begin(), variants.end()), variants.end());
  std::erase(variants, std::string(word));
  return variants;
}

int TypingErrors(std::u32string_view one, std::u32string_view other, int most) {
  if (one.size() > other.size()) std::swap(one, other);
  if (other.size() - one.size() > static_cast<size_t>(most)) return most + 1;
  // Rows of the table of distances (optimal string alignment); three are needed at a time.
  std::vector<int> before, last(one.size() + 1), row(one.size() + 1);
  for (size_t i = 0; i <= one.size(); ++i) last[i] = static_cast<int>(i);
  for (size_t j = 1; j <= other.size(); ++j) {
    row[0] = static_cast<int>(j);
    for (size_t i = 1; i <= one.size(); ++i) {
      const int change = last[i - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
      row[i] = std::min({change, last[i] + 1, row[i - 1] + 1});
      const bool swapped =
          i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
      if (swapped) row[i] = std::min(row[i], before[i - 2] + 1);
    }
    before = std::exchange(last, row);
  }
  return std::min(last.back(), most + 1);
}

}  // namespace crm::contact
