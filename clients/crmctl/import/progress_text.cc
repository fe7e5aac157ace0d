#include "clients/crmctl/import/progress_text.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>

namespace crm::crmctl {
namespace {

constexpr size_t kWidth = 30;

std::string Grouped(int64_t number) {
  std::string text = absl::StrCat(number);
  for (auto at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<size_t>(at), ",");
  }
  return text;
}

std::string TimeLeft(double share, double gained, absl::Duration since) {
  if (gained <= 0) return "?:??";
  const double left = absl::ToDoubleSeconds(since) * (1 - share) / gained;
  if (left >= 360'000) return "days";
  const auto seconds = static_cast<int64_t>(left + 0.5);
  if (seconds < 3600) return absl::StrFormat("%d:%02d", seconds / 60, seconds % 60);
  return absl::StrFormat("%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

}  // namespace

std::string ProgressText(const ProgressFacts& facts, const ProgressFacts& from,
                         absl::Duration since) {
  const double share = std::clamp(facts.share, 0.0, 1.0);
  const auto filled = static_cast<size_t>(static_cast<double>(kWidth) * share);
  const double seconds = absl::ToDoubleSeconds(since);
  const double rate = seconds > 0 ? static_cast<double>(facts.done - from.done) / seconds : 0;
  std::string text =
      absl::StrCat(facts.label, "  [", std::string(filled, '#'), std::string(kWidth - filled, ' '),
                   "]  ", static_cast<int>(100 * share), " %  ", Grouped(facts.done), " ",
                   facts.unit, "  ", Grouped(static_cast<int64_t>(rate)), " ", facts.unit, "/s  ",
                   TimeLeft(share, share - from.share, since), " left");
  if (facts.calls > 0) absl::StrAppend(&text, "  ", Grouped(facts.calls), " calls in flight");
  if (facts.failed > 0) absl::StrAppend(&text, "  ", Grouped(facts.failed), " failed");
  return text;
}

}  // namespace crm::crmctl
