#include "services/opportunity/domain/report_funnel.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"

namespace crm::opportunity {
namespace {

constexpr size_t kNoRank = static_cast<size_t>(-1);

struct Placed {
  int position;
  FunnelStage stage;
};

}  // namespace

std::vector<FunnelStage> FunnelStagesOf(const Pipeline& pipeline) {
  std::vector<Placed> placed;
  for (const Stage& it : pipeline.stages) {
    if (it.type == StageType::kLost) continue;
    placed.push_back({it.position, {it.SharedKey(), it.display_name, it.type, false}});
  }
  for (const RetiredStage& it : pipeline.retired) {
    if (it.stage.type != StageType::kOpen) continue;
    placed.push_back(
        {it.stage.position, {it.stage.SharedKey(), it.stage.display_name, it.stage.type, true}});
  }
  absl::c_stable_sort(placed, [](const Placed& a, const Placed& b) {
    const auto order = [](const Placed& it) {
      return std::tuple(it.stage.type != StageType::kOpen, it.position, !it.stage.retired);
    };
    return order(a) < order(b);
  });
  std::vector<FunnelStage> stages;
  for (Placed& it : placed) {
    const bool known = absl::c_any_of(
        stages, [&it](const FunnelStage& other) { return other.stage_key == it.stage.stage_key; });
    if (!known) stages.push_back(std::move(it.stage));
  }
  return stages;
}

FunnelReport::FunnelReport(const ReportQuery& query, std::vector<FunnelStage> stages,
                           std::optional<int> horizon_days)
    : query_(query),
      grouped_(!query.groups.by.empty()),
      stages_(std::move(stages)),
      horizon_(horizon_days ? std::optional(absl::Hours(24) * *horizon_days) : std::nullopt),
      rows_(query) {
  for (size_t i = 0; i < stages_.size(); ++i) {
    if (stages_[i].type == StageType::kOpen) ranks_.emplace(stages_[i].stage_key, i);
  }
  total_.stages.resize(stages_.size());
}

void FunnelReport::Add(const SeenDeal& deal) {
  if (deal.stays.empty() || !query_.scope.Holds(deal.facts)) return;
  const absl::Time opened = deal.stays.front().enter_time;
  if (!query_.InPeriod(opened)) return;
  absl::Time end = query_.view.at;
  if (horizon_) {
    end = opened + *horizon_;
    if (end > query_.view.at) {
      ++immature_;
      return;
    }
  }
  Row& row = rows_[query_.groups.KeyOf(deal.facts, query_.order, query_.DayOf(opened))];
  row.stages.resize(stages_.size());
  std::vector<size_t> ranks;
  ranks.reserve(deal.stays.size());
  for (const Stay& stay : deal.stays) ranks.push_back(RankOf(stay));
  AddTo(deal, ranks, end, row);
  if (grouped_) AddTo(deal, ranks, end, total_);
}

void FunnelReport::AddTo(const SeenDeal& deal, absl::Span<const size_t> ranks, absl::Time end,
                         Row& row) const {
  ++row.opened;
  const absl::Time opened = deal.stays.front().enter_time;
  const Stay* last = nullptr;
  for (const Stay& stay : deal.stays) {
    if (stay.enter_time <= end) last = &stay;
  }
  switch (last->type) {
    case StageType::kOpen:
      ++row.open;
      row.outcomes.Add(end - opened, OutcomeCurve::Outcome::kOpen);
      break;
    case StageType::kWon:
      ++row.won;
      row.outcomes.Add(last->enter_time - opened, OutcomeCurve::Outcome::kWon);
      break;
    case StageType::kLost:
      ++row.lost;
      row.outcomes.Add(last->enter_time - opened, OutcomeCurve::Outcome::kLost);
      break;
  }
  AddStages(deal, ranks, end, row);
}

void FunnelReport::AddStages(const SeenDeal& deal, absl::Span<const size_t> ranks, absl::Time end,
                             Row& row) const {
  const absl::Time opened = deal.stays.front().enter_time;
  std::vector<bool> entered(stages_.size(), false);
  size_t reached = 0;  // the stages below this have been
  for (size_t i = 0; i < ranks.size(); ++i) {
    const Stay& stay = deal.stays[i];
    const size_t rank = ranks[i];
    if (rank == kNoRank || stay.enter_time > end) continue;
    if (!entered[rank]) ++row.stages[rank].entered;
    entered[rank] = true;
    for (; reached <= rank; ++reached) {
      ++row.stages[reached].reached;
      row.stages[reached].until_reached.Add(stay.enter_time - opened);
    }
  }
}

size_t FunnelReport::RankOf(const Stay& stay) {
  if (stay.type == StageType::kLost) return kNoRank;
  if (stay.type == StageType::kWon) {
    const bool has_won = !stages_.empty() && stages_.back().type == StageType::kWon;
    return has_won ? stages_.size() - 1 : kNoRank;
  }
  return ranks_in_.Of(stay, [&] {
    // By what it is called now, or was called then.
    auto found = ranks_.find(query_.order.SharedKey(stay.pipeline, stay.stage));
    if (found == ranks_.end()) found = ranks_.find(stay.stage_key);
    return found == ranks_.end() ? kNoRank : found->second;
  });
}

}  // namespace crm::opportunity
