#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/trace/span.h"

namespace crm::trace {

// What a batch is worked on for, collected for its one span. One thread at a time.
class Causes {
 public:
  // A W3C trace context; what is none, or is not recorded, is left out.
  void Add(absl::string_view traceparent);

  // Begins the batch's span, below the first cause and linked to the others, and forgets them. Not
  // recorded if there are none.
  Span Begin(absl::string_view name, Kind kind = Kind::kInternal);

 private:
  std::string first_;
  std::vector<std::string> others_;
};

}  // namespace crm::trace
