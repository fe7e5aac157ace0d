#include "common/aggregate/replays.h"

#include <utility>

#include "common/idempotency/ledger.h"

namespace crm::aggregate {

void Replays::Remember(const Key& request, absl::StatusOr<idempotency::StoredAnswer> answer) {
  seen_.insert_or_assign(request, std::move(answer));
}

std::optional<absl::StatusOr<Answer>> Replays::Find(
    const std::string& tenant, const std::optional<idempotency::Request>& request) const {
  if (!request.has_value() || seen_.empty()) return std::nullopt;
  const auto found = seen_.find(Key{tenant, request->id});
  if (found == seen_.end()) return std::nullopt;
  if (!found->second.ok()) return absl::StatusOr<Answer>(found->second.status());
  absl::StatusOr<std::string> bytes = idempotency::Replay(*found->second, *request);
  if (!bytes.ok()) return absl::StatusOr<Answer>(bytes.status());
  return absl::StatusOr<Answer>(Answer{*std::move(bytes), /*replayed=*/true});
}

}  // namespace crm::aggregate
