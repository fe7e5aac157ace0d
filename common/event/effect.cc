#include "common/event/effect.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/error/error.h"
#include "common/pg/error_map.h"

namespace crm::event {
namespace {

Fault FaultOfSql(const std::string& state) {
  if (absl::StartsWith(state, "22")) return Fault::kEvent;
  return absl::StartsWith(state, "23") ? Fault::kUnclear : Fault::kCircumstances;
}

}  // namespace

Fault FaultOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kResourceExhausted:
      return Fault::kCircumstances;
    default:
      break;
  }
  if (const std::string state = pg::SqlStateOf(status); !state.empty()) return FaultOfSql(state);
  return absl::IsInternal(status) || absl::IsUnknown(status) ? Fault::kUnclear : Fault::kEvent;
}

std::string FaultText(const absl::Status& status) {
  const std::string hidden = error::PrivateTextOf(status);
  return absl::StrCat(absl::StatusCodeToString(status.code()), ": ", status.message(),
                      hidden.empty() ? "" : " / ", hidden);
}

}  // namespace crm::event
