#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "clients/crmctl/import/import_run.h"

namespace crm::crmctl {

constexpr size_t kReadBatch = 1000;

template <class Request, class Take>
absl::Status ImportRun::ReadAll(const std::vector<std::string>& names, Take take) {
  absl::Status failure;
  int open = 0;
  for (size_t first = 0; first < names.size(); first += kReadBatch) {
    Request request;
    const size_t last = std::min(names.size(), first + kReadBatch);
    for (size_t i = first; i < last; ++i) request.add_names(names[i]);
    ++open;
    calls_.Start(request, [&](absl::StatusOr<client::ResponseOf<Request>> answer) {
      --open;
      answer.ok() ? take(*answer) : failure.Update(answer.status());
    });
  }
  Wait([&] { return open == 0; });
  return failure;
}

}  // namespace crm::crmctl
