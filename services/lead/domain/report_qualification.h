#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "services/lead/domain/report_query.h"

namespace crm::lead {

// Scores of verdicts.
class Scores {
 public:
  void Add(int score) { scores_.push_back(score); }

  size_t count() const { return scores_.size(); }
  std::optional<double> Mean() const;  // nothing of none
  // The smallest of them that at least percent × count of them do not exceed. Nothing of none.
  std::optional<int> Percentile(int percent) const;

 private:
  std::vector<int> scores_;
};

// QueryQualification: of the leads that stand decided at the instant (qualified, converting,
// converted or disqualified) and whose last decision lies in the period, what was decided, why, and
// how the verdicts that were kept with the decisions judged them. A conversion that failed is no
// decision. The owner is that at the decision; weeks and months are those of the decision.
class QualificationReport {
 public:
  struct Decisions {
    int64_t qualified = 0;
    int64_t disqualified = 0;
  };
  struct Findings {
    std::array<int64_t, 4> counts = {};  // of each Finding from kMet on, but for stale ones
    int64_t stale = 0;
    int64_t contribution = 0;
  };
  struct Row {
    Decisions decisions;
    int64_t overridden = 0;
    std::map<VerdictOutcome, Decisions> verdicts;
    Scores qualified_scores;
    Scores disqualified_scores;
    Scores scores;  // of both
    std::map<Criterion, Findings> findings;
    std::map<DisqualifyReason, int64_t> reasons;
  };

  // `query` must outlive it.
  explicit QualificationReport(const ReportQuery& query) : query_(query) {}

  void Add(const SeenLead& lead);

  const ReportRows<Row>& rows() const { return rows_; }

 private:
  const ReportQuery& query_;
  ReportRows<Row> rows_;
};

}  // namespace crm::lead
