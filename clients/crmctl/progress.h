#pragma once

#include <absl/time/time.h>

#include <string>
#include <vector>

#include "clients/crmctl/import/import_run.h"

namespace crm::crmctl {

// Shows on standard error how far an import is: on a terminal a bar with rate and time left, ten
// times a second; elsewhere a line every five seconds and one at the end of each file.
class Progress {
 public:
  enum class Style { kBar, kLines };

  explicit Progress(Style style) : style_(style) {}

  void Show(const FileOutcome& file, absl::Time now);
  // Clears the bar.
  void End(const std::vector<FileOutcome>& files, absl::Time now);

 private:
  const Style style_;
  std::string label_;
  absl::Time began_;
  int64_t done_at_start_ = 0;
  absl::Time shown_ = absl::InfinitePast();
};

// "deals  [#####               ]  2,200/8,800  1,760 rows/s  0:04 left".
std::string BarText(const FileOutcome& file, double rows_per_second);

}  // namespace crm::crmctl
