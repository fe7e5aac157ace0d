#include "clients/crmctl/import/row_log.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "common/base/status.h"

namespace crm::crmctl {

absl::StatusOr<std::unique_ptr<RowLog>> RowLog::Make() {
  CRM_ASSIGN_OR_RETURN(ScratchFile texts, ScratchFile::Make());
  return std::unique_ptr<RowLog>(new RowLog(std::move(texts)));
}

void RowLog::Add(int64_t line, absl::string_view reason, absl::string_view raw,
                 std::vector<Place>* places) {
  const int64_t place = texts_.Keep(reason);
  texts_.Keep(raw);
  places->push_back({line, place});
}

void RowLog::Fail(int64_t line, absl::string_view reason, absl::string_view raw) {
  Add(line, reason, raw, &failures_);
}

void RowLog::Warn(int64_t line, absl::string_view text, absl::string_view raw) {
  Add(line, text, raw, &warnings_);
}

void RowLog::Sort(std::vector<Place>* places) {
  const auto by_line = [](const Place& a, const Place& b) { return a.line < b.line; };
  if (std::is_sorted(places->begin(), places->end(), by_line)) return;
  std::stable_sort(places->begin(), places->end(), by_line);
}

int64_t RowLog::warned() const {
  Sort(&warnings_);
  Sort(&failures_);
  int64_t count = 0;
  size_t other = 0;
  for (size_t i = 0; i < warnings_.size(); ++i) {
    const int64_t line = warnings_[i].line;
    if (i > 0 && warnings_[i - 1].line == line) continue;
    while (other < failures_.size() && failures_[other].line < line) ++other;
    count += other == failures_.size() || failures_[other].line != line;
  }
  return count;
}

void RowLog::ForEach(std::vector<Place>& places, const std::vector<Place>& without,
                     const Take& take) const {
  Sort(&places);
  Sort(&failures_);
  size_t other = 0;
  for (size_t i = 0; i < places.size();) {
    Entry entry;
    entry.line = places[i].line;
    size_t next = i;
    while (next < places.size() && places[next].line == entry.line) ++next;
    while (other < without.size() && without[other].line < entry.line) ++other;
    const bool left_out = other < without.size() && without[other].line == entry.line;
    for (; i < next; ++i) {
      if (left_out) continue;
      const std::string text = texts_.At(places[i].text);
      absl::StrAppend(&entry.reason, entry.reason.empty() ? "" : "; ", text);
      if (i + 1 < next) continue;
      entry.raw = texts_.At(places[i].text + ScratchFile::KeptSize(text));
    }
    if (!left_out) take(entry);
  }
}

}  // namespace crm::crmctl
