#include "services/opportunity/rpc/report_proto.h"

#include <algorithm>
#include <limits>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/report/calendar.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/report_requests.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/rpc/pipeline_proto.h"

namespace crm::opportunity {
namespace {

template <class Set>
void SetIf(const std::optional<double>& value, const Set& set) {
  if (value) set(*value);
}

template <class Set>
void SetRatio(double part, double whole, const Set& set) {
  if (whole > 0) set(part / whole);
}

void AddStages(const FunnelReport::Row& row, const std::vector<FunnelStage>& stages,
               v1::FunnelRow& message) {
  int64_t before = row.opened;
  for (size_t i = 0; i < stages.size(); ++i) {
    const FunnelReport::StageRow& it = row.stages[i];
    v1::FunnelStage& stage = *message.add_stages();
    stage.set_stage_key(stages[i].stage_key);
    stage.set_display_name(stages[i].display_name);
    stage.set_type(static_cast<v1::StageType>(stages[i].type));
    stage.set_retired(stages[i].retired);
    stage.set_entered(it.entered);
    stage.set_reached(it.reached);
    const auto reached = static_cast<double>(it.reached);
    SetRatio(reached, static_cast<double>(before),
             [&](double rate) { stage.set_rate_from_previous(rate); });
    SetRatio(reached, static_cast<double>(row.opened),
             [&](double rate) { stage.set_rate_from_opened(rate); });
    SetIf(it.until_reached.PercentileDays(50), [&](double days) { stage.set_median_days(days); });
    SetIf(it.until_reached.PercentileDays(90), [&](double days) { stage.set_p90_days(days); });
    before = it.reached;
  }
}

void AddWinSums(const WinReport::Row& row, v1::WinRow& message) {
  std::map<std::string, std::pair<absl::int128, absl::int128>> sums;
  for (const auto& [currency, sum] : row.won_sums.sums()) sums[currency].first = sum.minor;
  for (const auto& [currency, sum] : row.lost_sums.sums()) sums[currency].second = sum.minor;
  for (const auto& [currency, both] : sums) {
    v1::WinSum& sum = *message.add_sums();
    sum.set_currency_code(currency);
    sum.set_won_minor(SixtyFourBits(both.first));
    sum.set_lost_minor(SixtyFourBits(both.second));
    SetRatio(static_cast<double>(both.first), static_cast<double>(both.first + both.second),
             [&](double rate) { sum.set_rate(rate); });
  }
}

ConvertedTotal Total(const MoneySums& sums, const RateTable& rates) {
  ConvertedTotal total(rates.currency());
  for (const auto& [rate, sum] : sums.by_rate()) total.Add(sum.minor, *rate);
  return total;
}

void ToProto(const WinReport::Row& row, const RateTable& rates, v1::ConvertedWins& message) {
  const ConvertedTotal won = Total(row.won_sums, rates);
  const ConvertedTotal lost = Total(row.lost_sums, rates);
  message.set_currency_code(rates.currency());
  message.set_without_rate(row.won_sums.without_rate() + row.lost_sums.without_rate());
  message.set_won_minor(SixtyFourBits(won.Rounded()));
  message.set_lost_minor(SixtyFourBits(lost.Rounded()));
  SetRatio(won.AsDouble(), won.AsDouble() + lost.AsDouble(),
           [&](double rate) { message.set_rate(rate); });
}

template <class Parts, class Messages>
void AddParts(const Parts& parts, const Rates& rates, Messages& messages) {
  for (const auto& [key, part] : parts) {
    v1::LossPart& message = *messages.Add();
    message.set_key(key);
    message.set_count(part.count);
    SetSums(part.sums, rates, message);
  }
}

ReportScope ScopeFrom(const v1::ReportScope& message) {
  ReportScope scope;
  if (!message.pipeline().empty()) scope.pipeline = SlugIn(message.pipeline());
  scope.owners.assign(message.owners().begin(), message.owners().end());
  for (const int type : message.stage_types()) {
    scope.stage_types.push_back(static_cast<StageType>(type));
  }
  scope.currency = message.currency_code();
  if (message.has_minimum_amount_minor()) scope.minimum_minor = message.minimum_amount_minor();
  if (message.has_maximum_amount_minor()) scope.maximum_minor = message.maximum_amount_minor();
  scope.attributes.insert(message.attributes().begin(), message.attributes().end());
  for (const int source : message.lead_sources()) {
    scope.lead_sources.push_back(static_cast<base::LeadSource>(source));
  }
  return scope;
}

}  // namespace

int64_t SixtyFourBits(absl::int128 value) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(std::clamp<absl::int128>(value, -absl::int128(kMost), kMost));
}

void ToProto(const MoneySums& sums, const RateTable& rates, v1::ConvertedSum& message) {
  int64_t count = 0;
  ConvertedTotal weighted(rates.currency(), kHundredths);
  for (const auto& [rate, sum] : sums.by_rate()) {
    count += sum.count;
    weighted.Add(sum.weighted, *rate);
  }
  message.set_currency_code(rates.currency());
  message.set_count(count);
  message.set_without_rate(sums.without_rate());
  message.set_amount_minor(SixtyFourBits(Total(sums, rates).Rounded()));
  message.set_weighted_minor(SixtyFourBits(weighted.Rounded()));
}

std::string DecimalText(absl::int128 value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

void AddSums(const MoneySums& sums, google::protobuf::RepeatedPtrField<v1::ReportSum>& messages) {
  for (const auto& [currency, sum] : sums.sums()) {
    v1::ReportSum& message = *messages.Add();
    message.set_currency_code(currency);
    message.set_count(sum.count);
    message.set_amount_minor(SixtyFourBits(sum.minor));
    message.set_weighted_minor(SixtyFourBits(RoundHundredths(sum.weighted)));
    message.set_weighted_hundredths(DecimalText(sum.weighted));
  }
}

std::optional<absl::CivilMonth> MonthFrom(const std::string& text) {
  absl::CivilMonth month;
  const bool is_month =
      absl::ParseCivilTime(text, &month) && report::MonthText(absl::CivilDay(month)) == text;
  return is_month ? std::optional(month) : std::nullopt;
}

RateTable RatesFrom(const v1::RateTable& message) {
  std::vector<CurrencyRate> rates;
  for (const v1::CurrencyRate& it : message.rates()) {
    rates.push_back({it.currency_code(), MonthFrom(it.month()).value_or(absl::CivilMonth()),
                     RateFrom(it.rate()).value_or(Rate())});
  }
  return {message.currency_code(), std::move(rates)};
}

ReportQuery QueryFrom(const v1::ReportView& view, const v1::ReportScope& scope,
                      const v1::ReportGroups& groups, absl::Time now) {
  ReportQuery query;
  query.view = rpc::ViewpointFrom(view, v1::REPORT_CLOCK_RECORDED, now);
  query.scope = ScopeFrom(scope);
  for (const int by : groups.by()) query.groups.by.push_back(static_cast<ReportGrouping>(by));
  query.groups.attribute = groups.attribute();
  if (view.fiscal_year_start_month() > 0) {
    query.groups.fiscal_start = view.fiscal_year_start_month();
  }
  query.groups.zone = report::TimeZoneOf(view.time_zone()).value_or(absl::UTCTimeZone());
  return query;
}

void ToProto(const PipelineSummary::Row& row, const Rates& rates, v1::PipelineRow& message) {
  message.set_count(row.count);
  message.set_without_amount(row.sums.without_amount());
  SetSums(row.sums, rates, message);
  SetIf(row.ages.MeanDays(), [&](double days) { message.set_mean_age_days(days); });
  message.set_overdue(row.overdue);
}

void ToProto(const FunnelReport::Row& row, const std::vector<FunnelStage>& stages,
             const std::vector<int>& days, v1::FunnelRow& message) {
  message.set_opened(row.opened);
  message.set_could_still(row.open);
  message.set_won(row.won);
  message.set_lost(row.lost);
  AddStages(row, stages, message);
  const std::vector<OutcomeCurve::Shares> shares = row.outcomes.After(days);
  for (size_t i = 0; i < days.size(); ++i) {
    v1::OutcomeShares& outcome = *message.add_outcomes();
    outcome.set_days(days[i]);
    outcome.set_won(shares[i].won);
    outcome.set_lost(shares[i].lost);
    outcome.set_open(shares[i].open);
  }
}

void ToProto(const StageTimeReport::Row& row, const std::vector<int>& days,
             v1::StageTimeRow& message) {
  message.set_display_name(row.stage_name);
  message.set_left(static_cast<int64_t>(row.stays.left()));
  message.set_running(static_cast<int64_t>(row.stays.running()));
  SetIf(row.stays.RestrictedMeanDays(), [&](double d) { message.set_restricted_mean_days(d); });
  SetIf(row.stays.PercentileDays(50), [&](double d) { message.set_median_days(d); });
  SetIf(row.stays.PercentileDays(75), [&](double d) { message.set_p75_days(d); });
  SetIf(row.stays.PercentileDays(90), [&](double d) { message.set_p90_days(d); });
  for (const int day : days) {
    v1::StillThere& point = *message.add_curve();
    point.set_days(day);
    point.set_share(row.stays.ShareAfter(absl::Hours(24) * day));
  }
  message.set_things(static_cast<int64_t>(row.totals.count()));
  SetIf(row.totals.MeanDays(), [&](double d) { message.set_mean_total_days(d); });
  SetIf(row.totals.PercentileDays(50), [&](double d) { message.set_median_total_days(d); });
}

void ToProto(const WinReport::Row& row, const Rates& rates, v1::WinRow& message) {
  message.set_won(row.won);
  message.set_lost(row.lost);
  SetRatio(static_cast<double>(row.won), static_cast<double>(row.won + row.lost),
           [&](double rate) { message.set_rate(rate); });
  AddWinSums(row, message);
  if (rates) ToProto(row, *rates, *message.mutable_converted());
  SetIf(row.cycles.MeanDays(), [&](double d) { message.set_mean_cycle_days(d); });
  SetIf(row.cycles.PercentileDays(50), [&](double d) { message.set_median_cycle_days(d); });
  SetIf(row.won_cycles.MeanDays(), [&](double d) { message.set_mean_won_cycle_days(d); });
  SetIf(row.won_cycles.PercentileDays(50), [&](double d) { message.set_median_won_cycle_days(d); });
  SetIf(row.lost_cycles.MeanDays(), [&](double d) { message.set_mean_lost_cycle_days(d); });
  SetIf(row.lost_cycles.PercentileDays(50),
        [&](double d) { message.set_median_lost_cycle_days(d); });
  AddParts(row.reasons, rates, *message.mutable_loss_reasons());
  AddParts(row.lost_from, rates, *message.mutable_lost_from());
}

void ToProto(const FlowReport::Row& row, const Rates& rates, v1::FlowRow& message) {
  message.set_count(row.count);
  message.set_reentries(row.reentries);
  message.set_overridden(row.overridden);
  SetSums(row.sums, rates, message);
}

void ToProto(const std::pair<const std::string, VelocityReport::Row>& row,
             v1::VelocityRow& message) {
  const VelocityReport::Row& it = row.second;
  message.set_currency_code(row.first);
  message.set_open(it.open);
  message.set_open_without_amount(it.open_without_amount);
  SetIf(it.win_rate, [&](double value) { message.set_win_rate(value); });
  SetIf(it.mean_won_minor, [&](double value) { message.set_mean_won_minor(value); });
  SetIf(it.mean_cycle_days, [&](double value) { message.set_mean_cycle_days(value); });
  SetIf(it.PerDay(), [&](double value) { message.set_velocity_minor_per_day(value); });
}

void ToProto(const RiskyDeal& deal, const Rates& rates, v1::RiskyThing& message) {
  message.set_name(OpportunityName(deal.id));
  message.set_display_name(deal.facts.display_name);
  message.set_owner(deal.facts.owner);
  message.set_stage_key(deal.stage_key);
  for (const RiskReason reason : deal.reasons) {
    message.add_reasons(static_cast<v1::RiskReason>(reason));
  }
  message.set_days_in_stage(deal.days_in_stage);
  SetIf(deal.p75_won_days, [&](double days) { message.set_p75_won_days(days); });
  SetIf(deal.p75_all_days, [&](double days) { message.set_p75_all_days(days); });
  if (deal.facts.expected_close_date) {
    rpc::SetDay(*deal.facts.expected_close_date, message.mutable_expected_close_date());
  }
  message.set_pushes(deal.pushes);
  message.set_days_unchanged(deal.days_unchanged);
  MoneySums sums;
  const bool known = rates && deal.facts.amount;
  sums.Add(deal.facts.amount, deal.facts.probability,
           known ? rates->Find(deal.facts.amount->currency, std::nullopt) : nullptr);
  SetSums(sums, rates, message);
}

}  // namespace crm::opportunity
