#include "services/opportunity/domain/opportunity_state.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "services/opportunity/domain/gate.h"

namespace crm::opportunity {
namespace {

constexpr Transition kTransitions[] = {
    {Verb::kMove, StageType::kOpen, StageType::kOpen, GateCheck::kAsked},
    {Verb::kWin, StageType::kOpen, StageType::kWon, GateCheck::kAsked},
    {Verb::kLose, StageType::kOpen, StageType::kLost, GateCheck::kAsked},
    {Verb::kReopen, StageType::kWon, StageType::kOpen, GateCheck::kNotAsked},
    {Verb::kReopen, StageType::kLost, StageType::kOpen, GateCheck::kNotAsked},
};

const Transition* FindTransition(Verb verb, StageType from, StageType to) {
  for (const Transition& transition : kTransitions) {
    if (transition.verb == verb && transition.from == from && transition.to == to) {
      return &transition;
    }
  }
  return nullptr;
}

// Where this verb leads from here.
std::string AllowedStages(const Pipeline& pipeline, Verb verb, const Stage& from) {
  std::vector<absl::string_view> allowed;
  for (const Stage& stage : pipeline.stages) {
    if (&stage != &from && FindTransition(verb, from.type, stage.type) != nullptr) {
      allowed.push_back(stage.key);
    }
  }
  return absl::StrJoin(allowed, ",");
}

// The verb that would make the move, for advice.
std::optional<Verb> VerbFor(StageType from, StageType to) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == from && transition.to == to) return transition.verb;
  }
  return std::nullopt;
}

absl::Status IllegalMove(const Opportunity& opportunity, const Pipeline& pipeline, Verb verb,
                         const Stage& from, const Stage& to) {
  error::Error error = error::StateInvalid(
      NameOf(opportunity), from.key,
      absl::StrCat("The opportunity is in stage ", from.key, "; ", MethodOf(verb),
                   " does not lead from there to ", to.key, "."));
  error.With("requested", to.key).With("allowedStates", AllowedStages(pipeline, verb, from));
  const std::optional<Verb> other = VerbFor(from.type, to.type);
  if (other && *other != verb) error.With("useMethod", MethodOf(*other));
  return error;
}

std::string Instant(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

absl::StatusOr<absl::Time> EffectiveTime(const Occasion& occasion,
                                         std::optional<absl::Time> previous) {
  // Without a given time a clock that lags behind the previous move's is no error.
  if (!occasion.effective_time) return std::max(occasion.now, previous.value_or(occasion.now));
  const absl::Time time = *occasion.effective_time;
  const bool future = time > occasion.now;
  if (!future && (!previous || time >= *previous)) return time;
  const char* const text =
      future ? "lies in the future" : "lies before the previous move of the opportunity";
  error::Error error(absl::StatusCode::kInvalidArgument, error::kEffectiveTimeInvalid,
                     absl::StrCat("The effective time ", text, "."));
  error.Violation("effective_time", text);
  if (previous) error.With("earliest", Instant(*previous));
  error.With("latest", Instant(occasion.now));
  return error;
}

std::string GateName(const UnmetGate& unmet) {
  return absl::StrCat(unmet.stage->key, "/", unmet.rule->key);
}

std::vector<std::string> NamesOf(const std::vector<UnmetGate>& unmet) {
  std::vector<std::string> names;
  names.reserve(unmet.size());
  for (const UnmetGate& gate : unmet) names.push_back(GateName(gate));
  return names;
}

absl::Status GatesUnmet(const Opportunity& opportunity, const Stage& to,
                        const std::vector<UnmetGate>& unmet) {
  error::Error error(absl::StatusCode::kFailedPrecondition, error::kGatesUnmet,
                     absl::StrCat("Gates on the way to stage ", to.key, " are not met."));
  error.With("stage", to.key).With("gates", absl::StrJoin(NamesOf(unmet), ","));
  const std::string name = NameOf(opportunity);
  for (const UnmetGate& gate : unmet) {
    error.Precondition("GATE", name, absl::StrCat(GateName(gate), ": ", gate.rule->demand));
  }
  return error;
}

absl::Status UnknownStage(const Pipeline& pipeline, absl::string_view key) {
  return error::Error(absl::StatusCode::kFailedPrecondition, error::kReferenceNotFound,
                      "The pipeline has no such stage.")
      .With("field", "stage")
      .With("resource", absl::StrCat("pipelines/", pipeline.id, "/stages/", key));
}

StageFacts FactsOf(const Opportunity& opportunity) {
  return {opportunity.stage, opportunity.stage_type, opportunity.amount, opportunity.probability,
          opportunity.category};
}

struct Words {
  absl::string_view reason;
  absl::string_view override_reason;
};

// Enters `to` with its snapshots and collects the change. All checks are done.
void Enter(Opportunity& opportunity, const Stage& to, absl::Time time, const Occasion& occasion,
           StageChange change) {
  opportunity.stage = to.key;
  opportunity.stage_type = to.type;
  opportunity.probability = to.probability;
  opportunity.probability_manual = false;
  opportunity.category = to.category;
  opportunity.category_manual = false;
  opportunity.stage_enter_time = time;
  ++opportunity.stage_version;
  if (to.type == StageType::kOpen) {
    opportunity.close_time.reset();
  } else {
    opportunity.close_time = time;
  }
  if (to.type != StageType::kLost) {
    opportunity.loss_reason.reset();
    opportunity.loss_note.clear();
  }
  change.event_id = occasion.event_id;
  change.version = opportunity.stage_version;
  change.after = FactsOf(opportunity);
  change.effective_time = time;
  change.record_time = occasion.now;
  change.actor = occasion.actor;
  change.owner = opportunity.owner;
  change.loss_reason = opportunity.loss_reason;
  change.request_id = occasion.request_id;
  change.traceparent = occasion.traceparent;
  opportunity.stage_changes.push_back(std::move(change));
}

// Checks and makes one move of `next`, whose facts already hold what the verb brings along;
// `before` are the facts without that.
absl::Status Pass(Opportunity& next, StageFacts before, const Pipeline& pipeline, Verb verb,
                  const Stage& to, const Occasion& occasion, Words words) {
  const Stage* const from = pipeline.Find(next.stage);
  if (from == nullptr) {
    return error::Internal(absl::StrCat("stage ", next.stage, " is not in pipeline ", pipeline.id));
  }
  const Transition* const transition = FindTransition(verb, next.stage_type, to.type);
  if (transition == nullptr || from == &to) return IllegalMove(next, pipeline, verb, *from, to);
  CRM_ASSIGN_OR_RETURN(const absl::Time time, EffectiveTime(occasion, next.stage_enter_time));

  StageChange change;
  change.reason = std::string(words.reason);
  if (transition->gates == GateCheck::kAsked) {
    const std::vector<UnmetGate> unmet = UnmetGates(next, pipeline, *from, to);
    if (!unmet.empty()) {
      if (words.override_reason.empty()) return GatesUnmet(next, to, unmet);
      change.overridden_gates = NamesOf(unmet);
      change.reason = std::string(words.override_reason);
    }
  }
  change.before = std::move(before);
  change.time_in_previous_stage = time - next.stage_enter_time;
  Enter(next, to, time, occasion, std::move(change));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const Transition> Transitions() { return kTransitions; }

absl::string_view MethodOf(Verb verb) {
  constexpr absl::string_view kMethods[] = {"MoveOpportunity", "WinOpportunity", "LoseOpportunity",
                                            "ReopenOpportunity"};
  return kMethods[static_cast<size_t>(verb)];
}

absl::Status Open(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion,
                  std::optional<int> probability, std::optional<ForecastCategory> category) {
  CRM_ASSIGN_OR_RETURN(const absl::Time time, EffectiveTime(occasion, std::nullopt));
  const Stage& first = pipeline.First();
  opportunity.pipeline = pipeline.id;
  opportunity.open_time = time;
  opportunity.stage_version = 0;
  Enter(opportunity, first, time, occasion, StageChange());
  if (probability && *probability != first.probability) {
    opportunity.probability = *probability;
    opportunity.probability_manual = true;
  }
  if (category && *category != first.category) {
    opportunity.category = *category;
    opportunity.category_manual = true;
  }
  opportunity.stage_changes.back().after = FactsOf(opportunity);
  return absl::OkStatus();
}

absl::Status Move(Opportunity& opportunity, const Pipeline& pipeline, absl::string_view stage,
                  const Occasion& occasion, absl::string_view reason,
                  absl::string_view override_reason) {
  const Stage* const to = pipeline.Find(stage);
  if (to == nullptr) return UnknownStage(pipeline, stage);
  return Pass(opportunity, FactsOf(opportunity), pipeline, Verb::kMove, *to, occasion,
              {reason, override_reason});
}

absl::Status Win(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion,
                 const std::optional<base::Money>& amount, absl::string_view override_reason) {
  StageFacts before = FactsOf(opportunity);
  std::optional<base::Money> amount_before = opportunity.amount;
  if (amount) opportunity.amount = amount;
  absl::Status status = Pass(opportunity, std::move(before), pipeline, Verb::kWin, pipeline.Won(),
                             occasion, {"", override_reason});
  if (!status.ok()) opportunity.amount = std::move(amount_before);
  return status;
}

absl::Status Lose(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion,
                  LossReason reason, absl::string_view note) {
  if (reason == LossReason::kOther && absl::StripAsciiWhitespace(note).empty()) {
    return error::FieldInvalid("note", "is required when the loss reason is OTHER");
  }
  auto before = std::make_pair(opportunity.loss_reason, opportunity.loss_note);
  opportunity.loss_reason = reason;
  opportunity.loss_note = std::string(note);
  absl::Status status = Pass(opportunity, FactsOf(opportunity), pipeline, Verb::kLose,
                             pipeline.Lost(), occasion, {note, ""});
  if (!status.ok()) std::tie(opportunity.loss_reason, opportunity.loss_note) = std::move(before);
  return status;
}

absl::Status Reopen(Opportunity& opportunity, const Pipeline& pipeline, absl::string_view stage,
                    const Occasion& occasion, absl::string_view reason) {
  const Stage* const to = pipeline.Find(stage);
  if (to == nullptr) return UnknownStage(pipeline, stage);
  return Pass(opportunity, FactsOf(opportunity), pipeline, Verb::kReopen, *to, occasion,
              {reason, ""});
}

}  // namespace crm::opportunity
