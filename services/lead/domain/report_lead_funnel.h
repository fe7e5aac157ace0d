#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "common/report/curves.h"
#include "services/lead/domain/report_query.h"

namespace crm::lead {

// Numbered as v1.FunnelStep.
enum class FunnelStep {
  kCreated = 1,
  kFirstResponse = 2,
  kWorking = 3,
  kQualified = 4,
  kConverted = 5,
  kWon = 6,
};
inline constexpr size_t kFunnelSteps = 6;

// QueryLeadFunnel: of the leads created in the period, how many made each step, and how many made
// it or a later one. Each counts once, however often it came back; being disqualified, reopened or
// lost changes nothing that was reached. Weeks and months are those of creation.
class LeadFunnelReport {
 public:
  struct Step {
    int64_t entered = 0;
    int64_t reached = 0;
    report::Durations until_reached;  // from creation to first reaching
  };
  struct Row {
    int64_t created = 0;
    int64_t could_still = 0;
    int64_t disqualified = 0;
    int64_t lost = 0;
    int64_t won = 0;
    std::array<Step, kFunnelSteps> steps;
  };

  // `query` must outlive it. With a horizon, only leads that were created at least so many days
  // before the instant are in the cohort (`immature` counts the others), and what came later than
  // so many days after creation is left out.
  LeadFunnelReport(const ReportQuery& query, std::optional<int> horizon_days);

  void Add(const SeenLead& lead);

  const ReportRows<Row>& rows() const { return rows_; }
  int64_t immature() const { return immature_; }

 private:
  const ReportQuery& query_;
  const std::optional<absl::Duration> horizon_;
  ReportRows<Row> rows_;
  int64_t immature_ = 0;
};

}  // namespace crm::lead
