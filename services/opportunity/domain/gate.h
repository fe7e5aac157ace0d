#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/domain/pipeline.h"

namespace crm::opportunity {

// How one gate is called, what it asks for, and how it is tested.
struct GateRule {
  Gate gate;
  absl::string_view key;     // public: "need_confirmed"
  absl::string_view demand;  // a sentence for the caller
  bool (*met)(const Opportunity&);
};

const GateRule& RuleOf(Gate gate);

// A gate of a stage that is not met.
struct UnmetGate {
  const Stage* stage;
  const GateRule* rule;
};

// All gates between stage `from` and stage `to` that `opportunity` does not meet, in order of the
// pipeline:
//   to OPEN   those of the OPEN stages beyond `from` up to `to`; going back asks for none
//   to WON    those of all OPEN stages beyond `from`, and of WON itself
//   to LOST   those of LOST itself
std::vector<UnmetGate> UnmetGates(const Opportunity& opportunity, const Pipeline& pipeline,
                                  const Stage& from, const Stage& to);

}  // namespace crm::opportunity
