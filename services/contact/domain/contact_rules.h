#pragma once

#include "absl/status/status.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// Whether it has the form of a CLDR region code, as "CH".
bool IsRegion(absl::string_view text);

// What holds for every contact, once normalized: a name, lengths in code points, at most 20 e-mails
// and phones, well-formed and distinct addresses, at most one primary, plausible numbers, no
// organization above itself. INVALID_ARGUMENT FIELD_INVALID with all violations; their paths
// begin within the contact: "emails[0].address". `with_domain`: false if an organization's domain
// is one that is stored.
absl::Status CheckRules(const Contact& contact, bool with_domain = true);

// The same for the fields of an edit, of which only those given are there: a name may be absent.
absl::Status CheckGivenFields(const Contact& contact);

}  // namespace crm::contact
