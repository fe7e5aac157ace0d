#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <string>

namespace crm::crmctl {

// How far a long piece of work is.
struct ProgressFacts {
  std::string label;
  const char* unit = "rows";
  int64_t done = 0;
  int64_t failed = 0;  // of these
  double share = 0;    // of the whole that is done, 0 to 1
  int64_t calls = 0;   // in flight
};

// "deals  [#######                       ]  25 %  2,200 rows  1,760 rows/s  0:04 left  512 calls in
// flight", where `from` was `since` ago. The time left is counted by the share: nobody has counted
// the rows of a file that is not read to its end.
std::string ProgressText(const ProgressFacts& facts, const ProgressFacts& from,
                         absl::Duration since);

}  // namespace crm::crmctl
