#include "services/opportunity/domain/report_forecast.h"

#include "services/opportunity/domain/report_wins.h"

namespace crm::opportunity {

std::optional<ForecastShare> ForecastShareOf(const SeenDeal& deal, const absl::TimeZone& zone) {
  switch (deal.facts.stage_type) {
    case StageType::kOpen:
      return ForecastShare{deal.facts, deal.facts.expected_close_date};
    case StageType::kWon:
      return ForecastShare{FactsAtClose(deal),
                           absl::ToCivilDay(deal.stays.back().enter_time, zone)};
    case StageType::kLost:
      return std::nullopt;
  }
  return std::nullopt;
}

void ForecastReport::Add(const SeenDeal& deal) {
  const std::optional<ForecastShare> share = ForecastShareOf(deal, query_.groups.zone);
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
