#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/aggregate/table.h"
#include "common/pg/transaction.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// The second look after a failed write: which of `contacts` must not be written, and why. Sets
// their refusals. Asks for the keys they claim, the organizations they newly refer to and, if
// `fresh`, their ids; other contacts of the batch count too, the earlier one wins. At most two
// queries.
absl::Status FindConflicts(pg::Transaction& transaction, aggregate::Writes<Contact> contacts,
                           bool fresh, absl::Span<absl::Status> refusals);

}  // namespace crm::contact
