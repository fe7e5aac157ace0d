#include "services/opportunity/domain/opportunity_moves.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/refusals.h"
#include "services/opportunity/domain/move_rules.h"
#include "services/opportunity/domain/opportunity_rules.h"
#include "services/opportunity/domain/stage_entry.h"

namespace crm::opportunity {
namespace {

ChangeKind KindOf(Trigger trigger) {
  switch (trigger) {
    case Trigger::kMove:
      return ChangeKind::kMoved;
    case Trigger::kWin:
      return ChangeKind::kWon;
    case Trigger::kLose:
      return ChangeKind::kLost;
    case Trigger::kReopen:
      return ChangeKind::kReopened;
  }
  return ChangeKind::kMoved;
}

// Marks the competitor of this name as the one that the customer chose; no other one is.
void SetChosen(Opportunity& opportunity, absl::string_view name) {
  bool known = false;
  for (Competitor& it : opportunity.competitors) {
    if (it.display_name == name) {
      it.status = CompetitorStatus::kChosen;
      known = true;
    } else if (it.status == CompetitorStatus::kChosen) {
      it.status = CompetitorStatus::kOut;
    }
  }
  if (!known) opportunity.competitors.push_back({std::string(name), CompetitorStatus::kChosen, ""});
}

// Checks and makes one move of `next`, which already holds what the verb brings along; `before` are
// the facts without that.
absl::Status MakeMove(Opportunity& next, StageFacts before, const Pipeline& pipeline,
                      Trigger trigger, const Stage& to, const Occasion& occasion, Reasons reasons) {
  CRM_RETURN_IF_ERROR(CheckLive(next));
  const Stage* const from = pipeline.Standing(next.stage);
  if (from == nullptr) return NotInPipeline(next, pipeline);
  if (next.stage == to.key || !LeadsBy(trigger, *from, to)) {
    return IllegalMove(next, pipeline, trigger, *from, to);
  }
  const Transition* const transition = FindTransition(next.stage_type, trigger, to.type);
  CRM_ASSIGN_OR_RETURN(const absl::Time time,
                       EffectiveTime(occasion, next.stage_enter_time, "opportunity"));
  StageChange change;
  change.kind = KindOf(trigger);
  change.reason = std::string(reasons.of_move);
  if (transition->gated) {
    CRM_RETURN_IF_ERROR(
        PassGates(next, to, CheckGates(next, pipeline, from, to, time), reasons, change));
  }
  change.before = std::move(before);
  change.time_in_previous_stage = time - next.stage_enter_time;
  SetStage(next, to, time);
  change.loss_reason = next.loss_reason;
  AppendChange(next, pipeline, time, occasion, std::move(change));
  return absl::OkStatus();
}

// A move to the stage that the caller names.
absl::Status MoveTo(Opportunity& opportunity, const Pipeline& pipeline, Trigger trigger,
                    absl::string_view stage, const Occasion& occasion, Reasons reasons) {
  const Stage* const to = pipeline.Find(stage);
  if (to == nullptr) return UnknownStage(pipeline, stage);
  return MakeMove(opportunity, FactsOf(opportunity, pipeline), pipeline, trigger, *to, occasion,
                  reasons);
}

absl::Status NotToAnotherPipeline(const Opportunity& opportunity, Trigger instead,
                                  absl::string_view why) {
  return error::StateInvalid(NameOf(opportunity), opportunity.stage, why)
      .With("useMethod", base::NameOf(kTriggerMethods, instead));
}

absl::Status NotOpen(const Opportunity& opportunity, const Pipeline& pipeline, const Stage& to) {
  return error::StateInvalid(NameOf(opportunity), opportunity.stage,
                             "An opportunity enters another pipeline in an OPEN stage.")
      .With("requested", to.key)
      .With("allowedStates", OpenStages(pipeline));
}

}  // namespace

absl::Status Open(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion,
                  std::optional<int> probability, std::optional<ForecastCategory> category) {
  CRM_RETURN_IF_ERROR(CheckTakes(pipeline));
  CRM_ASSIGN_OR_RETURN(const absl::Time time, EffectiveTime(occasion, std::nullopt, "opportunity"));
  const Stage& first = pipeline.First();
  opportunity.pipeline = pipeline.slug;
  opportunity.open_time = time;
  opportunity.stage_version = 0;
  SetStage(opportunity, first, time);
  if (probability && *probability != first.probability) {
    opportunity.probability = *probability;
    opportunity.probability_manual = true;
  }
  if (category && *category != first.category) {
    opportunity.category = *category;
    opportunity.category_manual = true;
  }
  StageChange change;
  change.kind = ChangeKind::kOpened;
  AppendChange(opportunity, pipeline, time, occasion, std::move(change));
  return absl::OkStatus();
}

absl::Status Move(Opportunity& opportunity, const Pipeline& pipeline, absl::string_view stage,
                  const Occasion& occasion, absl::string_view reason,
                  absl::string_view override_reason) {
  return MoveTo(opportunity, pipeline, Trigger::kMove, stage, occasion, {reason, override_reason});
}

absl::Status Win(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion,
                 const std::optional<base::Money>& amount, absl::string_view override_reason) {
  if (amount && !opportunity.line_items.empty()) {
    CRM_RETURN_IF_ERROR(AmountBeside(opportunity.line_items, amount));
  }
  StageFacts before = FactsOf(opportunity, pipeline);
  std::optional<base::Money> amount_before = opportunity.amount;
  if (amount) opportunity.amount = amount;
  absl::Status status = MakeMove(opportunity, std::move(before), pipeline, Trigger::kWin,
                                 pipeline.Won(), occasion, {"", override_reason});
  if (!status.ok()) opportunity.amount = std::move(amount_before);
  return status;
}

absl::Status Lose(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion,
                  LossReason reason, absl::string_view note, absl::string_view competitor) {
  if (NeedsNote(reason) && absl::StripAsciiWhitespace(note).empty()) {
    return error::FieldInvalid("note", "is required when the loss reason is OTHER");
  }
  const auto lost_to = [](Opportunity& it) {
    return std::tie(it.loss_reason, it.loss_note, it.competitors);
  };
  auto before =
      std::make_tuple(opportunity.loss_reason, opportunity.loss_note, opportunity.competitors);
  opportunity.loss_reason = reason;
  opportunity.loss_note = std::string(note);
  if (!competitor.empty()) SetChosen(opportunity, competitor);
  absl::Status status =
      opportunity.competitors.size() > kMostCompetitors
          ? error::FieldInvalid("competitor", "would be one more than there may be").ToStatus()
          : MakeMove(opportunity, FactsOf(opportunity, pipeline), pipeline, Trigger::kLose,
                     pipeline.Lost(), occasion, {note, ""});
  if (!status.ok()) lost_to(opportunity) = std::move(before);
  return status;
}

absl::Status Reopen(Opportunity& opportunity, const Pipeline& pipeline, absl::string_view stage,
                    const Occasion& occasion, absl::string_view reason) {
  return MoveTo(opportunity, pipeline, Trigger::kReopen, stage, occasion, {reason, ""});
}

bool MovePlan::allowed() const {
  return trigger.has_value() &&
         std::all_of(gates.begin(), gates.end(), [](const GateCheck& gate) { return gate.met; });
}

absl::StatusOr<MovePlan> PlanMove(Opportunity opportunity, const Pipeline& pipeline,
                                  absl::string_view stage, absl::Time at,
                                  const std::optional<base::Money>& amount) {
  const Stage* const to = pipeline.Find(stage);
  if (to == nullptr) return UnknownStage(pipeline, stage);
  const Stage* const from = pipeline.Standing(opportunity.stage);
  if (from == nullptr) return NotInPipeline(opportunity, pipeline);
  MovePlan plan;
  const std::optional<Trigger> trigger = TriggerFor(from->type, to->type);
  if (const absl::Status live = CheckLive(opportunity); !live.ok()) {
    plan.obstacle = std::string(live.message());
  } else if (!trigger || opportunity.stage == to->key || !LeadsBy(*trigger, *from, *to)) {
    plan.obstacle =
        absl::StrCat("No method leads from stage ", opportunity.stage, " to stage ", to->key, ".");
  } else {
    plan.trigger = trigger;
  }
  if (!plan.trigger || !FindTransition(from->type, *trigger, to->type)->gated) return plan;
  if (amount) opportunity.amount = amount;
  for (const GateCheck& gate : CheckGates(opportunity, pipeline, from, *to, at)) {
    if (gate.gate->kind != GateKind::kLossReason) plan.gates.push_back(gate);
  }
  return plan;
}

absl::Status MoveToPipeline(Opportunity& opportunity, const Pipeline& pipeline,
                            const Definition& target, absl::string_view stage,
                            const Occasion& occasion, absl::string_view reason,
                            absl::string_view override_reason) {
  CRM_RETURN_IF_ERROR(CheckLive(opportunity));
  if (opportunity.stage_type != StageType::kOpen) {
    return NotToAnotherPipeline(opportunity, Trigger::kReopen,
                                "Only an open opportunity changes its pipeline.");
  }
  if (target->slug == opportunity.pipeline) {
    return NotToAnotherPipeline(opportunity, Trigger::kMove,
                                "The opportunity is in this pipeline already.");
  }
  CRM_RETURN_IF_ERROR(CheckTakes(*target));
  const Stage* const to = stage.empty() ? &target->First() : target->Find(stage);
  if (to == nullptr) return UnknownStage(*target, stage);
  if (to->type != StageType::kOpen) return NotOpen(opportunity, *target, *to);
  CRM_ASSIGN_OR_RETURN(const absl::Time time,
                       EffectiveTime(occasion, opportunity.stage_enter_time, "opportunity"));
  StageChange change;
  change.kind = ChangeKind::kPipelineChanged;
  change.reason = std::string(reason);
  CRM_RETURN_IF_ERROR(PassGates(opportunity, *to,
                                CheckGates(opportunity, *target, nullptr, *to, time),
                                {reason, override_reason}, change));
  change.before = FactsOf(opportunity, pipeline);
  change.time_in_previous_stage = time - opportunity.stage_enter_time;
  opportunity.pipeline = target->slug;
  opportunity.rules = {target->revision, target};
  SetStage(opportunity, *to, time);
  AppendChange(opportunity, *target, time, occasion, std::move(change));
  return absl::OkStatus();
}

absl::Status LeaveRetiredStage(Opportunity& opportunity, const Pipeline& pipeline,
                               const Occasion& occasion) {
  if (pipeline.FindRetired(opportunity.stage) == nullptr) return absl::OkStatus();
  const Stage* const to = pipeline.Standing(opportunity.stage);
  if (to == nullptr) return NotInPipeline(opportunity, pipeline);
  CRM_ASSIGN_OR_RETURN(const absl::Time time,
                       EffectiveTime(occasion, opportunity.stage_enter_time, "opportunity"));
  StageChange change;
  change.kind = ChangeKind::kPipelineChanged;
  change.stage_retired = true;
  change.before = FactsOf(opportunity, pipeline);
  change.time_in_previous_stage = time - opportunity.stage_enter_time;
  SetStage(opportunity, *to, time);
  AppendChange(opportunity, pipeline, time, occasion, std::move(change));
  return absl::OkStatus();
}

}  // namespace crm::opportunity
