#pragma once

#include <absl/time/time.h>

#include "clients/crmctl/import/progress_text.h"

namespace crm::crmctl {

// Shows on standard error how far something is: on a terminal a bar, ten times a second; elsewhere
// a line every ten seconds.
class Progress {
 public:
  enum class Style { kBar, kLines };

  explicit Progress(Style style) : style_(style) {}

  // Begins anew with each label.
  void Show(const ProgressFacts& facts, absl::Time now);
  // Clears the bar.
  void End();

 private:
  const Style style_;
  ProgressFacts from_;
  absl::Time began_ = absl::InfinitePast();
  absl::Time shown_ = absl::InfinitePast();
};

}  // namespace crm::crmctl
