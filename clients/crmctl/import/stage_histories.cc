#include "clients/crmctl/import/stage_histories.h"

#include <algorithm>

#include "common/base/unicode.h"

namespace crm::crmctl {

absl::Status StageHistories::Index() {
  CsvRow row;
  while (reader_.Next(&row)) {
    if (!row.problem.empty()) continue;
    const base::Uuid key = KeyIndex::Hashed(base::Tidy(row.fields[columns_[0]]));
    const std::optional<int64_t> before = last_.Find(key);
    if (before) last_.Remove(key);
    last_.Add(key, static_cast<int64_t>(places_.size()));
    places_.push_back({row.place, before.value_or(-1)});
  }
  return reader_.status();
}

std::vector<std::pair<std::string, std::string>> StageHistories::Find(absl::string_view key) {
  std::vector<std::pair<std::string, std::string>> stages;
  CsvRow row;
  int64_t at = last_.Find(KeyIndex::Hashed(key)).value_or(-1);
  for (; at >= 0; at = places_[static_cast<size_t>(at)].before) {
    const bool there = reader_.At(places_[static_cast<size_t>(at)].place, 1, &row);
    if (!there || !row.problem.empty()) continue;
    stages.emplace_back(base::Tidy(row.fields[columns_[1]]), base::Tidy(row.fields[columns_[2]]));
  }
  std::reverse(stages.begin(), stages.end());
  return stages;
}

}  // namespace crm::crmctl
