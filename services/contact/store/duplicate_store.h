#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "common/base/steady_clock.h"
#include "common/pg/pool.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// A word or a number, and who has it.
struct SharedTerm {
  std::string term;
  std::vector<base::Uuid> contacts;
};

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

  // The words and numbers from `from` on, in order, that at least two contacts have: as many as
  // together lead to about `contacts` of them, one at least; none at the end. Two or three reads.
  absl::StatusOr<std::vector<SharedTerm>> SharedTerms(const std::string& tenant,
                                                      const std::string& from, int contacts,
                                                      base::Deadline deadline) const;

  // Whether the tenant has more than `count` live contacts that were made since then, or at all.
  absl::StatusOr<bool> HasMoreThan(int count, const std::string& tenant,
                                   std::optional<absl::Time> since, base::Deadline deadline) const;

 private:
  absl::Status ByKeys(const Contact& contact, const Take& take, base::Deadline deadline) const;
  absl::Status ByPhones(const Contact& contact, const Take& take, base::Deadline deadline) const;
  absl::Status ByName(const Contact& contact, const Take& take, base::Deadline deadline) const;

  pg::Pool& pool_;
};

}  // namespace crm::contact
