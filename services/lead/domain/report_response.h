#pragma once

#include <cstdint>
#include <vector>

#include "common/report/curves.h"
#include "services/lead/domain/report_query.h"

namespace crm::lead {

// QueryResponseTime: of the leads created in the period, how long each waited for the first
// outbound activity, where those without one are censored: at the instant, or when they were
// converted or disqualified. The owner is that when the response was recorded, of leads without one
// as OwnerAtEnd says; weeks and months are those of creation.
class ResponseReport {
 public:
  struct Row {
    int64_t leads = 0;
    int64_t ended_without = 0;
    report::SurvivalCurve waits;
    std::vector<int64_t> within;  // how many were responded to, as the minutes given
  };

  // `query` must outlive it.
  ResponseReport(const ReportQuery& query, std::vector<int> within_minutes)
      : query_(query), minutes_(std::move(within_minutes)) {}

  void Add(const SeenLead& lead);

  const std::vector<int>& minutes() const { return minutes_; }
  const ReportRows<Row>& rows() const { return rows_; }

 private:
  const ReportQuery& query_;
  const std::vector<int> minutes_;
  ReportRows<Row> rows_;
};

}  // namespace crm::lead
