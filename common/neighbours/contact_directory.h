#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/base/steady_clock.h"
#include "common/base/tenant_key.h"

// What services ask one another that more than one of them needs to know.
namespace crm::neighbours {

using ContactKey = base::TenantKey;

// Knows which contacts there are. Every implementation is thread-safe and blocks.
class ContactDirectory {
 public:
  virtual ~ContactDirectory() = default;

  // Sets one finding per contact: OK if there is a live one, NOT_FOUND if there is none,
  // UNAVAILABLE NEIGHBOUR_UNAVAILABLE if it is not known now, DEADLINE_EXCEEDED if not by
  // `deadline`, until when it blocks at most. Contacts may repeat.
  virtual void Check(absl::Span<const ContactKey> contacts, absl::Span<absl::Status> findings,
                     base::Deadline deadline) = 0;
};

}  // namespace crm::neighbours
