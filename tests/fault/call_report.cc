#include "tests/fault/call_report.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <map>

#include "clients/cpp/error_text.h"

namespace crm::testing {

double CallReport::Millis(double quantile) const {
  if (millis.empty()) return 0;
  return millis[static_cast<size_t>(quantile * static_cast<double>(millis.size() - 1))];
}

absl::Duration CallReport::FailedFor() const {
  if (failed.empty()) return absl::ZeroDuration();
  const auto [first, last] = std::minmax_element(
      failed.begin(), failed.end(),
      [](const FailedCall& a, const FailedCall& b) { return a.start < b.start; });
  return last->start - first->start;
}

std::string CallReport::Text() const {
  std::string text = absl::StrFormat(
      "%d calls answered, %.0f a second; p50 %.1f ms, p99 %.1f ms, slowest %.0f ms; %d put off, %d "
      "unsent, %d failed",
      answered, static_cast<double>(answered) / std::max(seconds, 1e-3), Millis(0.5), Millis(0.99),
      Millis(1), put_off, unsent, failed.size());
  std::map<std::string, int> kinds;
  for (const FailedCall& call : failed) {
    ++kinds[absl::StrCat(call.request, " ", client::OneLine(call.status))];
  }
  if (!failed.empty()) absl::StrAppend(&text, " over ", absl::FormatDuration(FailedFor()));
  for (const auto& [kind, count] : kinds) absl::StrAppend(&text, "\n  ", count, " × ", kind);
  return text;
}

}  // namespace crm::testing
