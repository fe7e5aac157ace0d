#include "clients/crmctl/report/report_tables.h"

#include <absl/strings/str_cat.h>

#include "clients/crmctl/import/money_text.h"
#include "clients/crmctl/report/figure_text.h"

namespace crm::crmctl {
namespace {

namespace v1 = opportunity::v1;

// The keys of a total: "total" and nothing.
std::vector<std::string> TotalKey(size_t keys) {
  std::vector<std::string> words(keys);
  if (!words.empty()) words[0] = "total";
  return words;
}

#define CRM_OPTIONAL(message, field) \
  ((message).has_##field() ? std::optional<double>((message).field()) : std::nullopt)

std::string WonText(const v1::WinRow& row) {
  std::string text;
  for (const v1::WinSum& sum : row.sums()) {
    absl::StrAppend(&text, text.empty() ? "" : ", ",
                    FormatMinor(sum.won_minor(), sum.currency_code()));
  }
  if (!row.has_converted()) return text;
  const v1::ConvertedWins& it = row.converted();
  // Where nothing has a rate, there is nothing to tell.
  const bool any = it.won_minor() != 0 || it.lost_minor() != 0 ||
                   (it.without_rate() == 0 && row.sums_size() > 0);
  const std::string sum = any ? FormatMinor(it.won_minor(), it.currency_code()) : std::string();
  return text + InOneCurrency(sum, it.without_rate());
}

}  // namespace

ReportTable PipelineTable(const v1::SummarizePipelineResponse& answer, const Titles& keys) {
  ReportTable table{With(keys, {"COUNT", "OVERDUE", "MEAN AGE", "AMOUNT", "WEIGHTED"}), {}, {}};
  const auto add = [&table](std::vector<std::string> key, const v1::PipelineRow& row) {
    table.rows.push_back(
        With(std::move(key),
             {absl::StrCat(row.count()), absl::StrCat(row.overdue()),
              DaysText(CRM_OPTIONAL(row, mean_age_days)), SumsOf(row, false), SumsOf(row, true)}));
    table.bars.push_back(static_cast<double>(row.count()));
  };
  for (const v1::PipelineRow& row : answer.rows()) add(KeyWords(row.key()), row);
  if (keys.empty() && answer.rows_size() > 0) return table;
  add(TotalKey(keys.size()), answer.total());
  if (!keys.empty()) table.bars.back() = 0;  // its bar would dwarf the others
  return table;
}

ReportTable FunnelTable(const v1::QueryFunnelResponse& answer, const Titles& keys) {
  ReportTable table{
      With(keys, {"STAGE", "ENTERED", "REACHED", "OF PREV", "OF ALL", "MEDIAN", "P90"}), {}, {}};
  const auto add = [&table](const std::vector<std::string>& key, const v1::FunnelRow& row) {
    const auto fate = [&](const char* word, int64_t count) {
      table.rows.push_back(With(
          key, {word, "", absl::StrCat(count), "",
                row.opened() > 0
                    ? PercentText(static_cast<double>(count) / static_cast<double>(row.opened()))
                    : "",
                "", ""}));
      table.bars.push_back(static_cast<double>(count));
    };
    fate("(opened)", row.opened());
    for (const v1::FunnelStage& stage : row.stages()) {
      table.rows.push_back(With(
          key,
          {stage.stage_key(), absl::StrCat(stage.entered()), absl::StrCat(stage.reached()),
           PercentText(CRM_OPTIONAL(stage, rate_from_previous)),
           PercentText(CRM_OPTIONAL(stage, rate_from_opened)),
           DaysText(CRM_OPTIONAL(stage, median_days)), DaysText(CRM_OPTIONAL(stage, p90_days))}));
      table.bars.push_back(static_cast<double>(stage.reached()));
    }
    fate("(lost)", row.lost());
    fate("(still open)", row.could_still());
  };
  if (keys.empty()) {
    add({}, answer.total());
  } else {
    for (const v1::FunnelRow& row : answer.rows()) add(KeyWords(row.key()), row);
  }
  return table;
}

ReportTable StageTimeTable(const v1::QueryTimeInStageResponse& answer, const Titles& keys) {
  ReportTable table{
      With(keys, {"STAGE", "LEFT", "RUNNING", "MEAN", "MEDIAN", "P75", "P90", "MEAN TOTAL"}),
      {},
      {}};
  for (const v1::StageTimeRow& row : answer.rows()) {
    table.rows.push_back(With(
        KeyWords(row.key()),
        {row.stage_key(), absl::StrCat(row.left()), absl::StrCat(row.running()),
         DaysText(CRM_OPTIONAL(row, restricted_mean_days)),
         DaysText(CRM_OPTIONAL(row, median_days)), DaysText(CRM_OPTIONAL(row, p75_days)),
         DaysText(CRM_OPTIONAL(row, p90_days)), DaysText(CRM_OPTIONAL(row, mean_total_days))}));
    table.bars.push_back(row.median_days());
  }
  return table;
}

ReportTable WinTable(const v1::QueryWinRateResponse& answer, const Titles& keys) {
  ReportTable table{
      With(keys, {"WON", "LOST", "RATE", "AMOUNT WON", "MEAN CYCLE", "MEDIAN"}), {}, {}};
  const auto add = [&table](std::vector<std::string> key, const v1::WinRow& row) {
    table.rows.push_back(With(
        std::move(key),
        {absl::StrCat(row.won()), absl::StrCat(row.lost()), PercentText(CRM_OPTIONAL(row, rate)),
         WonText(row), DaysText(CRM_OPTIONAL(row, mean_won_cycle_days)),
         DaysText(CRM_OPTIONAL(row, median_won_cycle_days))}));
    table.bars.push_back(row.rate());
  };
  for (const v1::WinRow& row : answer.rows()) add(KeyWords(row.key()), row);
  if (keys.empty() && answer.rows_size() > 0) return table;
  add(TotalKey(keys.size()), answer.total());
  return table;
}

std::string SumsText(const google::protobuf::RepeatedPtrField<v1::ReportSum>& sums, bool weighted) {
  std::string text;
  for (const v1::ReportSum& sum : sums) {
    absl::StrAppend(
        &text, text.empty() ? "" : ", ",
        FormatMinor(weighted ? sum.weighted_minor() : sum.amount_minor(), sum.currency_code()));
  }
  return text;
}

std::string InOneCurrency(const std::string& sum, int64_t without_rate) {
  std::string text;
  if (!sum.empty()) absl::StrAppend(&text, " = ", sum);
  if (without_rate > 0) absl::StrAppend(&text, ", ", without_rate, " without a rate");
  return text;
}

std::string SumText(const v1::ConvertedSum& sum, bool weighted) {
  return FormatMinor(weighted ? sum.weighted_minor() : sum.amount_minor(), sum.currency_code());
}

#undef CRM_OPTIONAL

}  // namespace crm::crmctl
