#pragma once

#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>

namespace crm::base {

// A moment on the monotonic clock, which nobody can set: for patience and pacing, never for dates.
// It means nothing to another process. The default is before every other moment.
class SteadyTime {
 public:
  constexpr SteadyTime() = default;
  static constexpr SteadyTime InfinitePast() { return SteadyTime(); }
  static constexpr SteadyTime InfiniteFuture() { return SteadyTime(absl::InfiniteDuration()); }
  static SteadyTime Now() {
    return SteadyTime(absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch()));
  }

  // For atomics; the least and the greatest number for the infinite ones.
  int64_t ToNanoseconds() const { return absl::ToInt64Nanoseconds(since_boot_); }
  // As the standard library's waits take it.
  std::chrono::steady_clock::time_point ToChrono() const {
    return std::chrono::steady_clock::time_point(absl::ToChronoNanoseconds(since_boot_));
  }

  friend SteadyTime operator+(SteadyTime time, absl::Duration by) {
    return SteadyTime(time.since_boot_ + by);
  }
  friend SteadyTime operator-(SteadyTime time, absl::Duration by) {
    return SteadyTime(time.since_boot_ - by);
  }
  friend absl::Duration operator-(SteadyTime later, SteadyTime earlier) {
    return later.since_boot_ - earlier.since_boot_;
  }
  friend bool operator==(SteadyTime a, SteadyTime b) { return a.since_boot_ == b.since_boot_; }
  friend std::strong_ordering operator<=>(SteadyTime a, SteadyTime b) {
    if (a.since_boot_ == b.since_boot_) return std::strong_ordering::equal;
    return a.since_boot_ < b.since_boot_ ? std::strong_ordering::less
                                         : std::strong_ordering::greater;
  }

 private:
  explicit constexpr SteadyTime(absl::Duration since_boot) : since_boot_(since_boot) {}

  absl::Duration since_boot_ = -absl::InfiniteDuration();
};

inline SteadyTime SteadyNow() { return SteadyTime::Now(); }

// Where a thing takes such moments from: SteadyNow but in tests.
using SteadyClock = std::function<SteadyTime()>;

// When something must be over, from a call's arrival down to the watchdog of its connection. A
// wall time becomes a moment on the monotonic clock when the Deadline is made, so make it where the
// time arrives: setting the wall clock afterwards makes nobody wait longer or shorter.
class Deadline {
 public:
  Deadline(SteadyTime time) : time_(time) {}  // NOLINT: meant to be implicit
  Deadline(absl::Time wall)                   // NOLINT: meant to be implicit
      : time_(SteadyNow() + (wall - absl::Now())) {}
  static Deadline After(absl::Duration patience) { return SteadyNow() + patience; }
  static Deadline None() { return SteadyTime::InfiniteFuture(); }

  SteadyTime time() const { return time_; }
  absl::Duration Left() const { return time_ - SteadyNow(); }  // negative once it has passed
  bool Passed() const { return SteadyNow() >= time_; }

  friend bool operator==(Deadline a, Deadline b) { return a.time_ == b.time_; }
  friend std::strong_ordering operator<=>(Deadline a, Deadline b) { return a.time_ <=> b.time_; }

 private:
  SteadyTime time_;
};

}  // namespace crm::base
