#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/base/steady_clock.h"
#include "common/base/uuid.h"
#include "services/lead/domain/outcome_facts.h"

namespace crm::lead {

// Knows the organizations of contacts. Every implementation is thread-safe and blocks.
class OrganizationDirectory {
 public:
  virtual ~OrganizationDirectory() = default;

  // What is known of the organization that each contact is or belongs to, now; nothing of a contact
  // that is unknown or belongs to none. Contacts may repeat. UNAVAILABLE NEIGHBOUR_UNAVAILABLE;
  // DEADLINE_EXCEEDED.
  virtual absl::StatusOr<std::vector<OrganizationFacts>> Find(const std::string& tenant,
                                                              absl::Span<const base::Uuid> contacts,
                                                              base::Deadline deadline) = 0;
};

}  // namespace crm::lead
