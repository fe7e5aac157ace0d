#include <cstdint>
#include <limits>

#include "common/pg/micros.h"
#include "common/pg/packed_columns.h"
#include "common/pg/packed_ids.h"

namespace crm::pg {
namespace {

constexpr int64_t kEpoch = 946'684'800'000'000;  // 2000-01-01 in microseconds since 1970

}  // namespace

std::optional<absl::Time> TimeOfMicros(int64_t micros) {
  // Infinities, and what is too late to be a time of ours.
  if (micros == std::numeric_limits<int64_t>::min()) return std::nullopt;
  if (micros > std::numeric_limits<int64_t>::max() - kEpoch) return std::nullopt;
  return absl::FromUnixMicros(micros + kEpoch);
}

std::optional<absl::Time> TimeOfBytes(absl::string_view text) {
  PackedNumbers<8> numbers(text);
  const int64_t micros = numbers.Next();
  if (!numbers.ok() || !numbers.empty()) return std::nullopt;
  return TimeOfMicros(micros);
}

std::optional<std::vector<base::Uuid>> UuidsOf(absl::string_view text) {
  PackedNumbers<8> halves(text);
  std::vector<base::Uuid> ids;
  ids.reserve(halves.size() / 2);
  while (halves.ok() && !halves.empty()) {
    const auto high = static_cast<uint64_t>(halves.Next());
    ids.emplace_back(high, static_cast<uint64_t>(halves.Next()));
  }
  if (!halves.ok()) return std::nullopt;
  return ids;
}

}  // namespace crm::pg
