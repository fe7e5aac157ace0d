#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "common/listing/query.h"
#include "common/pg/pool.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// Reads beside the contacts' repository: lists, and accounts, which only the lifecycle writes.
// Thread-safe; blocks.
class ContactReads {
 public:
  // `pool` must outlive the reads.
  explicit ContactReads(pg::Pool& pool) : pool_(pool) {}

  // One page; DATA_LOSS DATA_DAMAGED if a row of it cannot be read.
  absl::StatusOr<std::vector<Contact>> ListContacts(const listing::Query& query,
                                                    base::Deadline deadline) const;
  absl::StatusOr<std::vector<Account>> ListAccounts(const listing::Query& query,
                                                    base::Deadline deadline) const;

  // The accounts of `keys`, in that order, each with its own error as aggregate::Repository has it.
  std::vector<absl::StatusOr<Account>> GetAccounts(absl::Span<const aggregate::Key> keys,
                                                   base::Deadline deadline) const;

 private:
  pg::Pool& pool_;
};

}  // namespace crm::contact
