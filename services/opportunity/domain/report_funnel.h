#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "services/opportunity/domain/report_figures.h"
#include "services/opportunity/domain/report_scope.h"

namespace crm::opportunity {

// A stage of a funnel, by what it is called across pipelines.
struct FunnelStage {
  std::string stage_key;
  std::string display_name;
  StageType type = StageType::kOpen;
  bool retired = false;

  bool operator==(const FunnelStage&) const = default;
};

// The stages of a pipeline along the way to a sale: OPEN ones, retired ones among them by their
// last position, then WON.
std::vector<FunnelStage> FunnelStagesOf(const Pipeline& pipeline);

// QueryFunnel: of the things opened in the period, how many entered and how many reached each
// stage. A thing has entered a stage if it has a stay in it, and has reached it if it has one there
// or in a later stage; WON is above all, LOST has no rank. Losses, reopenings and moves back change
// nothing that was reached, and each thing counts once per stage, however often it came back. A
// month is that of opening.
class FunnelReport {
 public:
  struct StageRow {
    int64_t entered = 0;
    int64_t reached = 0;
    Durations until_reached;  // from opening to first reaching
  };
  struct Row {
    int64_t opened = 0;
    int64_t open = 0;  // could still
    int64_t won = 0;
    int64_t lost = 0;
    std::vector<StageRow> stages;  // as given
    OutcomeCurve outcomes;         // since opening, up to the last closing or the instant
  };

  // `query` must outlive it. With a horizon, only things that were opened at least so many days
  // before the instant are in the cohort (`immature` counts the others), and what came later than
  // so many days after opening is left out.
  FunnelReport(const ReportQuery& query, std::vector<FunnelStage> stages,
               std::optional<int> horizon_days);

  void Add(const SeenDeal& deal);

  const std::vector<FunnelStage>& stages() const { return stages_; }
  const GroupRows<Row>& rows() const { return rows_; }
  // Everything together: without groups the one row that there is.
  const Row& total() const {
    return grouped_ || rows_.rows().empty() ? total_ : rows_.rows().begin()->second;
  }
  int64_t immature() const { return immature_; }

 private:
  // `ranks`: of each stay.
  void AddTo(const SeenDeal& deal, absl::Span<const size_t> ranks, absl::Time end, Row& row) const;
  void AddStages(const SeenDeal& deal, absl::Span<const size_t> ranks, absl::Time end,
                 Row& row) const;
  size_t RankOf(const Stay& stay);

  const ReportQuery& query_;
  const bool grouped_;
  const std::vector<FunnelStage> stages_;
  absl::flat_hash_map<std::string, size_t> ranks_;  // of OPEN stages by shared key
  OfFewStages<size_t> ranks_in_;
  const std::optional<absl::Duration> horizon_;
  GroupRows<Row> rows_;
  Row total_;
  int64_t immature_ = 0;
};

}  // namespace crm::opportunity
