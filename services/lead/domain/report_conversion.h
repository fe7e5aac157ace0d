#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "common/report/curves.h"
#include "services/lead/domain/report_query.h"

namespace crm::lead {

// QueryConversion: of the leads created in the period, what share is converted, and won, within so
// many days, where being disqualified, or lost, excludes it. Weeks and months are those of
// creation.
class ConversionReport {
 public:
  struct Mature {
    int64_t leads = 0;      // created at least so many days before the instant
    int64_t converted = 0;  // of these, within so many days
  };
  struct Row {
    int64_t created = 0;
    int64_t converted = 0;
    int64_t disqualified = 0;
    int64_t won = 0;
    int64_t lost = 0;
    report::Durations until_converted;
    report::OutcomeCurve conversions;  // converted is "won", disqualified is "lost"
    report::OutcomeCurve sales;        // lost: disqualified, or the opportunity is
    std::vector<Mature> mature;        // as the days given
  };

  // `query` must outlive it.
  ConversionReport(const ReportQuery& query, std::vector<int> within_days)
      : query_(query), days_(std::move(within_days)) {}

  void Add(const SeenLead& lead);

  const std::vector<int>& days() const { return days_; }
  const ReportRows<Row>& rows() const { return rows_; }

 private:
  void AddTo(const SeenLead& lead, Row& row) const;

  const ReportQuery& query_;
  const std::vector<int> days_;
  ReportRows<Row> rows_;
};

}  // namespace crm::lead
