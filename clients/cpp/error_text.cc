#include "clients/cpp/error_text.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <vector>

#include "common/error/error.h"

namespace crm::client {
namespace {

std::string Head(const absl::Status& status, const error::Details& details) {
  std::string head = absl::StatusCodeToString(status.code());
  if (!details.reason.empty()) absl::StrAppend(&head, " ", details.reason);
  if (!status.message().empty()) absl::StrAppend(&head, ": ", status.message());
  return head;
}

std::vector<std::string> Points(const error::Details& details) {
  std::vector<std::string> points;
  for (const error::FieldViolation& each : details.fields) {
    points.push_back(absl::StrCat(each.field, ": ", each.description));
  }
  for (const error::PreconditionViolation& each : details.preconditions) {
    points.push_back(absl::StrCat(each.type, " ", each.subject, ": ", each.description));
  }
  return points;
}

}  // namespace

std::string OneLine(const absl::Status& status) {
  const error::Details details = error::DetailsOf(status).value_or(error::Details{});
  const std::vector<std::string> points = Points(details);
  if (points.empty()) return Head(status, details);
  return absl::StrCat(Head(status, details), " [", absl::StrJoin(points, "; "), "]");
}

std::string ManyLines(const absl::Status& status) {
  const error::Details details = error::DetailsOf(status).value_or(error::Details{});
  std::string text = Head(status, details);
  for (const std::string& point : Points(details)) absl::StrAppend(&text, "\n  - ", point);
  for (const auto& [key, value] : details.metadata) {
    absl::StrAppend(&text, "\n  ", key, " = ", value);
  }
  if (details.retry_after) {
    absl::StrAppend(&text, "\n  try again after ", absl::FormatDuration(*details.retry_after));
  }
  return text;
}

}  // namespace crm::client
