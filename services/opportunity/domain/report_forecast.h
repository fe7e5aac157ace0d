#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "services/opportunity/domain/report_figures.h"
#include "services/opportunity/domain/report_scope.h"

namespace crm::opportunity {

// What a thing puts into a forecast, and where.
struct ForecastShare {
  DealFacts facts;                    // owner and amount of a closed one are those at its closing
  std::optional<absl::CivilDay> day;  // expected close date; of a won one when it was won
};

// Nothing of a lost one. Its stays must be given.
std::optional<ForecastShare> ForecastShareOf(SeenDeal deal, const absl::TimeZone& zone);

// QueryForecast: by month of expected close date and forecast category, as of an instant: open ones
// weighted and unweighted; won ones in full in the month of their closing; lost ones not at all.
// Open ones whose expected close date lies before the instant's day have a row of their own, and so
// have those without one.
class ForecastReport {
 public:
  enum class Kind { kOverdue, kMonth, kNoDate };
  struct Row {
    int64_t count = 0;
    MoneySums sums;
  };
  // By kind, month (empty unless kMonth) and category.
  using Months = std::map<std::tuple<Kind, std::string, ForecastCategory>, Row>;

  // `query` must outlive it. Of months those are told that have a day in the query's period.
  explicit ForecastReport(const ReportQuery& query) : query_(query), rows_(query) {}

  void Add(SeenDeal deal);

  const GroupRows<Months>& rows() const { return rows_; }

 private:
  const ReportQuery& query_;
  GroupRows<Months> rows_;
};

}  // namespace crm::opportunity
