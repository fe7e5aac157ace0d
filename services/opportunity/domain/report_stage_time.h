#pragma once

#include <map>
#include <string>

#include "services/opportunity/domain/report_figures.h"
#include "services/opportunity/domain/report_scope.h"

namespace crm::opportunity {

// QueryTimeInStage: the stays in OPEN stages that began in the period, each re-entry one of its
// own: how long until they are left, whatever comes after, where those that last are censored and
// not dropped. Also the total per thing, over all of its stays in the stage that began in the
// period. Groups are those of the thing at the instant, a month that of entering; the stage is
// always one.
class StageTimeReport {
 public:
  struct Row {
    std::string stage_name;  // as last known
    SurvivalCurve stays;
    Durations totals;  // of each thing, running stays up to the instant
  };
  using Stages = std::map<std::pair<int, std::string>, Row>;  // by rank and shared key

  // `query` must outlive it.
  explicit StageTimeReport(const ReportQuery& query) : query_(query), rows_(query) {}

  void Add(const SeenDeal& deal);

  const GroupRows<Stages>& rows() const { return rows_; }

 private:
  const ReportQuery& query_;
  GroupRows<Stages> rows_;
};

}  // namespace crm::opportunity
