#include "clients/crmctl/import/row_log.h"

#include <algorithm>

#include "common/base/status.h"

namespace crm::crmctl {

absl::StatusOr<std::unique_ptr<RowLog>> RowLog::Make() {
  CRM_ASSIGN_OR_RETURN(ScratchFile texts, ScratchFile::Make());
  return std::unique_ptr<RowLog>(new RowLog(std::move(texts)));
}

void RowLog::ForEach(std::vector<Place>& places, size_t most, const Take& take) const {
  const auto end = places.begin() + static_cast<std::ptrdiff_t>(std::min(most, places.size()));
  if (!std::is_sorted(places.begin(), places.end())) {
    std::partial_sort(places.begin(), end, places.end());
  }
  for (auto it = places.begin(); it != end; ++it) take({it->line, texts_.At(it->text)});
}

}  // namespace crm::crmctl
