#include "services/opportunity/domain/report_risk.h"

#include <algorithm>
#include <tuple>

namespace crm::opportunity {
namespace {

constexpr int kSlowPercent = 75;
constexpr int kManyPushes = 2;

// How often the expected close date was put off by the instant; a date that came or went is no
// push.
int PushesOf(const Deal& deal, const Viewpoint& view) {
  const absl::Time until = std::min(view.at, view.known_at);
  int pushes = 0;
  for (size_t i = 1; i < deal.versions.size(); ++i) {
    if (deal.versions[i].record_time > until) break;
    const auto& before = deal.versions[i - 1].facts.expected_close_date;
    const auto& after = deal.versions[i].facts.expected_close_date;
    if (before && after && *after > *before) ++pushes;
  }
  return pushes;
}

absl::Time LastChange(const Deal& deal, const Viewpoint& view) {
  const absl::Time until = std::min(view.at, view.known_at);
  absl::Time last = deal.versions.front().record_time;
  for (const DealVersion& version : deal.versions) {
    if (version.record_time <= until) last = version.record_time;
  }
  return std::min(last, view.at);
}

}  // namespace

void StagePace::Add(const SeenDeal& deal, const StageOrder& order, absl::Time at) {
  slow_.clear();
  const bool won = deal.facts.stage_type == StageType::kWon;
  for (const Stay& stay : deal.stays) {
    if (stay.type != StageType::kOpen) continue;
    Visits& visits = visits_[std::string(order.SharedKey(stay.pipeline, stay.stage))];
    if (stay.leave_time) {
      visits.all.AddLeft(*stay.leave_time - stay.enter_time);
      if (won) visits.of_won.Add(*stay.leave_time - stay.enter_time);
    } else {
      visits.all.AddRunning(at - stay.enter_time);
    }
  }
}

const StagePace::Visits* StagePace::Find(const std::string& stage_key) const {
  const auto found = visits_.find(stage_key);
  return found == visits_.end() ? nullptr : &found->second;
}

const StagePace::Slow& StagePace::SlowIn(const std::string& stage_key) const {
  const auto [at, added] = slow_.try_emplace(stage_key);
  const Visits* const visits = added ? Find(stage_key) : nullptr;
  if (visits != nullptr) {
    at->second = {visits->of_won.PercentileDays(kSlowPercent),
                  visits->all.PercentileDays(kSlowPercent)};
  }
  return at->second;
}

std::optional<RiskyDeal> RiskOf(const Deal& deal, const SeenDeal& seen, const ReportQuery& query,
                                const StagePace& pace, int silent_days) {
  const DealFacts& facts = seen.facts;
  if (facts.stage_type != StageType::kOpen || !query.scope.Holds(facts)) return std::nullopt;
  RiskyDeal risky;
  risky.id = seen.id;
  risky.facts = facts;
  risky.stage_key = std::string(query.order.SharedKey(facts.pipeline, facts.stage));
  risky.days_in_stage = DaysOf(query.view.at - facts.stage_enter_time);
  const StagePace::Slow& slow = pace.SlowIn(risky.stage_key);
  risky.p75_won_days = slow.of_won;
  risky.p75_all_days = slow.all;
  risky.pushes = PushesOf(deal, query.view);
  risky.days_unchanged = DaysOf(query.view.at - LastChange(deal, query.view));
  const auto check = [&risky](bool holds, RiskReason reason) {
    if (holds) risky.reasons.push_back(reason);
  };
  check(risky.p75_won_days && risky.days_in_stage > *risky.p75_won_days, RiskReason::kSlow);
  check(facts.expected_close_date && *facts.expected_close_date < query.DayOf(query.view.at),
        RiskReason::kOverdue);
  check(risky.pushes >= kManyPushes, RiskReason::kPushed);
  check(risky.days_unchanged >= silent_days, RiskReason::kSilent);
  check(facts.next_step == NextStep(), RiskReason::kNoNextStep);
  if (risky.reasons.empty()) return std::nullopt;
  return risky;
}

bool RiskierThan(const RiskyDeal& a, const RiskyDeal& b) {
  return std::tuple(b.reasons.size(), b.days_in_stage, a.id) <
         std::tuple(a.reasons.size(), a.days_in_stage, b.id);
}

}  // namespace crm::opportunity
