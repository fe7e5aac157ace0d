#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/aggregate/table.h"
#include "common/pg/transaction.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// The second look after a failed write: which of `contacts` must not be written, and why. Sets
// their refusals:
//   ALREADY_EXISTS DUPLICATE_CONTACT         e-mail, domain; metadata rule, contacts, count
//   ALREADY_EXISTS DUPLICATE_ID              id, external id; metadata field, existing
//   FAILED_PRECONDITION REFERENCE_NOT_FOUND  metadata field, resource
// Asks for the keys they newly hold, the organizations they newly refer to and the ids of new ones;
// other contacts of the batch count too, the earlier one wins. At most two queries.
absl::Status RefuseTaken(pg::Transaction& transaction, aggregate::Writes<Contact> contacts,
                         absl::Span<absl::Status> refusals);

}  // namespace crm::contact
