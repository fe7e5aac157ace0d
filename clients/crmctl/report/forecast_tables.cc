#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include <cmath>

#include "clients/crmctl/import/money_text.h"
#include "clients/crmctl/message_fields.h"
#include "clients/crmctl/report/figure_text.h"
#include "clients/crmctl/report/report_tables.h"

namespace crm::crmctl {
namespace {

namespace v1 = opportunity::v1;

template <class Enum>
std::string EnumWord(Enum value) {
  const auto* described = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  return described == nullptr ? "" : Spoken(WordOf(*described));
}

template <class Values>
std::string ValuesText(const Values& values) {
  return absl::StrJoin(values, ", ", [](std::string* out, const v1::ForecastValue& value) {
    absl::StrAppend(out, FormatMinor(value.weighted_minor(), value.currency_code()));
  });
}

// The values, and behind them the same in one currency where there were rates.
template <class Values>
std::string ValuesText(const Values& values, bool has_converted,
                       const v1::ConvertedValue& converted) {
  const std::string text = ValuesText(values);
  if (!has_converted || text.empty()) return text;
  return text +
         InOneCurrency(FormatMinor(converted.weighted_minor(), converted.currency_code()), 0);
}

std::string MonthOf(const v1::ForecastRow& row) {
  return row.kind() == v1::FORECAST_ROW_KIND_MONTH ? row.month() : WordOf(row.kind());
}

}  // namespace

ReportTable ForecastTable(const v1::QueryForecastResponse& answer, const Titles& keys) {
  ReportTable table{With(keys, {"MONTH", "CATEGORY", "COUNT", "AMOUNT", "WEIGHTED"}), {}, {}};
  for (const v1::ForecastRow& row : answer.rows()) {
    table.rows.push_back(
        With(KeyWords(row.key()), {MonthOf(row), WordOf(row.category()), absl::StrCat(row.count()),
                                   SumsOf(row, false), SumsOf(row, true)}));
    // Sums of several currencies have no common length.
    table.bars.push_back(row.sums_size() == 1 ? static_cast<double>(row.sums(0).weighted_minor())
                                              : 0);
  }
  return table;
}

ReportTable VelocityTable(const v1::QuerySalesVelocityResponse& answer, const Titles& keys) {
  ReportTable table{
      With(keys, {"OPEN", "WIN RATE", "MEAN WON", "MEAN CYCLE", "WON A DAY"}), {}, {}};
  // Rows of all currencies in one begin their amounts as sums do.
  const auto add = [&table](const std::vector<std::string>& key, const v1::VelocityRow& row,
                            const std::string& sign) {
    const auto money = [&](bool has, double minor) {
      return has ? sign + FormatMinor(static_cast<int64_t>(minor + 0.5), row.currency_code())
                 : std::string();
    };
    const auto some = [](bool has, double value) {
      return has ? std::optional<double>(value) : std::nullopt;
    };
    table.rows.push_back(
        With(key, {absl::StrCat(row.open()), PercentText(some(row.has_win_rate(), row.win_rate())),
                   money(row.has_mean_won_minor(), row.mean_won_minor()),
                   DaysText(some(row.has_mean_cycle_days(), row.mean_cycle_days())),
                   money(row.has_velocity_minor_per_day(), row.velocity_minor_per_day())}));
    table.bars.push_back(row.velocity_minor_per_day());
  };
  for (const v1::VelocityRow& row : answer.rows()) add(KeyWords(row.key()), row, "");
  for (const v1::VelocityRow& row : answer.converted()) add(KeyWords(row.key()), row, "= ");
  return table;
}

ReportTable FlowTable(const v1::QueryFlowResponse& answer, const Titles& keys) {
  ReportTable table{With(keys, {"FROM", "TO", "MOVES", "AGAIN", "OVERRIDDEN", "AMOUNT"}), {}, {}};
  for (const v1::FlowRow& row : answer.rows()) {
    table.rows.push_back(
        With(KeyWords(row.key()),
             {row.from_stage_key().empty() ? "(opened)" : row.from_stage_key(), row.to_stage_key(),
              absl::StrCat(row.count()), absl::StrCat(row.reentries()),
              absl::StrCat(row.overridden()), SumsOf(row, false)}));
    table.bars.push_back(static_cast<double>(row.count()));
  }
  return table;
}

ReportTable RiskTable(const v1::ListAtRiskResponse& answer, const Titles&) {
  ReportTable table{{"OPPORTUNITY", "OWNER", "STAGE", "AMOUNT", "DAYS", "P75", "REASONS"}, {}, {}};
  for (const v1::RiskyThing& thing : answer.things()) {
    std::vector<std::string> reasons;
    for (const int reason : thing.reasons()) {
      reasons.push_back(WordOf(static_cast<v1::RiskReason>(reason)));
    }
    table.rows.push_back(
        {thing.display_name(), thing.owner(), thing.stage_key(), SumsOf(thing, false),
         absl::StrFormat("%.0f", thing.days_in_stage()),
         thing.has_p75_won_days() ? absl::StrFormat("%.0f", thing.p75_won_days()) : "",
         absl::StrJoin(reasons, ", ")});
  }
  return table;
}

ReportTable ComparisonTable(const v1::CompareForecastsResponse& answer, bool gross) {
  ReportTable table{{"PART", "COUNT", "WEIGHTED"}, {}, {}};
  const auto add = [&table](const std::string& part, const std::string& count, const auto& values,
                            bool has_converted, const v1::ConvertedValue& converted) {
    table.rows.push_back({part, count, ValuesText(values, has_converted, converted)});
    // Sums of several currencies have no common length.
    table.bars.push_back(
        values.size() == 1 ? std::abs(static_cast<double>(values[0].weighted_minor())) : 0);
  };
  add("before", "", answer.before(), answer.has_converted_before(), answer.converted_before());
  for (const v1::ForecastDifference& part : gross ? answer.gross() : answer.net()) {
    add(WordOf(part.part()), absl::StrCat(part.count()), part.values(), part.has_converted(),
        part.converted());
  }
  add("after", "", answer.after(), answer.has_converted_after(), answer.converted_after());
  return table;
}

std::string WordOf(v1::ForecastPart part) { return EnumWord(part); }
std::string WordOf(v1::ForecastCategory category) { return EnumWord(category); }
std::string WordOf(v1::ForecastRowKind kind) { return EnumWord(kind); }
std::string WordOf(v1::RiskReason reason) { return EnumWord(reason); }

}  // namespace crm::crmctl
