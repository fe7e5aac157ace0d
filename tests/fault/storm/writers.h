#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "clients/cpp/client.h"
#include "tests/fault/storm/recorder.h"

namespace crm::testing {

struct WriterOptions {
  int writers = 4;
  int things = 8;
  uint64_t seed = 1;
  // Of how many hundred attempts one gives up within milliseconds, so that its answer is lost.
  int impatient = 5;
};

// Writers and readers of a few opportunities, who contend for them, each at any replica, and insist
// on every call until its end is known. They record all of it.
class Writers {
 public:
  // `addresses`: of the replicas. Opens the opportunities; aborts the test program if that fails.
  Writers(const std::vector<std::string>& addresses, const WriterOptions& options,
          Recorder& recorder);
  ~Writers();  // stops

  void Start();
  void Stop();  // returns once every call has its end

  // Until each writer has been acknowledged so many moves more.
  bool AwaitMore(int64_t moves, absl::Duration limit) const;
  int64_t acknowledged() const;
  // The longest that a call took until its end was known.
  absl::Duration longest() const;

 private:
  class Writer;

  std::vector<std::string> things_;
  std::vector<std::unique_ptr<Writer>> writers_;
  std::atomic<bool> stop_{false};
};

}  // namespace crm::testing
