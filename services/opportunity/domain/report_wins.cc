#include "services/opportunity/domain/report_wins.h"

namespace crm::opportunity {
namespace {

constexpr int kWhenWon = 100;  // percent

}  // namespace

DealFacts FactsAtClose(DealFacts facts, const Stay& close) {
  if (!close.owner.empty()) facts.owner = std::string(close.owner);
  facts.amount = close.amount;
  return facts;
}

void WinReport::Add(const SeenDeal& deal) {
  if (deal.stays.empty()) return;
  const Stay& close = deal.stays.back();
  if (close.type == StageType::kOpen || !query_.InPeriod(close.enter_time)) return;
  const DealFacts facts = FactsAtClose(deal.facts, close);
  if (!query_.scope.Holds(facts)) return;
  AddTo(deal, facts,
        rows_[query_.groups.KeyOf(facts, query_.order, query_.DayOf(close.enter_time))]);
  AddTo(deal, facts, total_);
}

void WinReport::AddTo(const SeenDeal& deal, const DealFacts& closed, Row& row) const {
  const Stay& close = deal.stays.back();
  const absl::Duration cycle = close.enter_time - deal.stays.front().enter_time;
  row.cycles.Add(cycle);
  const CurrencyRate* const rate = query_.RateOf(closed.amount, query_.DayOf(close.enter_time));
  if (close.type == StageType::kWon) {
    ++row.won;
    row.won_sums.Add(closed.amount, kWhenWon, rate);
    row.won_cycles.Add(cycle);
    return;
  }
  ++row.lost;
  row.lost_sums.Add(closed.amount, kWhenWon, rate);
  row.lost_cycles.Add(cycle);
  Lost* parts[] = {nullptr, nullptr};
  if (close.loss_reason) {
    parts[0] = &row.reasons[std::string(base::NameOf(kLossReasonNames, *close.loss_reason))];
  }
  if (deal.stays.size() > 1) {
    const Stay& from = deal.stays[deal.stays.size() - 2];
    parts[1] = &row.lost_from[std::string(query_.order.SharedKey(from.pipeline, from.stage))];
  }
  for (Lost* part : parts) {
    if (part == nullptr) continue;
    ++part->count;
    part->sums.Add(closed.amount, kWhenWon, rate);
  }
}

}  // namespace crm::opportunity
