#pragma once

#include <cstddef>

// How many waiting calls of a method a worker takes at once. More saves nothing but makes the first
// call wait for the last.
namespace crm::rpc::batch {

// One row each, by one statement. With two workers and 64 calls in flight a batch holds some 16.
inline constexpr size_t kGets = 32;
// Up to 1,000 rows each: the answers of a batch are in memory together.
inline constexpr size_t kBatchGets = 4;
// One transaction: two round trips and one commit, which is what costs.
inline constexpr size_t kWrites = 64;

}  // namespace crm::rpc::batch
