#include "common/base/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace crm::base {
namespace {

// Bytes of the sequence that `lead` begins, and the range its second byte must lie in.
struct Sequence {
  size_t size;
  uint8_t low;
  uint8_t high;
};

Sequence SequenceOf(uint8_t lead) {
  if (lead >= 0xc2 && lead <= 0xdf) return {2, 0x80, 0xbf};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead >= 0xe1 && lead <= 0xef) return {3, 0x80, 0xbf};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead >= 0xf1 && lead <= 0xf3) return {4, 0x80, 0xbf};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

}  // namespace

bool IsValidUtf8(absl::string_view text) {
  const auto* at = reinterpret_cast<const uint8_t*>(text.data());
  const auto* const end = at + text.size();
  while (at < end) {
    if (end - at >= 8) {
      uint64_t word;
      std::memcpy(&word, at, sizeof(word));
      if ((word & 0x8080808080808080ull) == 0) {
        at += 8;
        continue;
      }
    }
    if (*at < 0x80) {
      ++at;
      continue;
    }
    const Sequence sequence = SequenceOf(*at);
    if (sequence.size == 0 || static_cast<size_t>(end - at) < sequence.size) return false;
    if (at[1] < sequence.low || at[1] > sequence.high) return false;
    for (size_t i = 2; i < sequence.size; ++i) {
      if ((at[i] & 0xc0) != 0x80) return false;
    }
    at += sequence.size;
  }
  return true;
}

size_t CodePoints(absl::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; }));
}

}  // namespace crm::base
