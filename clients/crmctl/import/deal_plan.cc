#include "clients/crmctl/import/deal_plan.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "clients/crmctl/import/value_text.h"
#include "common/rpc/resource_name.h"

namespace crm::crmctl {
namespace {

absl::Status ElseWhere(absl::string_view what, absl::string_view where) {
  return absl::FailedPreconditionError(
      absl::StrCat("the ", what, " is ", where, ", which the import does not undo"));
}

absl::StatusOr<Step> NextOfLead(const DealRecord& deal, lead::v1::LeadState state, bool back) {
  const Target target = deal.target;
  const bool gives_up = target == Target::kDisqualified;
  switch (state) {
    case lead::v1::LEAD_STATE_NEW:
      if (target == Target::kNew) return Step::kDone;
      return gives_up ? Step::kDisqualify : Step::kWork;
    case lead::v1::LEAD_STATE_WORKING:
      if (target <= Target::kWorking) return Step::kDone;
      return gives_up ? Step::kDisqualify : Step::kQualify;
    case lead::v1::LEAD_STATE_QUALIFIED:
      if (target <= Target::kQualified) return Step::kDone;
      return gives_up ? Step::kDisqualify : Step::kConvert;
    case lead::v1::LEAD_STATE_CONVERTING:
      if (gives_up) return ElseWhere("lead", "CONVERTING");
      return target <= Target::kQualified ? Step::kDone : Step::kConvert;
    default:
      if (gives_up) return Step::kDone;
      if (back && !deal.given_up_later) return Step::kTakeUp;
      if (target <= Target::kDisqualified) return Step::kDone;
      return ElseWhere("lead", "DISQUALIFIED");
  }
}

bool IsClosed(Target target) { return target == Target::kWon || target == Target::kLost; }

}  // namespace

const char* NameOf(Step step) {
  static constexpr const char* kNames[] = {"contact",    "lead",    "work", "take up", "qualify",
                                           "disqualify", "convert", "open", "reopen",  "move",
                                           "fill",       "win",     "lose", "done"};
  return kNames[static_cast<int>(step)];
}

int DealPlan::PositionOf(const std::string& stage) const {
  const auto it = std::find(stages_.begin(), stages_.end(), stage);
  return it == stages_.end() ? -1 : static_cast<int>(it - stages_.begin());
}

const StageMove* DealPlan::NextMove(const DealRecord& deal, const DealState& state) const {
  if (state.stage.empty()) return nullptr;
  const int at = PositionOf(state.stage);
  for (const StageMove& move : deal.moves) {
    if (PositionOf(move.stage) > at) return &move;
  }
  if (!back_ || deal.target != Target::kOpen || deal.moves.empty()) return nullptr;
  const StageMove& last = deal.moves.back();
  const int position = PositionOf(last.stage);
  return position >= 0 && position < at ? &last : nullptr;
}

absl::StatusOr<Step> DealPlan::Next(const DealRecord& deal, const DealState& state) const {
  for (const StageMove& move : deal.moves) {
    if (PositionOf(move.stage) >= 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(Shown(move.stage), " is no stage of the pipeline"));
  }
  if (deal.entity == Entity::kOpportunity) {
    if (state.opportunity.empty()) return Step::kOpen;
  } else {
    if (state.lead == lead::v1::LEAD_STATE_UNSPECIFIED) {
      return deal.reference.empty() && !state.contact ? Step::kContact : Step::kLead;
    }
    if (state.lead != lead::v1::LEAD_STATE_CONVERTED) {
      return NextOfLead(deal, state.lead, back_);
    }
    if (deal.target == Target::kDisqualified) return ElseWhere("lead", "CONVERTED");
    if (deal.target < Target::kOpen) return Step::kDone;
  }
  const bool win = deal.target == Target::kWon;
  switch (state.stage_type) {
    case opportunity::v1::STAGE_TYPE_WON:
      if (win) return Step::kDone;
      if (back_) return Step::kReopen;
      if (!IsClosed(deal.target)) return Step::kDone;
      return ElseWhere("opportunity", "WON");
    case opportunity::v1::STAGE_TYPE_LOST:
      if (deal.target == Target::kLost) return Step::kDone;
      if (back_) return Step::kReopen;
      if (!win) return Step::kDone;
      return ElseWhere("opportunity", "LOST");
    default:
      break;
  }
  if (NextMove(deal, state) != nullptr) return Step::kMove;
  if (!IsClosed(deal.target)) return state.filled ? Step::kDone : Step::kFill;
  return win ? Step::kWin : Step::kLose;
}

void DealPlan::TakeEffect(const DealRecord& deal, Step step, const When& when,
                          const StageMove* move, DealState* state) const {
  if (step != Step::kContact && step != Step::kFill && when.time) state->entered = when.time;
  if (step == Step::kConvert) state->version = 0;
  if (state->version > 0 && step != Step::kFill) ++state->version;
  switch (step) {
    case Step::kContact:
      state->contact = true;
      return;
    case Step::kWork:
    case Step::kTakeUp:
      state->lead = lead::v1::LEAD_STATE_WORKING;
      return;
    case Step::kQualify:
      state->lead = lead::v1::LEAD_STATE_QUALIFIED;
      return;
    case Step::kDisqualify:
      state->lead = lead::v1::LEAD_STATE_DISQUALIFIED;
      return;
    case Step::kOpen:
      state->opportunity = rpc::FormatName("opportunities", deal.opportunity_id);
      [[fallthrough]];
    case Step::kConvert:
      state->stage_type = opportunity::v1::STAGE_TYPE_OPEN;
      state->stage = FirstStage();
      state->filled = !HasFill(deal);
      return;
    case Step::kReopen:
      state->stage_type = opportunity::v1::STAGE_TYPE_OPEN;
      state->stage = ReopenedStage(deal);
      return;
    case Step::kMove:
      state->stage = move->stage;
      return;
    case Step::kFill:
      state->filled = true;
      return;
    case Step::kWin:
      state->stage_type = opportunity::v1::STAGE_TYPE_WON;
      return;
    case Step::kLose:
      state->stage_type = opportunity::v1::STAGE_TYPE_LOST;
      return;
    case Step::kLead:  // its state is in the answer
    case Step::kDone:
      return;
  }
}

bool IsQualifiedAtOnce(const DealRecord& deal) {
  return deal.target > Target::kWorking && deal.target != Target::kDisqualified;
}

When WhenOf(const DealRecord& deal, const DealState& state, Step step, const StageMove* move) {
  When when;
  switch (step) {
    case Step::kMove:
      when.time = move->time;
      break;
    case Step::kDisqualify:
    case Step::kWin:
    case Step::kLose:
      when.time = deal.closed;
      break;
    case Step::kContact:
    case Step::kFill:
      break;  // no move of the deal
    default:
      when.time = deal.opened;
  }
  if (when.time && state.entered && *when.time < *state.entered) {
    when.time = state.entered;
    when.later = true;
  }
  when.version = state.version;
  return when;
}

bool IsFilled(const DealRecord& deal, const opportunity::v1::Opportunity& found) {
  if (!HasFill(deal)) return true;
  const bool probability = !deal.probability || *deal.probability == found.probability();
  const bool category = deal.forecast_category == opportunity::v1::FORECAST_CATEGORY_UNSPECIFIED ||
                        deal.forecast_category == found.forecast_category();
  // Where a run was cut off between conversion and filling, nobody has set anything yet, and no
  // stage but those of the file has been entered. Else people have been at work. What is the
  // stage's own value is not marked as set.
  const int64_t versions = 1 + static_cast<int64_t>(deal.moves.size());
  return (probability && category) || found.probability_manual() ||
         found.forecast_category_manual() || found.stage_version() > versions;
}

bool HasFill(const DealRecord& deal) {
  const bool apart = deal.entity == Entity::kDeal || !deal.moves.empty();
  return apart && deal.target == Target::kOpen &&
         (deal.probability ||
          deal.forecast_category != opportunity::v1::FORECAST_CATEGORY_UNSPECIFIED);
}

}  // namespace crm::crmctl
