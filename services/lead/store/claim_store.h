#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/steady_clock.h"
#include "common/base/uuid.h"
#include "common/pg/pool.h"

namespace crm::lead {

// How long a claim holds: longer than any capture can be on its way between looking for a contact
// and making it.
inline constexpr absl::Duration kClaimTime = absl::Hours(1);

// A wish to make the contact that `key` tells, whose id is to be `contact`.
struct ContactClaim {
  std::string tenant;
  base::Uuid key;  // a hash: personal data go no further than the contact service
  base::Uuid contact;
  std::optional<base::Uuid> gone = std::nullopt;  // this one has turned out not to be it any more
  absl::Time now;
};

// Who makes which contact: of those who find none at the same time all make the same. In
// PostgreSQL, so for all replicas. Thread-safe; blocks.
class ClaimStore {
 public:
  explicit ClaimStore(pg::Pool& pool) : pool_(pool) {}

  // The id of the contact that the first one claimed with the key within kClaimTime;
  // `claim.contact` if nobody did, or if it is `gone`. One transaction, which also forgets some old
  // claims.
  absl::StatusOr<base::Uuid> Claim(const ContactClaim& claim, base::Deadline deadline);

 private:
  pg::Pool& pool_;
};

}  // namespace crm::lead
