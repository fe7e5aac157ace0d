#pragma once

#include "services/opportunity/domain/report_figures.h"
#include "services/opportunity/domain/report_scope.h"

namespace crm::opportunity {

// SummarizePipeline: open things as of an instant: count, amount, weighted amount, mean age,
// overdue (expected close date before the instant's day), by group. A month is that of the expected
// close date.
class PipelineSummary {
 public:
  struct Row {
    int64_t count = 0;
    MoneySums sums;
    Durations ages;  // from opening
    int64_t overdue = 0;
  };

  // `query` must outlive it.
  explicit PipelineSummary(const ReportQuery& query) : query_(query), rows_(query) {}

  void Add(const SeenDeal& deal);

  const GroupRows<Row>& rows() const { return rows_; }
  const Row& total() const { return total_; }

 private:
  void AddTo(const SeenDeal& deal, Row& row) const;

  const ReportQuery& query_;
  GroupRows<Row> rows_;
  Row total_;
};

}  // namespace crm::opportunity
