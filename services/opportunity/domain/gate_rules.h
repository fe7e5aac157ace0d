#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/domain/pipeline.h"

namespace crm::opportunity {

// The parameter that a kind of gate takes.
enum class GateParameter { kNone, kField, kAttribute, kAmount, kDays, kRole };

// One kind of gate: what it is called, what it takes and demands, and the test, for a move that
// takes effect at `at`.
struct GateRule {
  GateKind kind;
  absl::string_view key;  // public: "need_confirmed"
  GateParameter parameter;
  absl::string_view demand;  // a sentence for the caller; "$" stands for the parameter
  bool (*met)(const Opportunity&, const Gate&, absl::Time at);
};

absl::Span<const GateRule> GateRules();
const GateRule& RuleOf(GateKind kind);

// Public: "need_confirmed", "field_set:owner".
std::string KeyOf(const Gate& gate);
// What must be done, in a sentence: "The field owner is set."
std::string DemandOf(const Gate& gate);
bool Met(const Opportunity& opportunity, const Gate& gate, absl::Time at);

// A field that kFieldSet can ask for.
struct GateField {
  absl::string_view name;  // of Opportunity in the API
  bool (*set)(const Opportunity&);
};
absl::Span<const GateField> GateFields();

// A gate that a move asks for.
struct GateCheck {
  const Stage* stage;
  const Gate* gate;
  bool met;
};

// All gates between stage `from` and stage `to`, in order of the pipeline, and whether
// `opportunity` meets them at `at`. Checked are, on a move
//   to OPEN   those of the OPEN stages beyond `from` up to `to`; none on a move back
//   to WON    those of all OPEN stages beyond `from`, and of WON itself
//   to LOST   those of LOST itself
// `from` is where the opportunity stands (Pipeline::Standing); nullptr: it comes from elsewhere, so
// that every OPEN stage up to `to` counts.
std::vector<GateCheck> CheckGates(const Opportunity& opportunity, const Pipeline& pipeline,
                                  const Stage* from, const Stage& to, absl::Time at);

// Public: "<stage>/<gate>".
std::string GateName(const GateCheck& check);

// Whether the pipeline lets a move lead from where an opportunity stands to OPEN stage `to`. What
// is in a retired stage stands at its successor and may always go there.
bool Leads(const Stage& from, const Stage& to);

}  // namespace crm::opportunity
