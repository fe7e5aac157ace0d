#pragma once

#include <map>
#include <string>
#include <tuple>

#include "services/opportunity/domain/report_figures.h"
#include "services/opportunity/domain/report_scope.h"

namespace crm::opportunity {

// QueryFlow: the moves in the period from stage to stage, by what stages are called across
// pipelines; from nothing where things were opened. Amounts are those after the move. The scope is
// that of the thing at the instant, a month that of the move.
class FlowReport {
 public:
  struct Row {
    int64_t count = 0;
    int64_t reentries = 0;  // to a stage that the thing had been in
    int64_t overridden = 0;
    MoneySums sums;
  };
  // By ranks, so that they are in order, and keys: from, to. An opening has rank -2 and no key.
  using Moves = std::map<std::tuple<int, std::string, int, std::string>, Row>;

  // `query` must outlive it.
  explicit FlowReport(const ReportQuery& query) : query_(query), rows_(query) {}

  void Add(const SeenDeal& deal);

  const GroupRows<Moves>& rows() const { return rows_; }

 private:
  const ReportQuery& query_;
  GroupRows<Moves> rows_;
};

}  // namespace crm::opportunity
