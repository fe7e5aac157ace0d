#pragma once

#include "absl/status/status.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// What holds for every contact, once normalized: a name, lengths in code points, at most 20 e-mails
// and phones, well-formed and distinct addresses, at most one primary, plausible numbers, no
// organization above itself. INVALID_ARGUMENT FIELD_INVALID with all violations; their paths
// begin within the contact: "emails[0].address".
absl::Status CheckRules(const Contact& contact);

// The same for the fields of an edit, of which only those given are there: a name may be absent.
absl::Status CheckGivenFields(const Contact& contact);

}  // namespace crm::contact
