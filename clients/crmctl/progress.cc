#include "clients/crmctl/progress.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <cstdio>

#include "clients/crmctl/print.h"

namespace crm::crmctl {

std::string BarText(const FileOutcome& file, double rows_per_second) {
  constexpr int kWidth = 30;
  const int64_t done = file.Done();
  const auto filled = static_cast<size_t>(file.read == 0 ? kWidth : kWidth * done / file.read);
  std::string left = "?:??";
  if (rows_per_second > 0) {
    const auto seconds =
        static_cast<int64_t>(static_cast<double>(file.read - done) / rows_per_second + 0.5);
    left = absl::StrFormat("%d:%02d", seconds / 60, seconds % 60);
  }
  return absl::StrCat(file.label, "  [", std::string(filled, '#'),
                      std::string(kWidth - filled, ' '), "]  ", Grouped(done), "/",
                      Grouped(file.read), "  ", Grouped(static_cast<int64_t>(rows_per_second)),
                      " rows/s  ", left, " left",
                      file.failed > 0 ? absl::StrCat("  ", Grouped(file.failed), " failed") : "");
}

void Progress::Show(const FileOutcome& file, absl::Time now) {
  if (label_ != file.label) {
    label_ = file.label;
    began_ = now;
    done_at_start_ = file.Done();
    shown_ = style_ == Style::kBar ? absl::InfinitePast() : now;
  }
  const absl::Duration pause = style_ == Style::kBar ? absl::Milliseconds(100) : absl::Seconds(5);
  if (now - shown_ < pause) return;
  shown_ = now;
  const double seconds = absl::ToDoubleSeconds(now - began_);
  const double rate = seconds > 0 ? static_cast<double>(file.Done() - done_at_start_) / seconds : 0;
  const std::string text = BarText(file, rate);
  std::fprintf(stderr, style_ == Style::kBar ? "\r\033[K%s" : "%s\n", text.c_str());
}

void Progress::End(const std::vector<FileOutcome>& files, absl::Time) {
  if (style_ == Style::kBar) {
    std::fputs("\r\033[K", stderr);
    return;
  }
  for (const FileOutcome& file : files) {
    std::fprintf(stderr, "%s: %s of %s rows done\n", file.label.c_str(),
                 Grouped(file.Done()).c_str(), Grouped(file.read).c_str());
  }
}

}  // namespace crm::crmctl
