#pragma once

#include <map>
#include <string>

#include "services/opportunity/domain/report_figures.h"
#include "services/opportunity/domain/report_scope.h"

namespace crm::opportunity {

// QueryWinRate: the things whose last closing, as of the instant, lies in the period and that are
// closed: won and lost by count and amount, time from opening to closing, why and from where they
// were lost. Owner and amount are those at the closing; a month is that of closing.
class WinReport {
 public:
  struct Lost {
    int64_t count = 0;
    MoneySums sums;
  };
  struct Row {
    int64_t won = 0;
    int64_t lost = 0;
    MoneySums won_sums;
    MoneySums lost_sums;
    Durations won_cycles;
    Durations lost_cycles;
    Durations cycles;  // of both
    std::map<std::string, Lost> reasons;
    std::map<std::string, Lost> lost_from;  // by shared key of the stage
  };

  // `query` must outlive it.
  explicit WinReport(const ReportQuery& query) : query_(query), rows_(query) {}

  void Add(const SeenDeal& deal);

  const GroupRows<Row>& rows() const { return rows_; }
  const Row& total() const { return total_; }

 private:
  void AddTo(const SeenDeal& deal, const DealFacts& closed, Row& row) const;

  const ReportQuery& query_;
  GroupRows<Row> rows_;
  Row total_;
};

// What a thing was when `close` began, its last stay: its present facts with owner and amount of
// that moment.
DealFacts FactsAtClose(DealFacts facts, const Stay& close);

}  // namespace crm::opportunity
