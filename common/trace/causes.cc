#include "common/trace/causes.h"

#include <utility>

namespace crm::trace {

void Causes::Add(absl::string_view traceparent) {
  // A bigger batch tells its size only.
  constexpr size_t kMostLinks = 64;
  if (!Enabled() || !IsSampled(traceparent)) return;
  if (first_.empty()) {
    first_ = std::string(traceparent);
  } else if (others_.size() < kMostLinks) {
    others_.emplace_back(traceparent);
  }
}

Span Causes::Begin(absl::string_view name, Kind kind) {
  if (first_.empty()) return Span();
  const std::string parent = std::exchange(first_, {});
  return trace::Begin(name, {.kind = kind, .parent = parent, .links = std::exchange(others_, {})});
}

}  // namespace crm::trace
