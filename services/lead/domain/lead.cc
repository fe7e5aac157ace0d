#include "services/lead/domain/lead.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/error/refusals.h"
#include "services/lead/domain/lead_moves.h"

namespace crm::lead {
namespace {

absl::Status QualificationUnmet(const Verdict& verdict) {
  error::Error refusal(absl::StatusCode::kFailedPrecondition, "QUALIFICATION_UNMET",
                       "The verdict on the lead is not QUALIFIED by what was on record at the "
                       "effective time.");
  refusal.With("outcome", NameOf(kVerdictOutcomeNames, verdict.outcome))
      .With("score", absl::StrCat(verdict.score))
      .With("threshold", absl::StrCat(verdict.threshold));
  for (const Criterion obstacle : Obstacles(verdict)) {
    const CriterionResult& result = verdict.results[static_cast<size_t>(obstacle) - 1];
    refusal.Precondition("CRITERION", NameOf(kCriterionNames, obstacle), result.explanation);
  }
  return refusal;
}

// The time of the verdict of a move that takes effect at `effective`; nothing: now.
std::optional<absl::Time> AskedFor(const Occasion& occasion, absl::Time effective) {
  return occasion.effective_time.has_value() ? std::optional(effective) : std::nullopt;
}

// Of a verdict that is as of now; what was on record earlier says nothing of how the lead stands.
void TakeStanding(Lead& lead, const Verdict& verdict, const Basis& basis,
                  const Occasion& occasion) {
  if (occasion.effective_time.has_value()) return;
  lead.standing = StandingOf(verdict, lead.assessments, basis.policy);
}

std::vector<std::string> NamesOf(const std::vector<Criterion>& criteria) {
  std::vector<std::string> names;
  for (const Criterion criterion : criteria) names.emplace_back(NameOf(kCriterionNames, criterion));
  return names;
}

}  // namespace

std::string LeadName(const base::Uuid& id) { return absl::StrCat("leads/", id.ToString()); }

std::string OpportunityName(const base::Uuid& id) {
  return absl::StrCat("opportunities/", id.ToString());
}

std::string OpportunityOf(const Lead& lead) {
  const bool converts = lead.state == LeadState::kConverting || lead.state == LeadState::kConverted;
  return converts && lead.conversion ? OpportunityName(lead.conversion->opportunity) : "";
}

std::optional<absl::Duration> ResponseTimeOf(const Lead& lead) {
  if (!lead.activities.first_response) return std::nullopt;
  const absl::Time opened = lead.open_time.value_or(lead.create_time);
  return std::max(absl::ZeroDuration(), *lead.activities.first_response - opened);
}

absl::Status RecordIdTaken(const Lead& lead, const ChosenId& chosen) {
  const bool assessment = chosen.kind == RecordKind::kAssessment;
  return error::DuplicateId(
      assessment ? "assessment_id" : "activity_id",
      absl::StrCat(LeadName(lead.id), assessment ? "/assessments/" : "/activities/",
                   chosen.id.ToString()));
}

absl::Status TakeRecordId(Lead& lead, const ChosenId& chosen) {
  const auto taken = std::find(lead.chosen_ids.begin(), lead.chosen_ids.end(), chosen);
  if (taken != lead.chosen_ids.end()) return RecordIdTaken(lead, chosen);
  lead.chosen_ids.push_back(chosen);
  return absl::OkStatus();
}

absl::Status Open(Lead& lead, const Occasion& occasion) {
  CRM_ASSIGN_OR_RETURN(const absl::Time effective, EffectiveTime(occasion, std::nullopt, "lead"));
  lead.open_time = effective;
  EnterNew(lead, effective, occasion);
  return absl::OkStatus();
}

absl::Status LogActivity(Lead& lead, const Activity& activity, const Occasion& occasion) {
  CRM_RETURN_IF_ERROR(CheckChangeable(lead));
  if (activity.occur_time > occasion.now) {
    return error::FieldInvalid("occur_time", "must not be in the future");
  }
  lead.activities.Count(activity);
  lead.new_activities.push_back(activity);
  if (lead.state != LeadState::kNew) return absl::OkStatus();
  return Enter(lead, Trigger::kFirstEvidence, std::max(activity.occur_time, lead.state_enter_time),
               occasion);
}

absl::Status Assess(Lead& lead, const Assessment& assessment, const Basis& basis,
                    const Occasion& occasion) {
  if (lead.state != LeadState::kNew && lead.state != LeadState::kWorking &&
      lead.state != LeadState::kQualified) {
    return StateInvalid(lead, "Only a NEW, WORKING or QUALIFIED lead can be assessed.");
  }
  if (assessment.observe_time > occasion.now) {
    return error::FieldInvalid("observe_time", "must not be in the future");
  }
  CRM_ASSIGN_OR_RETURN(const absl::Time effective,
                       EffectiveTime(occasion, lead.state_enter_time, "lead"));
  Supersede(lead.assessments, assessment);
  lead.new_assessments.push_back(assessment);
  const Verdict verdict = JudgeLead(lead, basis, std::nullopt, occasion.now);
  lead.standing = StandingOf(verdict, lead.assessments, basis.policy);
  if (lead.state == LeadState::kNew) {
    return Enter(lead, Trigger::kFirstEvidence, effective, occasion);
  }
  if (lead.state == LeadState::kQualified && !lead.qualification_overridden) {
    if (verdict.outcome != VerdictOutcome::kQualified) {
      return Enter(
          lead, Trigger::kCounterEvidence, effective, occasion,
          {.reason = absl::StrCat("VERDICT_", NameOf(kVerdictOutcomeNames, verdict.outcome))});
    }
  }
  return absl::OkStatus();
}

Verdict JudgeLead(const Lead& lead, const Basis& basis, std::optional<absl::Time> time,
                  absl::Time now) {
  if (time.has_value()) {
    return Judge(OnRecordAt(*time, lead.assessments, basis.then), basis.policy, *time);
  }
  now = std::max(now, basis.in_force_since);
  for (const Assessment& assessment : lead.assessments) {
    now = std::max({now, assessment.observe_time, assessment.record_time});
  }
  return Judge(lead.assessments, basis.policy, now);
}

absl::Status Qualify(Lead& lead, const Basis& basis, const std::string& override_reason,
                     const Occasion& occasion) {
  if (!Target(lead.state, Trigger::kQualify)) {
    return StateInvalid(lead, "Only a WORKING lead can be qualified.");
  }
  CRM_ASSIGN_OR_RETURN(const absl::Time effective,
                       EffectiveTime(occasion, lead.state_enter_time, "lead"));
  Verdict verdict = JudgeLead(lead, basis, AskedFor(occasion, effective), occasion.now);
  const bool unmet = verdict.outcome != VerdictOutcome::kQualified;
  if (unmet && override_reason.empty()) return QualificationUnmet(verdict);
  lead.qualification_overridden = unmet;
  lead.override_reason = unmet ? override_reason : "";
  TakeStanding(lead, verdict, basis, occasion);
  MoveDetails details{.note = lead.override_reason,
                      .overridden = unmet,
                      .overridden_gates = NamesOf(Obstacles(verdict))};
  lead.verdict = std::move(verdict);
  return Enter(lead, Trigger::kQualify, effective, occasion, std::move(details));
}

absl::Status Disqualify(Lead& lead, DisqualifyReason reason, const std::string& note,
                        const Basis& basis, const Occasion& occasion) {
  if (!Target(lead.state, Trigger::kDisqualify)) {
    return StateInvalid(lead, "Only a NEW, WORKING or QUALIFIED lead can be disqualified.");
  }
  if (reason == DisqualifyReason::kOther && note.empty()) {
    return error::FieldInvalid("note", "is required when the reason is OTHER");
  }
  CRM_ASSIGN_OR_RETURN(const absl::Time effective,
                       EffectiveTime(occasion, lead.state_enter_time, "lead"));
  lead.verdict = JudgeLead(lead, basis, AskedFor(occasion, effective), occasion.now);
  TakeStanding(lead, *lead.verdict, basis, occasion);
  lead.disqualify_reason = reason;
  lead.disqualify_note = note;
  return Enter(lead, Trigger::kDisqualify, effective, occasion,
               {.reason = std::string(NameOf(kDisqualifyReasonNames, reason)), .note = note});
}

absl::Status Reopen(Lead& lead, const std::string& reason, const Occasion& occasion) {
  CRM_RETURN_IF_ERROR(CheckChangeable(lead));
  if (!Target(lead.state, Trigger::kReopen)) {
    return StateInvalid(lead, "Only a DISQUALIFIED lead can be reopened.");
  }
  CRM_ASSIGN_OR_RETURN(const absl::Time effective,
                       EffectiveTime(occasion, lead.state_enter_time, "lead"));
  lead.disqualify_reason = DisqualifyReason::kUnspecified;
  lead.disqualify_note.clear();
  lead.qualification_overridden = false;
  lead.override_reason.clear();
  return Enter(lead, Trigger::kReopen, effective, occasion, {.note = reason});
}

}  // namespace crm::lead
