#pragma once

#include "absl/status/status.h"
#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/ports.h"
#include "services/contact/store/contact_reads.h"

namespace crm::contact {

struct Renormalized {
  int64_t seen = 0;
  int64_t changed = 0;
  int64_t refused = 0;  // they stay as they are
};

// Gives every stored contact of every tenant the normal forms of this version, page by page, beside
// running services: each change is an edit with a revision of its own. Prints each contact that is
// refused, most often since another one has turned out to be the same. Run again, it changes
// nothing more. Errors of the database; blocks for all of it.
absl::StatusOr<Renormalized> RenormalizeContacts(aggregate::Repository<Contact>& contacts,
                                                 const ContactReads& reads,
                                                 const PhoneNormalizer& phones,
                                                 const base::Clock& clock);

}  // namespace crm::contact
