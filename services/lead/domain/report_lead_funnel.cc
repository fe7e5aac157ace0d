#include "services/lead/domain/report_lead_funnel.h"

#include <algorithm>

namespace crm::lead {
namespace {

// When a lead first made each step.
using StepTimes = std::array<std::optional<absl::Time>, kFunnelSteps>;

void Earlier(absl::Time time, std::optional<absl::Time>& step) {
  step = std::min(step.value_or(time), time);
}

std::optional<FunnelStep> StepInto(LeadState state) {
  switch (state) {
    case LeadState::kWorking:
      return FunnelStep::kWorking;
    case LeadState::kQualified:
      return FunnelStep::kQualified;
    case LeadState::kConverted:
      return FunnelStep::kConverted;
    default:
      return std::nullopt;
  }
}

StepTimes StepsOf(const SeenLead& lead) {
  StepTimes times;
  const auto at = [&times](FunnelStep step) -> auto& {
    return times[static_cast<size_t>(step) - 1];
  };
  at(FunnelStep::kCreated) = lead.created();
  if (lead.response) at(FunnelStep::kFirstResponse) = lead.response->time;
  for (const LeadVisit& visit : lead.visits) {
    if (const auto step = StepInto(visit.state)) Earlier(visit.enter_time, at(*step));
  }
  for (const SaleTurn& turn : lead.sale) {
    if (turn.state == SaleState::kWon) Earlier(turn.time, at(FunnelStep::kWon));
  }
  return times;
}

void AddSteps(const StepTimes& times, absl::Time created, absl::Time end,
              LeadFunnelReport::Row& row) {
  std::optional<absl::Time> reached;  // of this step or a later one, the first time
  for (size_t i = kFunnelSteps; i-- > 0;) {
    LeadFunnelReport::Step& step = row.steps[i];
    if (times[i] && *times[i] <= end) {
      ++step.entered;
      Earlier(*times[i], reached);
    }
    if (!reached) continue;
    ++step.reached;
    step.until_reached.Add(std::max(*reached - created, absl::ZeroDuration()));
  }
}

void AddFate(LeadFate fate, LeadFunnelReport::Row& row) {
  switch (fate) {
    case LeadFate::kOpen:
    case LeadFate::kConverted:
      ++row.could_still;
      break;
    case LeadFate::kDisqualified:
      ++row.disqualified;
      break;
    case LeadFate::kWon:
      ++row.won;
      break;
    case LeadFate::kLost:
      ++row.lost;
      break;
  }
}

}  // namespace

LeadFunnelReport::LeadFunnelReport(const ReportQuery& query, std::optional<int> horizon_days)
    : query_(query),
      horizon_(horizon_days ? std::optional(absl::Hours(24) * *horizon_days) : std::nullopt) {}

void LeadFunnelReport::Add(const SeenLead& lead) {
  const absl::Time created = lead.created();
  const std::string& owner = OwnerAtEnd(lead);
  if (!query_.InPeriod(created) || !query_.scope.Holds(lead.facts, owner)) return;
  const absl::Time end = horizon_ ? created + *horizon_ : query_.view.at;
  if (end > query_.view.at) {
    ++immature_;
    return;
  }
  const StepTimes times = StepsOf(lead);
  const LeadFate fate = FateAt(lead, end).fate;
  rows_.Add(query_, lead.facts, owner, created, [&](Row& row) {
    ++row.created;
    AddFate(fate, row);
    AddSteps(times, created, end, row);
  });
}

}  // namespace crm::lead
