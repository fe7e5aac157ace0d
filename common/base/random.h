#pragma once

#include <cstdint>
#include <functional>

namespace crm::base {

// A source of 64 uniformly distributed bits. Whoever needs chance (jitter, ids) takes one of these,
// so that tests can hand in a fixed sequence. Must be safe to call from any thread.
using RandomSource = std::function<uint64_t()>;

// 64 unpredictable bits from a per-thread generator seeded by the operating system.
uint64_t RandomBits();

// Maps 64 random bits to [0, 1).
inline double UnitInterval(uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

}  // namespace crm::base
