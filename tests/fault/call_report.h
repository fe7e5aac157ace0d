#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <vector>

namespace crm::testing {

struct FailedCall {
  std::string request;  // "crm.lead.v1.CreateLeadRequest"
  absl::Status status;
  absl::Time start;
};

// What callers saw.
struct CallReport {
  double seconds = 0;
  int64_t answered = 0;       // with what was asked for
  int64_t put_off = 0;        // refused for want of room, and sent again as the answer advises
  int64_t unsent = 0;         // not made in time, since so many calls waited for their answers
  std::vector<float> millis;  // of each answered call from its intended start, sorted
  std::vector<FailedCall> failed;

  double Millis(double quantile) const;
  // From the start of the first failed call to the start of the last.
  absl::Duration FailedFor() const;
  // One line: rates and latencies; then how many calls failed in which way.
  std::string Text() const;
};

}  // namespace crm::testing
