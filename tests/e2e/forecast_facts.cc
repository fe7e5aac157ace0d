#include "tests/e2e/forecast_facts.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/opportunity/v1/report_service.pb.h"
#include "tests/e2e/report_asking.h"

namespace crm::testing {
namespace {

namespace v1 = opportunity::v1;

// What is won by month, and what is open, for which no date is expected.
struct Forecast {
  std::map<std::string, std::pair<int64_t, int64_t>> won;  // count and cents
  int64_t open = 0;
};

Forecast ForecastOf(const v1::QueryForecastResponse& answer) {
  Forecast forecast;
  for (const v1::ForecastRow& row : answer.rows()) {
    if (row.kind() == v1::FORECAST_ROW_KIND_NO_DATE) {
      forecast.open += row.count();
      continue;
    }
    EXPECT_EQ(row.kind(), v1::FORECAST_ROW_KIND_MONTH);
    EXPECT_EQ(row.category(), v1::FORECAST_CATEGORY_CLOSED);
    EXPECT_EQ(row.sums(0).weighted_minor(), row.sums(0).amount_minor());
    forecast.won[row.month()] = {row.count(), row.sums(0).amount_minor()};
  }
  return forecast;
}

}  // namespace

void AddForecasts(const client::Client& client, Figures& figures) {
  for (absl::CivilMonth month(2017, 1); month <= absl::CivilMonth(2018, 1); ++month) {
    const absl::CivilDay day = absl::CivilDay(month) - 1;
    auto request = Within<v1::QueryForecastRequest>(kFirstDay, kLastDay + 1);
    rpc::SetTime(Midnight(day), request.mutable_view()->mutable_as_of());
    const Forecast forecast = ForecastOf(Ask(client, request));
    const std::string name = absl::FormatCivilTime(day);
    for (const auto& [won_in, sum] : forecast.won) {
      const std::string prefix = absl::StrCat("forecast.", name, ".", won_in, ".");
      Put(figures, prefix + "won", static_cast<double>(sum.first));
      Put(figures, prefix + "cents", static_cast<double>(sum.second));
    }
    Put(figures, absl::StrCat("forecast.", name, ".open"), static_cast<double>(forecast.open));
    request.mutable_view()->set_clock(v1::REPORT_CLOCK_RECORDED);
    Put(figures, absl::StrCat("forecast.recorded.", name, ".rows"),
        Ask(client, request).rows_size());
  }
  auto recorded = Within<v1::QueryForecastRequest>(kFirstDay, absl::CivilDay(2100, 1, 1));
  recorded.mutable_view()->clear_as_of();
  recorded.mutable_view()->set_clock(v1::REPORT_CLOCK_RECORDED);
  const Forecast now = ForecastOf(Ask(client, recorded));
  int64_t won = 0;
  int64_t cents = 0;
  for (const auto& [month, sum] : now.won) {
    won += sum.first;
    cents += sum.second;
  }
  Put(figures, "forecast.recorded.now.won", static_cast<double>(won));
  Put(figures, "forecast.recorded.now.cents", static_cast<double>(cents));
  Put(figures, "forecast.recorded.now.open", static_cast<double>(now.open));
}

}  // namespace crm::testing
