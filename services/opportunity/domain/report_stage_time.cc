#include "services/opportunity/domain/report_stage_time.h"

#include <utility>

namespace crm::opportunity {

void StageTimeReport::Add(const SeenDeal& deal) {
  if (!query_.scope.Holds(deal.facts)) return;
  std::map<Row*, absl::Duration> totals;
  for (const Stay& stay : deal.stays) {
    if (stay.type != StageType::kOpen || !query_.InPeriod(stay.enter_time)) continue;
    const std::string key(query_.order.SharedKey(stay.pipeline, stay.stage));
    Stages& stages =
        rows_[query_.groups.KeyOf(deal.facts, query_.order, query_.DayOf(stay.enter_time))];
    Row& row = stages[{query_.order.RankOf(key), key}];
    if (!stay.stage_name.empty()) row.stage_name = std::string(stay.stage_name);
    const absl::Duration spent = stay.leave_time.value_or(query_.view.at) - stay.enter_time;
    if (stay.leave_time) {
      row.stays.AddLeft(spent);
    } else {
      row.stays.AddRunning(spent);
    }
    totals[&row] += spent;
  }
  for (const auto& [row, total] : totals) row->totals.Add(total);
}

}  // namespace crm::opportunity
