#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/occasion.h"

// How a lead moves from state to state; what the verbs are made of.
namespace crm::lead {

// What a move carries besides where it goes.
struct MoveDetails {
  std::string reason = {};
  std::string note = {};
  bool overridden = false;
  std::vector<std::string> overridden_gates = {};
};

// FAILED_PRECONDITION STATE_INVALID with the state of the lead and the states that may follow.
absl::Status StateInvalid(const Lead& lead, absl::string_view message);

// STATE_INVALID while CONVERTING, when nothing but its conversion may change the lead, and if it is
// deleted, when nothing may but Undelete. Every verb that is no conversion begins with it.
absl::Status CheckChangeable(const Lead& lead);

// Moves the lead to where `trigger` leads, or STATE_INVALID. `effective` is already checked.
absl::Status Enter(Lead& lead, Trigger trigger, absl::Time effective, const Occasion& occasion,
                   MoveDetails details = {});

// The first move, of a lead that has no state yet: to NEW.
void EnterNew(Lead& lead, absl::Time effective, const Occasion& occasion);

}  // namespace crm::lead
