#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/tenant_key.h"

namespace crm::lead {

using ContactKey = base::TenantKey;

// Knows which contacts there are. Thread-safe.
class ContactDirectory {
 public:
  virtual ~ContactDirectory() = default;

  // Sets one finding per contact: OK if there is a live one, NOT_FOUND if there is none,
  // UNAVAILABLE NEIGHBOUR_UNAVAILABLE if it cannot be told now. Contacts may repeat. Blocks until
  // `deadline` at most.
  virtual void Check(absl::Span<const ContactKey> contacts, absl::Span<absl::Status> findings,
                     absl::Time deadline) = 0;
};

}  // namespace crm::lead
