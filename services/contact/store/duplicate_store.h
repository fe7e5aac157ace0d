#pragma once

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "common/base/steady_clock.h"
#include "common/pg/pool.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// Finds whom to compare a contact with. Thread-safe; blocks.
class DuplicateStore {
 public:
  // `pool` must outlive the store.
  explicit DuplicateStore(pg::Pool& pool) : pool_(pool) {}

  // Calls `take` with the ids of all live contacts of the tenant, of `contact`'s kind by its names,
  // that share an e-mail address, domain (organizations'), external id or telephone number with
  // `contact`, which is normalized, or have at least two of the words of its name (if it has one,
  // that one), each with at most one typing error. In portions, a contact perhaps in several;
  // without `contact` itself. Ends with the first error of `take`. A few reads, and one for each
  // 1,000 contacts that are called so.
  using Take = std::function<absl::Status(absl::Span<const base::Uuid>)>;
  absl::Status Candidates(const Contact& contact, const Take& take, base::Deadline deadline) const;

 private:
  absl::Status ByKeys(const Contact& contact, const Take& take, base::Deadline deadline) const;
  absl::Status ByPhones(const Contact& contact, const Take& take, base::Deadline deadline) const;
  absl::Status ByName(const Contact& contact, const Take& take, base::Deadline deadline) const;

  pg::Pool& pool_;
};

}  // namespace crm::contact
