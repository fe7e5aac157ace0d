#pragma once

#include <atomic>
#include <cstdint>

#include "common/base/id_generator.h"

namespace crm::testing {

// The n-th id is 00000000-0000-7000-8000-<n in hexadecimal>, beginning at 1.
class SequenceIdGenerator final : public base::IdGenerator {
 public:
  base::Uuid New() override { return At(++last_); }
  // The id that the n-th call of New() gives.
  static base::Uuid At(uint64_t n) { return base::Uuid::V7(absl::UnixEpoch(), 0, n); }

 private:
  std::atomic<uint64_t> last_ = 0;
};

}  // namespace crm::testing
