#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

namespace crm::base {

// A 16-byte UUID. A value; ordering is that of the bytes, which for version 7 is order of creation.
class Uuid {
 public:
  static constexpr size_t kTextSize = 36;

  // The nil UUID.
  constexpr Uuid() = default;
  // The first and the last eight bytes, most significant byte first.
  constexpr Uuid(uint64_t high, uint64_t low) : high_(high), low_(low) {}

  // Accepts exactly the canonical form 8-4-4-4-12 in lower or upper case, of any version.
  static std::optional<Uuid> Parse(absl::string_view text);

  // Version 7: 48 bits of Unix milliseconds and 74 random bits. Times before 1970 count as 1970.
  static Uuid V7(absl::Time time);
  // The same with the chance given: 12 bits of `a` and 62 bits of `b` are used.
  static Uuid V7(absl::Time time, uint64_t a, uint64_t b);

  // Version 5: the same namespace and name always give the same id (SHA-1).
  static Uuid V5(const Uuid& space, absl::string_view name);

  static Uuid FromBytes(const std::array<uint8_t, 16>& bytes);
  std::array<uint8_t, 16> Bytes() const;

  // Canonical lower case.
  std::string ToString() const;
  void AppendTo(std::string* out) const;

  constexpr bool IsNil() const { return high_ == 0 && low_ == 0; }
  constexpr int Version() const { return static_cast<int>(high_ >> 12 & 0xf); }
  constexpr uint64_t High() const { return high_; }

  friend constexpr bool operator==(const Uuid&, const Uuid&) = default;
  friend constexpr std::strong_ordering operator<=>(const Uuid&, const Uuid&) = default;

  template <typename H>
  friend H AbslHashValue(H state, const Uuid& id) {
    return H::combine(std::move(state), id.high_, id.low_);
  }
  friend std::ostream& operator<<(std::ostream& out, const Uuid& id) {
    return out << id.ToString();
  }

 private:
  uint64_t high_ = 0;
  uint64_t low_ = 0;
};

}  // namespace crm::base
