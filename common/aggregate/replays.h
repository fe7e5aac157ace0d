#pragma once

#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "common/aggregate/repository.h"
#include "common/idempotency/request.h"

namespace crm::aggregate {

// Answers of requests that were seen before, in the ledger or earlier in a batch.
class Replays {
 public:
  void Remember(const Key& request, absl::StatusOr<idempotency::StoredAnswer> answer);

  // The answer to give instead of running the item: the first one, INVALID_ARGUMENT
  // REQUEST_ID_REUSED, or DATA_LOSS if the first one cannot be read. nullopt if the request is new,
  // or has no id.
  std::optional<absl::StatusOr<Answer>> Find(
      const std::string& tenant, const std::optional<idempotency::Request>& request) const;

 private:
  absl::flat_hash_map<Key, absl::StatusOr<idempotency::StoredAnswer>>
      seen_;  // by tenant and request id
};

}  // namespace crm::aggregate
