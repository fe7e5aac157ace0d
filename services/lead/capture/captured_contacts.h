#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/uuid.h"
#include "services/lead/domain/contact_registry.h"
#include "services/lead/store/claim_store.h"

namespace crm::lead {

// The contact of a capture.
struct CapturedContact {
  base::Uuid contact;
  bool made = false;      // by this call
  bool by_email = false;  // it has the e-mail address given, or was made with it
};

// Finds the contacts that leads come in for, and makes those that are not there: the person, and
// its organization if a domain is given. Of calls that bring the same facts at the same time one
// makes the contact and the others find it, on whichever replica. No transaction is open while the
// registry is asked. Thread-safe; blocks.
class CapturedContacts {
 public:
  CapturedContacts(ContactRegistry& registry, ClaimStore& claims)
      : registry_(registry), claims_(claims) {}

  // `request` is the call's own: a call sent again has the same one. Errors: the registry's;
  // database errors; INVALID_ARGUMENT FIELD_INVALID with paths as of ContactFacts where nothing of
  // what is given can be compared; ABORTED WRITE_CONFLICT if others change the contact all the
  // time.
  absl::StatusOr<CapturedContact> FindOrMake(const RegistryCaller& caller,
                                             const ContactFacts& facts, const base::Uuid& request,
                                             absl::Time now);

 private:
  ContactRegistry& registry_;
  ClaimStore& claims_;
};

}  // namespace crm::lead
