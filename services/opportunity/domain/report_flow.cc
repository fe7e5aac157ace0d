#include "services/opportunity/domain/report_flow.h"

#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/string_view.h"

namespace crm::opportunity {
namespace {

constexpr int kBeforeAll = -2;
constexpr int kUnweighted = 100;  // percent

}  // namespace

void FlowReport::Add(const SeenDeal& deal) {
  if (!query_.scope.Holds(deal.facts)) return;
  std::vector<absl::string_view> been;
  absl::string_view from;
  int from_rank = kBeforeAll;
  for (const Stay& stay : deal.stays) {
    const absl::string_view to = query_.order.SharedKey(stay.pipeline, stay.stage);
    const int to_rank = query_.order.RankOf(to);
    const bool again = absl::c_linear_search(been, to);
    been.push_back(to);
    const absl::CivilDay day = query_.DayOf(stay.enter_time);
    if (query_.period.Holds(day)) {
      Row& row = rows_[query_.groups.KeyOf(deal.facts, query_.order, day)]
                      [{from_rank, std::string(from), to_rank, std::string(to)}];
      ++row.count;
      row.reentries += again ? 1 : 0;
      row.overridden += stay.overridden ? 1 : 0;
      row.sums.Add(stay.amount, kUnweighted, query_.RateOf(stay.amount, day));
    }
    from = to;
    from_rank = to_rank;
  }
}

}  // namespace crm::opportunity
