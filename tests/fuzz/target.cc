#include "tests/fuzz/target.h"

#include <cstdio>
#include <cstdlib>

namespace crm::fuzz {
namespace {

constexpr Target kTargets[] = {
    {"csv", Csv},
    {"filter", Filter},
    {"mapping", Mapping},
    {"message_file", MessageFile},
    {"money", Money},
    {"name", Name},
    {"order_by", OrderBy},
    {"page_token", PageToken},
    {"pipeline_file", PipelineFile},
    {"request", Request},
    {"stage_json", StageJson},
    {"traceparent", Traceparent},
};

}  // namespace

absl::Span<const Target> Targets() { return kTargets; }

const Target* FindTarget(absl::string_view name) {
  for (const Target& target : kTargets) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

void Require(bool holds, absl::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", std::string(what).c_str());
  std::abort();
}

absl::string_view TakeLine(absl::string_view& input) {
  const absl::string_view line = input.substr(0, input.find('\n'));
  input.remove_prefix(line.size() < input.size() ? line.size() + 1 : line.size());
  return line;
}

}  // namespace crm::fuzz
