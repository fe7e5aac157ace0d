#include "services/opportunity/domain/report_risk.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <tuple>
#include <utility>

namespace crm::opportunity {
namespace {

constexpr int kSlowPercent = 75;
constexpr int kManyPushes = 2;
constexpr size_t kAsked = 2000;  // at a time, at least

absl::Time LastChange(const Deal& deal, const Viewpoint& view) {
  const absl::Time until = std::min(view.at, view.known_at);
  absl::Time last = deal.versions.front().record_time;
  for (const DealVersion& version : deal.versions) {
    if (version.record_time <= until) last = version.record_time;
  }
  return std::min(last, view.at);
}

bool RiskierThan(const RiskyDeal& a, const RiskyDeal& b) {
  return std::tuple(b.reasons.size(), b.days_in_stage, a.id) <
         std::tuple(a.reasons.size(), a.days_in_stage, b.id);
}

}  // namespace

void StagePace::Add(const SeenDeal& deal, const StageOrder& order, absl::Time at) {
  slow_.clear();
  const bool won = deal.facts.stage_type == StageType::kWon;
  for (const Stay& stay : deal.stays) {
    if (stay.type != StageType::kOpen) continue;
    Visits& visits = *visits_in_.Of(
        stay, [&] { return &visits_[std::string(order.SharedKey(stay.pipeline, stay.stage))]; });
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
  risky.days_unchanged = DaysOf(query.view.at - LastChange(deal, query.view));
  const auto check = [&risky](bool holds, RiskReason reason) {
    if (holds) risky.reasons.push_back(reason);
  };
  check(risky.p75_won_days && risky.days_in_stage > *risky.p75_won_days, RiskReason::kSlow);
  check(facts.expected_close_date && *facts.expected_close_date < query.DayOf(query.view.at),
        RiskReason::kOverdue);
  check(risky.days_unchanged >= silent_days, RiskReason::kSilent);
  check(facts.next_step == NextStep(), RiskReason::kNoNextStep);
  return risky;
}

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

void RiskList::Add(RiskyDeal deal) {
  (deal.reasons.empty() ? without_reason_ : deals_).push_back(std::move(deal));
}

std::vector<base::Uuid> RiskList::NextUnknown() {
  asked_.clear();
  const auto ask = [this](RiskyDeal& deal) { asked_.emplace(deal.id, &deal); };
  if (!begun_) {
    begun_ = true;
    std::sort(deals_.begin(), deals_.end(), RiskierThan);
    for (RiskyDeal& deal : without_reason_) ask(deal);
  } else if (Settled()) {
    return {};
  }
  const size_t until = std::min(deals_.size(), known_ + std::max(known_, std::max(most_, kAsked)));
  for (; known_ < until; ++known_) ask(deals_[known_]);
  std::vector<base::Uuid> ids;
  ids.reserve(asked_.size());
  for (const auto& [id, deal] : asked_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

// Whether of the unknown ones, which are no riskier than the first of them would be with the one
// reason more, none can come among the first of the known ones.
bool RiskList::Settled() const {
  if (known_ == deals_.size()) return true;
  RiskyDeal best = deals_[known_];
  best.reasons.push_back(RiskReason::kPushed);
  const auto riskier = [&best](const RiskyDeal& deal) { return RiskierThan(deal, best); };
  return static_cast<size_t>(std::count_if(
             deals_.begin(), deals_.begin() + static_cast<ptrdiff_t>(known_), riskier)) >= most_;
}

void RiskList::SetPushes(const base::Uuid& id, int pushes) {
  const auto found = asked_.find(id);
  if (found == asked_.end()) return;
  RiskyDeal& deal = *found->second;
  deal.pushes = pushes;
  if (pushes < kManyPushes) return;
  const auto place =
      std::upper_bound(deal.reasons.begin(), deal.reasons.end(), RiskReason::kPushed);
  deal.reasons.insert(place, RiskReason::kPushed);
}

int64_t RiskList::total() const {
  const auto pushed = std::count_if(without_reason_.begin(), without_reason_.end(),
                                    [](const RiskyDeal& deal) { return !deal.reasons.empty(); });
  return pushed + static_cast<int64_t>(deals_.size());
}

std::vector<RiskyDeal> RiskList::Take() {
  // What is not known comes behind, whatever it is.
  std::vector<RiskyDeal> first(
      std::make_move_iterator(deals_.begin()),
      std::make_move_iterator(deals_.begin() + static_cast<ptrdiff_t>(known_)));
  for (RiskyDeal& deal : without_reason_) {
    if (!deal.reasons.empty()) first.push_back(std::move(deal));
  }
  const size_t listed = std::min(most_, first.size());
  std::partial_sort(first.begin(), first.begin() + static_cast<ptrdiff_t>(listed), first.end(),
                    RiskierThan);
  first.resize(listed);
  return first;
}

}  // namespace crm::opportunity
