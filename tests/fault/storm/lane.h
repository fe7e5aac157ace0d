#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "common/base/steady_clock.h"

namespace crm::testing {

using Random = std::mt19937_64;

// Something that goes wrong, and is well again when `strike` returns. Says whether it has happened:
// memory that ran out while nobody wanted any is no fault.
struct Fault {
  std::string name;
  std::function<bool(Random&)> strike;
};

// A thread that has one fault after the other, in an order that the seed decides: all of them,
// shuffled, then all of them again. Goes on until the time is over and each has happened, but not
// for more than two minutes beyond. Lanes strike at the same time; what one breaks is its own.
class Lane {
 public:
  Lane(std::string name, uint64_t seed, std::vector<Fault> faults);
  ~Lane() { Join(); }

  void Start(base::SteadyTime end);
  void Join();

  // How often each happened. After Join.
  const std::map<std::string, int>& happened() const { return happened_; }

 private:
  void Run(base::SteadyTime end);
  void Strike(const Fault& fault, base::SteadyTime begin);
  bool AllHappened() const;

  const std::string name_;
  Random random_;
  std::vector<Fault> faults_;
  std::map<std::string, int> happened_;
  std::thread thread_;
};

// A number of milliseconds in [least, most].
absl::Duration Between(Random& random, int least, int most);

}  // namespace crm::testing
