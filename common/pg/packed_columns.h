#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

// One column of many rows in one value, in the order of what the aggregate is fed: for reads of
// many rows, of which several belong together. NULL is left out, so there must be none.
#define CRM_PACKED_NUMBERS(bytes) "string_agg(" bytes ", ''::bytea)"  // int8send(…) and the like
#define CRM_PACKED_WORDS(word) "string_agg(" word ", E'\\x1f')"       // has no \x1f
// Two columns: texts that people wrote, whatever they are.
#define CRM_PACKED_TEXTS(text) \
  CRM_PACKED_NUMBERS("int4send(octet_length(" text "))") ", string_agg(" text ", '')"

namespace crm::pg {

// What CRM_PACKED_NUMBERS gave: numbers that stand one after the other, each in `kBytes` bytes.
template <size_t kBytes>
class PackedNumbers {
 public:
  explicit PackedNumbers(absl::string_view text) : ok_(text.substr(0, kMark.size()) == kMark) {
    if (ok_) digits_ = text.substr(kMark.size());
  }

  // Takes the next one; 0 for what is no number, or missing.
  int64_t Next() {
    if (digits_.size() < kBytes * 2) {
      ok_ = false;
      return 0;
    }
    uint64_t bits = 0;
    uint8_t all = 0;
    for (size_t i = 0; i < kBytes * 2; ++i) {
      const uint8_t digit = kDigits[static_cast<uint8_t>(digits_[i])];
      all |= digit;
      bits = bits << 4 | (digit & 15);
    }
    ok_ &= (all & kNoDigit) == 0;
    digits_.remove_prefix(kBytes * 2);
    constexpr int kUnused = 64 - static_cast<int>(kBytes) * 8;
    return static_cast<int64_t>(bits << kUnused) >> kUnused;  // keeps the sign
  }

  bool empty() const { return digits_.empty(); }
  size_t size() const { return digits_.size() / (kBytes * 2); }
  // Whether all that was taken were numbers.
  bool ok() const { return ok_; }

 private:
  static constexpr absl::string_view kMark = "\\x";

  // By character. Looked up: there are some thirty of them in a change, and five million changes.
  static constexpr uint8_t kNoDigit = 128;
  static constexpr std::array<uint8_t, 256> kDigits = [] {
    std::array<uint8_t, 256> digits{};
    digits.fill(kNoDigit);
    for (uint8_t i = 0; i < 10; ++i) digits[static_cast<size_t>('0' + i)] = i;
    for (uint8_t i = 0; i < 6; ++i) digits[static_cast<size_t>('a' + i)] = 10 + i;
    return digits;
  }();

  absl::string_view digits_;
  bool ok_;
};

// What CRM_PACKED_WORDS gave.
class PackedWords {
 public:
  explicit PackedWords(absl::string_view text) : text_(text) {}

  absl::string_view Next() {
    const size_t end = std::min(text_.find(kNextWord), text_.size());
    const absl::string_view word = text_.substr(0, end);
    text_.remove_prefix(std::min(end + 1, text_.size()));
    return word;
  }

 private:
  static constexpr char kNextWord = '\x1f';

  absl::string_view text_;
};

// What CRM_PACKED_TEXTS gave in its two columns.
class PackedTexts {
 public:
  PackedTexts(absl::string_view sizes, absl::string_view text) : sizes_(sizes), text_(text) {}

  absl::string_view Next() {
    const auto size = static_cast<size_t>(sizes_.Next());
    ok_ &= sizes_.ok() && size <= text_.size();
    if (!ok_) return "";
    const absl::string_view taken = text_.substr(0, size);
    text_.remove_prefix(size);
    return taken;
  }
  bool ok() const { return ok_; }

 private:
  PackedNumbers<4> sizes_;
  absl::string_view text_;
  bool ok_ = true;
};

}  // namespace crm::pg
