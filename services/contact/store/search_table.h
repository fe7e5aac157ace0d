#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/aggregate/table.h"
#include "common/base/clock.h"
#include "common/pg/pool.h"
#include "common/pg/transaction.h"
#include "services/contact/domain/contact.h"
#include "services/contact/store/contact_reads.h"

namespace crm::contact {

// Writes what the contacts are found by, as far as it has changed; in the transaction that writes
// the contacts, which holds their rows.
absl::Status WriteSearchTerms(pg::Transaction& transaction, aggregate::Writes<Contact> contacts);

// Writes what these contacts are found by where it is not what it should be: they were stored by a
// version that knew of no search, or of another. Returns how many that were. Blocks for three round
// trips, in which the contacts are locked.
absl::StatusOr<int64_t> RewriteSearchTerms(pg::Pool& pool, absl::Span<const aggregate::Key> keys,
                                           base::Deadline deadline);

// Goes through the contacts of all tenants and makes those findable that are not, or not by what
// this version finds them by: they were stored by another one. Beside the running service. Run
// again, it changes nothing. Returns how many it changed. Blocks for as long as that takes.
absl::StatusOr<int64_t> IndexContacts(pg::Pool& pool, const ContactReads& reads,
                                      const base::Clock& clock);

}  // namespace crm::contact
