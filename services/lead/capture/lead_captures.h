#pragma once

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/aggregate/repository.h"
#include "common/base/id_generator.h"
#include "common/idempotency/request.h"
#include "services/lead/capture/captured_contacts.h"
#include "services/lead/domain/capture.h"
#include "services/lead/domain/lead.h"
#include "services/lead/store/lead_reads.h"

namespace crm::lead {

// What a capture came to.
struct Captured {
  CaptureOutcome outcome = CaptureOutcome::kUnspecified;
  bool contact_made = false;
};

// A call to capture a lead.
struct CaptureCall {
  RegistryCaller caller;
  ContactFacts facts;
  LeadSource source = LeadSource::kUnspecified;
  std::string source_detail;
  std::string interest;
  std::string note;
  std::optional<idempotency::Request> request;
  aggregate::Author author;
  Occasion occasion;
  std::function<std::string(const Lead&, const Captured&)> answer;
};

// Captures leads: finds or makes the contact, then the lead. However many calls bring the same at
// the same time, on whichever replica, there is one contact and one lead. Thread-safe; blocks.
class LeadCaptures {
 public:
  struct Ports {
    aggregate::Repository<Lead>& leads;
    const LeadReads& reads;
    CapturedContacts& contacts;
    base::IdGenerator& ids;
  };
  explicit LeadCaptures(const Ports& ports) : ports_(ports) {}

  // The answer, or the first one to this request. Errors: those of CapturedContacts, with paths
  // below "contact"; of aggregate::Repository; ABORTED WRITE_CONFLICT if others change the
  // contact's leads all the time.
  absl::StatusOr<aggregate::Answer> Capture(const CaptureCall& call);

 private:
  absl::StatusOr<aggregate::Answer> CaptureFor(const CaptureCall& call,
                                               const CapturedContact& contact);
  absl::StatusOr<aggregate::Answer> Make(const CaptureCall& call, const CapturedContact& contact,
                                         const CapturePlace& place);
  absl::StatusOr<aggregate::Answer> Find(const CaptureCall& call, const CapturedContact& contact,
                                         const CapturePlace& place);
  // What came in, as a record of the lead; nothing if nobody wrote anything.
  std::optional<Activity> MessageOf(const CaptureCall& call, const CapturedContact& contact);

  const Ports ports_;
};

}  // namespace crm::lead
