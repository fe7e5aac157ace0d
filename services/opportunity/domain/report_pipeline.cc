#include "services/opportunity/domain/report_pipeline.h"

namespace crm::opportunity {

void PipelineSummary::Add(const SeenDeal& deal) {
  const DealFacts& facts = deal.facts;
  if (facts.stage_type != StageType::kOpen || !query_.scope.Holds(facts)) return;
  AddTo(deal, rows_[query_.groups.KeyOf(facts, query_.order, facts.expected_close_date)]);
  AddTo(deal, total_);
}

void PipelineSummary::AddTo(const SeenDeal& deal, Row& row) const {
  const DealFacts& facts = deal.facts;
  ++row.count;
  row.sums.Add(facts.amount, facts.probability, query_.RateOf(facts.amount, std::nullopt));
  row.ages.Add(query_.view.at - facts.open_time);
  if (facts.expected_close_date && *facts.expected_close_date < query_.DayOf(query_.view.at)) {
    ++row.overdue;
  }
}

}  // namespace crm::opportunity
