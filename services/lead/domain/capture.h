#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/base/uuid.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/occasion.h"

// Leads that come in by themselves: which lead of its contact one is, and under which id it is
// made.
namespace crm::lead {

enum class CaptureOutcome { kUnspecified, kCreated, kExisting, kReopened };

// An interest as it is compared: without surrounding white space, ASCII letters in lower case.
std::string NormalInterest(absl::string_view interest);

// Where a capture belongs among the leads of its contact: the newest live one for the interest;
// else the newest disqualified one for it; else a new one. No interest is any.
struct CapturePlace {
  CaptureOutcome outcome = CaptureOutcome::kCreated;
  base::Uuid lead;  // that is there, or is to be made
};

// `leads` are all of the contact's, of any state, deleted ones too, which are no place; the order
// does not matter. Captures that are made
// at the same time for the same interest, and so see the same leads, get the same id for theirs:
// one of them makes it and the others find it. Deterministic.
CapturePlace PlaceOf(const base::Uuid& contact, absl::string_view interest,
                     absl::Span<const Lead> leads);

// Whether the lead is still what `place` says it is.
bool StillThere(const Lead& lead, const CapturePlace& place);

// Records what came in with the lead, in any state. It is no work on the lead, so a NEW one stays
// NEW.
void Receive(Lead& lead, const Activity& activity);

}  // namespace crm::lead
