#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/aggregate/eraser.h"
#include "common/base/id_generator.h"
#include "common/base/steady_clock.h"
#include "common/base/tenant_key.h"
#include "common/pg/pool.h"
#include "common/stage/erasure_event.h"
#include "services/contact/domain/erasure.h"

namespace crm::contact {

// What is to be erased, and for whom.
struct ErasureRequest {
  base::TenantKey contact;
  ErasureReason reason = ErasureReason::kOther;
  std::string actor;
  std::string etag = {};  // empty: whatever it is
  // Also if the contact is erased already: empties again what came since, and asks the other
  // services anew.
  bool again = false;
  bool last = false;  // not to be looked for once more
};

// Erasures of contacts. Thread-safe; blocks.
class ErasureStore {
 public:
  // `pool` and `ids` must outlive it. `on_commit` pokes the relay.
  ErasureStore(pg::Pool& pool, base::IdGenerator& ids, std::function<void()> on_commit);

  // In one transaction: empties the contact and those that are one with it by merges, each with its
  // account, their history and the stored answers that tell of it, frees its keys, and asks the
  // other services by an event. All are to look once more after kLookAgainAfter. NOT_FOUND; ABORTED
  // ETAG_MISMATCH.
  absl::StatusOr<Erasure> Erase(const ErasureRequest& request, absl::Time now,
                                base::Deadline deadline) const;

  // That of all that were erased together. NOT_FOUND if the contact was not erased.
  absl::StatusOr<Erasure> Find(const base::TenantKey& contact, base::Deadline deadline) const;

  // At most `limit` erasures of all tenants beyond `after`, in order of tenant and contact; those
  // that are not done, or all.
  absl::StatusOr<std::vector<Erasure>> After(const base::TenantKey& after, bool all, int limit,
                                             base::Deadline deadline) const;

  // Counted up to 10,000.
  absl::StatusOr<OpenErasures> CountOpen(base::Deadline deadline) const;

  // At most `limit` requests for what is due to be looked for once more.
  absl::StatusOr<std::vector<ErasureRequest>> Due(absl::Time now, int limit,
                                                  base::Deadline deadline) const;

  // Another service's answer, in the transaction of the consumer that read it. One to an erasure
  // that this database does not know (it was restored) is passed over.
  static absl::Status Answered(pg::Transaction& transaction, const stage::ContactErasure& answer);

 private:
  absl::StatusOr<Erasure> EraseIn(pg::Transaction& transaction, const ErasureRequest& request,
                                  absl::Time now) const;
  absl::Status EraseOne(pg::Transaction& transaction, const ErasureRequest& request,
                        const aggregate::ErasureOrder& order,
                        const std::optional<base::Uuid>& along_with) const;

  pg::Pool& pool_;
  base::IdGenerator& ids_;
  const std::function<void()> on_commit_;
  const aggregate::Eraser eraser_;
};

}  // namespace crm::contact
