#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/opportunity/domain/report_pipeline.h"
#include "services/opportunity/domain/report_wins.h"

namespace crm::opportunity {

// QuerySalesVelocity: open count × win rate × mean won amount / mean cycle in days, with its four
// factors; what is open at the instant, the rest of the things last closed in the period. What is
// open without an amount is expected to bring as much as what was won, if that is in one currency.
class VelocityReport {
 public:
  // In one currency. A factor that there is nothing for is absent, and then so is the velocity.
  struct Row {
    int64_t open = 0;  // in this currency, and without an amount where there is no other
    int64_t open_without_amount = 0;
    std::optional<double> win_rate;
    std::optional<double> mean_won_minor;
    std::optional<double> mean_cycle_days;  // of won ones

    std::optional<double> PerDay() const;
  };

  // `query` must outlive it.
  explicit VelocityReport(const ReportQuery& query) : open_(query), wins_(query), order_(query) {}

  void Add(const SeenDeal& deal) {
    open_.Add(deal);
    wins_.Add(deal);
  }

  // What it was made of: the groups of both and the totals.
  const PipelineSummary& open() const { return open_; }
  const WinReport& wins() const { return wins_; }

  // By currency; what is open without an amount has none where nothing has. `open` or `wins` may be
  // nullptr: there is nothing.
  static std::map<std::string, Row> RowsOf(const PipelineSummary::Row* open,
                                           const WinReport::Row* wins);
  // All currencies in that of `rates`, as far as there are rates, and what has no amount.
  static Row ConvertedOf(const PipelineSummary::Row* open, const WinReport::Row* wins,
                         const RateTable& rates);
  // Of each group that either has, in order.
  std::vector<std::pair<GroupKey, Row>> ConvertedGroups(const RateTable& rates) const;
  std::vector<std::pair<GroupKey, std::map<std::string, Row>>> Groups() const;

 private:
  // Of the groups that either has, in order.
  std::vector<GroupKey> Keys() const;

  PipelineSummary open_;
  WinReport wins_;
  GroupRows<bool> order_;  // empty: gives the order
};

}  // namespace crm::opportunity
