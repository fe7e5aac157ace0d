#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "clients/crmctl/report/report_table.h"
#include "crm/opportunity/v1/report_service.pb.h"

// The tables of the reports' answers. `keys`: the titles of their keys.
namespace crm::crmctl {

using Titles = std::vector<std::string>;

ReportTable PipelineTable(const opportunity::v1::SummarizePipelineResponse& answer,
                          const Titles& keys);
// One row for each stage, and those for what became of the cohort.
ReportTable FunnelTable(const opportunity::v1::QueryFunnelResponse& answer, const Titles& keys);
ReportTable StageTimeTable(const opportunity::v1::QueryTimeInStageResponse& answer,
                           const Titles& keys);
ReportTable WinTable(const opportunity::v1::QueryWinRateResponse& answer, const Titles& keys);
ReportTable ForecastTable(const opportunity::v1::QueryForecastResponse& answer, const Titles& keys);
ReportTable VelocityTable(const opportunity::v1::QuerySalesVelocityResponse& answer,
                          const Titles& keys);
ReportTable FlowTable(const opportunity::v1::QueryFlowResponse& answer, const Titles& keys);
ReportTable RiskTable(const opportunity::v1::ListAtRiskResponse& answer, const Titles& keys);
// `gross`: every change instead of the ends alone.
ReportTable ComparisonTable(const opportunity::v1::CompareForecastsResponse& answer, bool gross);

// "1054.50 USD, 10 EUR".
std::string SumsText(const google::protobuf::RepeatedPtrField<opportunity::v1::ReportSum>& sums,
                     bool weighted);

std::string SumText(const opportunity::v1::ConvertedSum& sum, bool weighted);

// What behind sums tells the same in one currency, and how many amounts there was no rate for:
// " = 990.00 EUR, 3 without a rate". `sum` is empty if there was a rate for none.
std::string InOneCurrency(const std::string& sum, int64_t without_rate);

// The sums of a row, and the same in one currency where there were rates.
template <class Row>
std::string SumsOf(const Row& row, bool weighted) {
  std::string text = SumsText(row.sums(), weighted);
  if (!row.has_converted()) return text;
  const auto& converted = row.converted();
  const std::string sum = converted.count() > 0 ? SumText(converted, weighted) : std::string();
  return text + InOneCurrency(sum, converted.without_rate());
}

// The word of an enum value, as "pulled in".
std::string WordOf(opportunity::v1::ForecastPart part);
std::string WordOf(opportunity::v1::ForecastCategory category);
std::string WordOf(opportunity::v1::ForecastRowKind kind);
std::string WordOf(opportunity::v1::RiskReason reason);

// `words` and `more` behind them: the cells of a row.
inline std::vector<std::string> With(std::vector<std::string> words,
                                     std::initializer_list<std::string> more) {
  words.insert(words.end(), more);
  return words;
}

template <class Keys>
std::vector<std::string> KeyWords(const Keys& keys) {
  return {keys.begin(), keys.end()};
}

}  // namespace crm::crmctl
