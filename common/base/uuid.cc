#include "common/base/uuid.h"

#include <algorithm>

#include "common/base/digest.h"
#include "common/base/random.h"

namespace crm::base {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

constexpr std::array<int8_t, 256> MakeHexValues() {
  std::array<int8_t, 256> values{};
  for (auto& value : values) value = -1;
  for (int i = 0; i < 10; ++i) values['0' + i] = static_cast<int8_t>(i);
  for (int i = 0; i < 6; ++i) {
    values['a' + i] = static_cast<int8_t>(10 + i);
    values['A' + i] = static_cast<int8_t>(10 + i);
  }
  return values;
}

constexpr std::array<int8_t, 256> kHexValues = MakeHexValues();

constexpr bool IsDash(size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

Uuid WithVersion(uint64_t high, uint64_t low, uint64_t version) {
  return Uuid((high & ~uint64_t{0xf000}) | version << 12,
              (low & 0x3fffffffffffffffull) | 0x8000000000000000ull);
}

}  // namespace

std::optional<Uuid> Uuid::Parse(absl::string_view text) {
  if (text.size() != kTextSize) return std::nullopt;
  uint64_t words[2] = {0, 0};
  int nibbles = 0;
  int invalid = 0;
  for (size_t i = 0; i < kTextSize; ++i) {
    if (IsDash(i)) {
      invalid |= text[i] != '-';
      continue;
    }
    const int8_t value = kHexValues[static_cast<uint8_t>(text[i])];
    invalid |= value < 0;
    words[nibbles >> 4] = words[nibbles >> 4] << 4 | static_cast<uint64_t>(value & 0xf);
    ++nibbles;
  }
  if (invalid) return std::nullopt;
  return Uuid(words[0], words[1]);
}

Uuid Uuid::V7(absl::Time time) { return V7(time, RandomBits(), RandomBits()); }

Uuid Uuid::V7(absl::Time time, uint64_t a, uint64_t b) {
  const auto millis = static_cast<uint64_t>(std::max<int64_t>(0, absl::ToUnixMillis(time)));
  return WithVersion(millis << 16 | (a & 0xfff), b, 7);
}

Uuid Uuid::V5(const Uuid& space, absl::string_view name) {
  std::string input;
  input.reserve(16 + name.size());
  const auto bytes = space.Bytes();
  input.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  input.append(name.data(), name.size());
  const auto digest = Sha1(input);
  std::array<uint8_t, 16> head;
  std::copy_n(digest.begin(), head.size(), head.begin());
  const Uuid raw = FromBytes(head);
  return WithVersion(raw.high_, raw.low_, 5);
}

Uuid Uuid::FromBytes(const std::array<uint8_t, 16>& bytes) {
  uint64_t words[2] = {0, 0};
  for (size_t i = 0; i < 16; ++i) words[i / 8] = words[i / 8] << 8 | bytes[i];
  return Uuid(words[0], words[1]);
}

std::array<uint8_t, 16> Uuid::Bytes() const {
  std::array<uint8_t, 16> bytes;
  for (int i = 0; i < 8; ++i) {
    bytes[i] = static_cast<uint8_t>(high_ >> (56 - 8 * i));
    bytes[8 + i] = static_cast<uint8_t>(low_ >> (56 - 8 * i));
  }
  return bytes;
}

std::string Uuid::ToString() const {
  std::string out;
  AppendTo(&out);
  return out;
}

void Uuid::AppendTo(std::string* out) const {
  char text[kTextSize];
  int nibble = 0;
  for (size_t i = 0; i < kTextSize; ++i) {
    if (IsDash(i)) {
      text[i] = '-';
      continue;
    }
    const uint64_t word = nibble < 16 ? high_ : low_;
    text[i] = kDigits[word >> (60 - 4 * (nibble & 15)) & 0xf];
    ++nibble;
  }
  out->append(text, kTextSize);
}

}  // namespace crm::base
