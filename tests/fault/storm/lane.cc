#include "tests/fault/storm/lane.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "absl/time/clock.h"

namespace crm::testing {
namespace {

constexpr absl::Duration kMostBeyond = absl::Minutes(2);

}  // namespace

absl::Duration Between(Random& random, int least, int most) {
  return absl::Milliseconds(least + static_cast<int>(random() % (most - least + 1)));
}

Lane::Lane(std::string name, uint64_t seed, std::vector<Fault> faults)
    : name_(std::move(name)), random_(seed), faults_(std::move(faults)) {
  for (const Fault& fault : faults_) happened_[fault.name] = 0;
}

void Lane::Start(base::SteadyTime end) {
  thread_ = std::thread([this, end] { Run(end); });
}

void Lane::Join() {
  if (thread_.joinable()) thread_.join();
}

void Lane::Run(base::SteadyTime end) {
  const base::SteadyTime begin = base::SteadyNow();
  const auto over = [&] {
    const base::SteadyTime now = base::SteadyNow();
    return (now >= end && AllHappened()) || now >= end + kMostBeyond;
  };
  while (!over()) {
    std::shuffle(faults_.begin(), faults_.end(), random_);
    for (const Fault& fault : faults_) {
      if (over()) break;
      Strike(fault, begin);
      absl::SleepFor(Between(random_, 100, 1200));
    }
  }
}

void Lane::Strike(const Fault& fault, base::SteadyTime begin) {
  const base::SteadyTime at = base::SteadyNow();
  const bool happened = fault.strike(random_);
  happened_[fault.name] += happened ? 1 : 0;
  std::printf("%8.3f s %s: %s%s (%.3f s)\n", absl::ToDoubleSeconds(at - begin), name_.c_str(),
              fault.name.c_str(), happened ? "" : ", which did not happen",
              absl::ToDoubleSeconds(base::SteadyNow() - at));
  std::fflush(stdout);
}

bool Lane::AllHappened() const {
  return std::all_of(happened_.begin(), happened_.end(),
                     [](const auto& fault) { return fault.second > 0; });
}

}  // namespace crm::testing
