#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "crm/opportunity/v1/report_service.pb.h"
#include "services/opportunity/domain/report_flow.h"
#include "services/opportunity/domain/report_funnel.h"
#include "services/opportunity/domain/report_pipeline.h"
#include "services/opportunity/domain/report_risk.h"
#include "services/opportunity/domain/report_scope.h"
#include "services/opportunity/domain/report_stage_time.h"
#include "services/opportunity/domain/report_velocity.h"
#include "services/opportunity/domain/report_wins.h"

namespace crm::opportunity {

// Of a checked request; `now` for what it leaves open. Without order.
ReportQuery QueryFrom(const v1::ReportView& view, const v1::ReportScope& scope,
                      const v1::ReportGroups& groups, absl::Time now);
// "2026-03"; nothing for any other text.
std::optional<absl::CivilMonth> MonthFrom(const std::string& text);
RateTable RatesFrom(const v1::RateTable& message);

// `rates`: of the query, here and below.
using Rates = std::optional<RateTable>;
void ToProto(const PipelineSummary::Row& row, const Rates& rates, v1::PipelineRow& message);
// `days`: at which to tell the outcome.
void ToProto(const FunnelReport::Row& row, const std::vector<FunnelStage>& stages,
             const std::vector<int>& days, v1::FunnelRow& message);
// Without keys.
void ToProto(const StageTimeReport::Row& row, const std::vector<int>& days,
             v1::StageTimeRow& message);
void ToProto(const WinReport::Row& row, const Rates& rates, v1::WinRow& message);

// Without keys and stages.
void ToProto(const FlowReport::Row& row, const Rates& rates, v1::FlowRow& message);
// Without keys.
void ToProto(const std::pair<const std::string, VelocityReport::Row>& row,
             v1::VelocityRow& message);
void ToProto(const RiskyDeal& deal, const Rates& rates, v1::RiskyThing& message);

void ToProto(const MoneySums& sums, const RateTable& rates, v1::ConvertedSum& message);
// Decimal digits of a hundredth.
inline constexpr int kHundredths = 2;

// Beyond 64 bits the greatest number of 64 bits.
int64_t SixtyFourBits(absl::int128 value);
std::string DecimalText(absl::int128 value);
void AddSums(const MoneySums& sums, google::protobuf::RepeatedPtrField<v1::ReportSum>& messages);
// The sums of a row, in one currency too if there are rates.
template <class Message>
void SetSums(const MoneySums& sums, const Rates& rates, Message& message) {
  AddSums(sums, *message.mutable_sums());
  if (rates) ToProto(sums, *rates, *message.mutable_converted());
}

}  // namespace crm::opportunity
