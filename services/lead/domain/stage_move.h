#pragma once

#include "absl/status/status.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

// What a move carries besides where it goes.
struct MoveDetails {
  std::string reason = {};
  std::string note = {};
  bool overridden = false;
  std::vector<std::string> overridden_gates = {};
};

// The effective time of a move that happens on `occasion` to a lead whose previous move was at
// `previous`: the given one, else now (but never before `previous`, whatever the clock says).
// INVALID_ARGUMENT EFFECTIVE_TIME_INVALID if it was given and is not in [previous, now].
absl::StatusOr<absl::Time> EffectiveTime(const Occasion& occasion, absl::Time previous);

// FAILED_PRECONDITION STATE_INVALID with where the lead is and where it may go.
absl::Status StateInvalid(const Lead& lead, absl::string_view message);

// Moves the lead if the table has it, collecting the stage change. `effective` is already checked.
absl::Status Enter(Lead& lead, Trigger trigger, absl::Time effective, const Occasion& occasion,
                   MoveDetails details = {});

}  // namespace crm::lead
