#include "services/opportunity/domain/report_forecast.h"

#include <utility>

#include "services/opportunity/domain/report_wins.h"

namespace crm::opportunity {

std::optional<ForecastShare> ForecastShareOf(SeenDeal deal, const absl::TimeZone& zone) {
  switch (deal.facts.stage_type) {
    case StageType::kOpen: {
      const std::optional<absl::CivilDay> day = deal.facts.expected_close_date;
      return ForecastShare{std::move(deal.facts), day};
    }
    case StageType::kWon: {
      const Stay& close = deal.stays.back();
      return ForecastShare{FactsAtClose(std::move(deal.facts), close),
                           absl::ToCivilDay(close.enter_time, zone)};
    }
    case StageType::kLost:
      return std::nullopt;
  }
  return std::nullopt;
}

void ForecastReport::Add(SeenDeal deal) {
  const std::optional<ForecastShare> share = ForecastShareOf(std::move(deal), query_.groups.zone);
  if (!share || !query_.scope.Holds(share->facts)) return;
  const bool open = share->facts.stage_type == StageType::kOpen;
  Kind kind = Kind::kMonth;
  if (!share->day) {
    kind = Kind::kNoDate;
  } else if (open && *share->day < query_.DayOf(query_.view.at)) {
    kind = Kind::kOverdue;
  } else if (!query_.period.Holds(*share->day)) {
    return;
  }
  const std::string month = kind == Kind::kMonth ? MonthText(*share->day) : std::string();
  Row& row = rows_[query_.groups.KeyOf(share->facts, query_.order, share->day)]
                  [{kind, month, share->facts.category}];
  ++row.count;
  row.sums.Add(share->facts.amount, share->facts.probability,
               query_.RateOf(share->facts.amount, open ? std::nullopt : share->day));
}

}  // namespace crm::opportunity
