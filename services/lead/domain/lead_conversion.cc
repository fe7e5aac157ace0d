#include "services/lead/domain/lead_conversion.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "services/lead/domain/lead_moves.h"

namespace crm::lead {
namespace {

constexpr char kTwoWayActivity[] = "two_way_activity";
constexpr absl::Duration kRetryAdvice = absl::Seconds(1);

bool IsConversion(const Lead& lead, const base::Uuid& conversion) {
  return lead.conversion.has_value() && lead.conversion->id == conversion;
}

// Whether the wanted conversion is the one that the lead already knows; an error if it was another
// request, or ended badly.
absl::StatusOr<bool> AlreadyBegun(const Lead& lead, const Conversion& wanted) {
  if (!IsConversion(lead, wanted.id)) return false;
  if (lead.conversion->request_hash != wanted.request_hash) {
    return RequestIdReused(wanted.request_id);
  }
  if (lead.conversion->state == ConversionState::kCompensated) {
    return ConversionRefused(lead.conversion->refusal);
  }
  return true;
}

}  // namespace

bool BeginsConversion(const Lead* before, const Lead& after) {
  return after.conversion.has_value() &&
         (before == nullptr || !IsConversion(*before, after.conversion->id));
}

absl::Status ConversionRefused(absl::string_view cause) {
  return error::Error(absl::StatusCode::kFailedPrecondition, "CONVERSION_REFUSED",
                      "The opportunity service refused the conversion for good; the lead is "
                      "QUALIFIED again.")
      .With("service", "opportunity")
      .With("cause", cause);
}

absl::Status ConversionNotAnswered(absl::string_view cause) {
  return error::Unavailable(
             error::kNeighbourUnavailable,
             "The opportunity service did not answer; the conversion will be completed.",
             kRetryAdvice)
      .With("service", "opportunity")
      .With("cause", cause);
}

absl::Status ConversionNeedsAttention(absl::string_view cause) {
  return error::Error(absl::StatusCode::kFailedPrecondition, "CONVERSION_NEEDS_ATTENTION",
                      "The conversion has met nothing but faults and waits for an operator.")
      .With("service", "opportunity")
      .With("cause", cause);
}

absl::Status StartConversion(Lead& lead, const Conversion& conversion, absl::string_view etag,
                             const Occasion& occasion) {
  CRM_ASSIGN_OR_RETURN(const bool begun, AlreadyBegun(lead, conversion));
  if (begun) return absl::OkStatus();
  if (!etag.empty() && etag != absl::StrCat(lead.revision)) {
    return error::StaleEtag(LeadName(lead.id))
        .With("etag", etag)
        .With("currentEtag", absl::StrCat(lead.revision));
  }
  if (!Target(lead.state, Trigger::kStartConversion)) {
    return StateInvalid(lead, lead.state == LeadState::kConverted
                                  ? "The lead has been converted by another request."
                              : lead.state == LeadState::kConverting
                                  ? "The lead is being converted by another request."
                                  : "Only a QUALIFIED lead can be converted.");
  }
  CRM_ASSIGN_OR_RETURN(const absl::Time effective,
                       EffectiveTime(occasion, lead.state_enter_time, "lead"));
  const bool unmet = !lead.activities.two_way;
  if (unmet && conversion.plan.override_reason.empty()) {
    return error::Error(absl::StatusCode::kFailedPrecondition, error::kGatesUnmet,
                        "The lead has no two-way activity.")
        .With("gates", kTwoWayActivity)
        .Precondition("GATE", LeadName(lead.id),
                      "two_way_activity: a call, a meeting or an inbound message is needed first");
  }
  MoveDetails details;
  details.overridden = unmet;
  if (unmet) {
    details.note = conversion.plan.override_reason;
    details.overridden_gates = {
        absl::StrCat(NameOf(kLeadStateNames, LeadState::kConverting), "/", kTwoWayActivity)};
  }
  lead.conversion = conversion;
  lead.conversion->state = ConversionState::kStarted;
  lead.conversion->effective_time = effective;
  return Enter(lead, Trigger::kStartConversion, effective, occasion, std::move(details));
}

absl::Status FinishConversion(Lead& lead, const base::Uuid& conversion, const Occasion& occasion) {
  if (!IsConversion(lead, conversion)) {
    return StateInvalid(lead, "The lead is not in this conversion.");
  }
  if (lead.conversion->state == ConversionState::kCompleted) return absl::OkStatus();
  if (lead.conversion->state == ConversionState::kCompensated) {
    return ConversionRefused(lead.conversion->refusal);
  }
  lead.conversion->state = ConversionState::kCompleted;
  return Enter(lead, Trigger::kFinishConversion, lead.conversion->effective_time, occasion);
}

absl::Status AbandonConversion(Lead& lead, const base::Uuid& conversion, absl::string_view cause,
                               const Occasion& occasion) {
  if (!IsConversion(lead, conversion)) {
    return StateInvalid(lead, "The lead is not in this conversion.");
  }
  if (lead.conversion->state == ConversionState::kCompensated) return absl::OkStatus();
  if (lead.conversion->state == ConversionState::kCompleted) {
    return StateInvalid(lead, "The conversion has already been completed.");
  }
  lead.conversion->state = ConversionState::kCompensated;
  lead.conversion->refusal = std::string(cause);
  return Enter(lead, Trigger::kAbandonConversion, lead.conversion->effective_time, occasion,
               {.reason = "CONVERSION_REFUSED"});
}

}  // namespace crm::lead
