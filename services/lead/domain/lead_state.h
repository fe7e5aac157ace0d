#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/base/enum_names.h"

namespace crm::lead {

// How far a lead has come.
enum class LeadState {
  kUnspecified,
  kNew,
  kWorking,
  kQualified,
  kConverting,
  kConverted,
  kDisqualified
};

inline constexpr base::EnumName<LeadState> kLeadStateNames[] = {
    {LeadState::kUnspecified, "UNSPECIFIED"},  {LeadState::kNew, "NEW"},
    {LeadState::kWorking, "WORKING"},          {LeadState::kQualified, "QUALIFIED"},
    {LeadState::kConverting, "CONVERTING"},    {LeadState::kConverted, "CONVERTED"},
    {LeadState::kDisqualified, "DISQUALIFIED"}};

// What moves a lead.
enum class Trigger {
  kFirstEvidence,      // the first activity or assessment
  kQualify,            // guard: verdict QUALIFIED, or an override
  kCounterEvidence,    // an assessment after which the verdict is no longer QUALIFIED
  kDisqualify,         // guard: a reason
  kReopen,             // guard: a reason
  kStartConversion,    // guard: a two-way activity, or an override
  kFinishConversion,   // the opportunity exists
  kAbandonConversion,  // the opportunity was refused for good
};
inline constexpr int kTriggerCount = 8;

struct Transition {
  LeadState from;
  Trigger trigger;
  LeadState to;
};

// All moves that exist; there is no other.
absl::Span<const Transition> Transitions();

// Where `trigger` leads from `from`; nothing if it does not apply there.
std::optional<LeadState> Target(LeadState from, Trigger trigger);

// The names of the states that may follow `from`, in order of the enum, separated by commas.
std::string AllowedStates(LeadState from);

}  // namespace crm::lead
