#include "tests/fuzz/target.h"

#include <cstdio>
#include <cstdlib>

#include "common/base/text.h"
#include "common/error/error.h"

namespace crm::fuzz {
namespace {

constexpr Target kTargets[] = {
    {"claims", ClaimsOfToken},
    {"contact_request", ContactRequest},
    {"csv", Csv},
    {"filter", Filter},
    {"jwks", Jwks},
    {"lead_request", LeadRequest},
    {"mapping", Mapping},
    {"message_file", MessageFile},
    {"money", Money},
    {"name", Name},
    {"opportunity_request", OpportunityRequest},
    {"order_by", OrderBy},
    {"page_token", PageToken},
    {"pipeline_file", PipelineFile},
    {"request", Request},
    {"stage_json", StageJson},
    {"token", Token},
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

void RequireReadable(const absl::Status& status) {
  Require(base::IsValidUtf8(status.message()), "errors are UTF-8");
  const auto details = error::DetailsOf(status);
  if (!details.has_value()) return;
  for (const auto& violation : details->fields) {
    Require(base::IsValidUtf8(violation.field) && base::IsValidUtf8(violation.description),
            "violations are UTF-8");
  }
  for (const auto& [key, value] : details->metadata) {
    Require(base::IsValidUtf8(value), "metadata is UTF-8");
  }
}

void RequireTellable(const absl::Status& status) {
  Require(status.code() == absl::StatusCode::kInvalidArgument, "bad input is INVALID_ARGUMENT");
  const auto details = error::DetailsOf(status);
  Require(details.has_value() && !details->fields.empty(), "bad input has a violation");
  RequireReadable(status);
}

absl::string_view TakeLine(absl::string_view& input) {
  const absl::string_view line = input.substr(0, input.find('\n'));
  input.remove_prefix(line.size() < input.size() ? line.size() + 1 : line.size());
  return line;
}

}  // namespace crm::fuzz
