#include "clients/crmctl/progress.h"

#include <cstdio>

namespace crm::crmctl {

void Progress::Show(const ProgressFacts& facts, absl::Time now) {
  if (from_.label != facts.label || began_ == absl::InfinitePast()) {
    from_ = facts;
    began_ = now;
    shown_ = style_ == Style::kBar ? absl::InfinitePast() : now;
  }
  const absl::Duration pause = style_ == Style::kBar ? absl::Milliseconds(100) : absl::Seconds(10);
  if (now - shown_ < pause) return;
  shown_ = now;
  std::fprintf(stderr, style_ == Style::kBar ? "\r\033[K%s" : "%s\n",
               ProgressText(facts, from_, now - began_).c_str());
}

void Progress::End() {
  if (style_ == Style::kBar) std::fputs("\r\033[K", stderr);
}

}  // namespace crm::crmctl
