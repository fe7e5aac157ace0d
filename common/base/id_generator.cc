#include "common/base/id_generator.h"

#include <utility>

namespace crm::base {
namespace {

constexpr uint64_t kLowMask = 0x3fffffffffffffffull;
constexpr uint64_t kHighMask = 0xfff;

}  // namespace

RandomIdGenerator::RandomIdGenerator(const Clock* clock, RandomSource random)
    : clock_(clock), random_(std::move(random)) {}

Uuid RandomIdGenerator::New() {
  const int64_t now = absl::ToUnixMillis(clock_->Now());
  const uint64_t first = random_();
  const uint64_t second = random_();
  absl::MutexLock lock(&mutex_);
  if (now > millis_) {
    millis_ = now;
    a_ = first & kHighMask;
    b_ = second & kLowMask;
  } else {
    // A random step keeps the next id hard to guess while keeping the order.
    b_ += 1 + (second & 0xffffffffull);
    if (b_ > kLowMask) {
      b_ &= kLowMask;
      if (++a_ > kHighMask) {
        a_ = 0;
        ++millis_;
      }
    }
  }
  return Uuid::V7(absl::FromUnixMillis(millis_), a_, b_);
}

}  // namespace crm::base
