#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/steady_clock.h"
#include "common/base/uuid.h"

namespace crm::lead {

// On whose behalf the registry is asked, and until when.
struct RegistryCaller {
  std::string tenant;
  std::string actor;
  std::string traceparent;
  base::Deadline deadline = base::Deadline::None();
};

// What somebody tells of themselves; empty: nothing.
struct ContactFacts {
  std::string display_name;
  std::string email;
  std::string phone;
  std::string organization;  // its name
  std::string domain;        // its internet domain
};

// What the registry knows of them.
struct FoundContact {
  std::optional<base::Uuid> contact;
  bool by_email = false;                   // or else by phone, or by name and domain
  std::optional<base::Uuid> organization;  // the one with the domain
  // The facts as they are compared; empty where there are none.
  std::string email;
  std::string e164;
  std::string domain;
};

// A contact to be made: a person, or else an organization.
struct ContactDraft {
  base::Uuid id;
  std::string display_name;
  std::string email;
  std::string phone;
  bool person = true;
  std::optional<base::Uuid> organization;  // of a person
  std::string domain;                      // of an organization
  base::Uuid request;                      // a call sent twice is known by it
};

// Where contacts are found and made. Thread-safe; every method blocks until the caller's deadline,
// and for five seconds at most.
class ContactRegistry {
 public:
  virtual ~ContactRegistry() = default;

  // The contact that the facts can only be about. Errors: INVALID_ARGUMENT FIELD_INVALID with paths
  // as of ContactFacts; UNAVAILABLE NEIGHBOUR_UNAVAILABLE; DEADLINE_EXCEEDED.
  virtual absl::StatusOr<FoundContact> Find(const RegistryCaller& caller,
                                            const ContactFacts& facts) = 0;

  // Makes it. Errors: those of Find; ALREADY_EXISTS DUPLICATE_ID where there is, or was, a contact
  // with the id; ALREADY_EXISTS DUPLICATE_CONTACT where another one has the e-mail address or the
  // domain; FAILED_PRECONDITION REFERENCE_NOT_FOUND where the organization is no more.
  virtual absl::Status Create(const RegistryCaller& caller, const ContactDraft& draft) = 0;
};

}  // namespace crm::lead
