// What tables tell in one currency, where the request had rates.

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>

#include <algorithm>

#include "clients/crmctl/report/report_tables.h"

namespace crm::crmctl {
namespace {

// The cells of a column of what `answer`, as text, gives.
template <class Answer>
std::vector<std::string> Column(ReportTable (*table_of)(const Answer&, const Titles&),
                                const std::string& text, const std::string& title) {
  Answer answer;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &answer));
  const ReportTable table = table_of(answer, {});
  const auto at = std::find(table.titles.begin(), table.titles.end(), title);
  std::vector<std::string> cells;
  for (const auto& row : table.rows) {
    cells.push_back(row[static_cast<size_t>(at - table.titles.begin())]);
  }
  return cells;
}

// Nothing of no amount, and no sum where there is no rate: "0.00 CHF" would be untrue.
TEST(OneCurrency, IsToldWhereThereIsSomethingToTell) {
  EXPECT_THAT(
      Column(ForecastTable, R"pb(
               rows {
                 count: 2
                 without_amount: 2
                 converted { currency_code: "CHF" }
               }
               rows {
                 sums { currency_code: "USD" count: 1 amount_minor: 10000 }
                 converted { currency_code: "CHF" count: 1 amount_minor: 9000 }
               }
               rows {
                 sums { currency_code: "JPY" count: 1 amount_minor: 100 }
                 converted { currency_code: "CHF" without_rate: 1 }
               }
               rows {
                 sums { currency_code: "JPY" count: 2 amount_minor: 100 }
                 sums { currency_code: "USD" count: 1 amount_minor: 10000 }
                 converted { currency_code: "CHF" count: 1 without_rate: 2 amount_minor: 9000 }
               })pb",
             "AMOUNT"),
      ::testing::ElementsAre("", "100.00 USD = 90.00 CHF", "100 JPY, 1 without a rate",
                             "100 JPY, 100.00 USD = 90.00 CHF, 2 without a rate"));
  EXPECT_THAT(Column(WinTable, R"pb(
                       rows {
                         lost: 1
                         converted { currency_code: "CHF" }
                       }
                       rows {
                         lost: 1
                         sums { currency_code: "USD" lost_minor: 10000 }
                         converted { currency_code: "CHF" lost_minor: 9000 }
                       }
                       rows {
                         won: 1
                         sums { currency_code: "JPY" won_minor: 100 }
                         converted { currency_code: "CHF" without_rate: 1 }
                       })pb",
                     "AMOUNT WON"),
              ::testing::ElementsAre("", "0.00 USD = 0.00 CHF", "100 JPY, 1 without a rate"));
  EXPECT_THAT(Column(VelocityTable, R"pb(
                       rows { open: 2 currency_code: "USD" mean_won_minor: 10000 }
                       converted { open: 3 currency_code: "CHF" mean_won_minor: 9000 })pb",
                     "MEAN WON"),
              ::testing::ElementsAre("100.00 USD", "= 90.00 CHF"));
}

}  // namespace
}  // namespace crm::crmctl
