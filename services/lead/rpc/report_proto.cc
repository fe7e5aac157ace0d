#include "services/lead/rpc/report_proto.h"

#include "common/report/calendar.h"
#include "common/rpc/report_requests.h"

namespace crm::lead {
namespace {

constexpr absl::Duration kMinute = absl::Minutes(1);

template <class Value, class Set>
void SetIf(const std::optional<Value>& value, const Set& set) {
  if (value) set(*value);
}

template <class Set>
void SetRatio(int64_t part, int64_t whole, const Set& set) {
  if (whole > 0) set(static_cast<double>(part) / static_cast<double>(whole));
}

// 0 of nothing.
double ShareOf(int64_t part, int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

void ToProto(const Scores& scores, v1::ScoreFigures& message) {
  message.set_count(static_cast<int64_t>(scores.count()));
  SetIf(scores.Mean(), [&](double mean) { message.set_mean(mean); });
  SetIf(scores.Percentile(10), [&](int score) { message.set_p10(score); });
  SetIf(scores.Percentile(50), [&](int score) { message.set_median(score); });
  SetIf(scores.Percentile(90), [&](int score) { message.set_p90(score); });
}

void ToProto(const QualificationReport::Findings& findings, int64_t judged,
             v1::CriterionFindings& message) {
  const auto& [met, partly_met, not_met, unknown] = findings.counts;
  message.set_met(met);
  message.set_partly_met(partly_met);
  message.set_not_met(not_met);
  message.set_unknown(unknown);
  message.set_stale(findings.stale);
  SetRatio(met, judged, [&](double share) { message.set_met_share(share); });
  SetRatio(partly_met, judged, [&](double share) { message.set_partly_met_share(share); });
  SetRatio(not_met, judged, [&](double share) { message.set_not_met_share(share); });
  SetRatio(unknown, judged, [&](double share) { message.set_unknown_share(share); });
  SetRatio(findings.stale, judged, [&](double share) { message.set_stale_share(share); });
  SetRatio(findings.contribution, judged,
           [&](double points) { message.set_mean_contribution(points); });
}

ReportScope ScopeFrom(const v1::ReportScope& message) {
  ReportScope scope;
  scope.owners.assign(message.owners().begin(), message.owners().end());
  for (const int source : message.sources()) {
    scope.sources.push_back(static_cast<LeadSource>(source));
  }
  scope.source_details.assign(message.source_details().begin(), message.source_details().end());
  for (const int state : message.states()) scope.states.push_back(static_cast<LeadState>(state));
  scope.attributes.insert(message.attributes().begin(), message.attributes().end());
  return scope;
}

}  // namespace

ReportQuery QueryFrom(const v1::ReportView& view, const v1::ReportScope& scope,
                      const v1::ReportGroups& groups, const v1::ReportPeriod& period,
                      absl::Time now) {
  ReportQuery query;
  query.view = rpc::ViewpointFrom(view, v1::REPORT_CLOCK_RECORDED, now);
  query.scope = ScopeFrom(scope);
  for (const int by : groups.by()) query.groups.by.push_back(static_cast<ReportGrouping>(by));
  query.groups.attribute = groups.attribute();
  query.groups.zone = report::TimeZoneOf(view.time_zone()).value_or(absl::UTCTimeZone());
  if (view.fiscal_year_start_month() > 0) {
    query.groups.fiscal_start = view.fiscal_year_start_month();
  }
  query.period = rpc::PeriodFrom(period);
  return query;
}

void ToProto(const LeadFunnelReport::Row& row, v1::LeadFunnelRow& message) {
  message.set_created(row.created);
  message.set_could_still(row.could_still);
  message.set_disqualified(row.disqualified);
  message.set_lost(row.lost);
  message.set_won(row.won);
  int64_t before = 0;
  for (size_t i = 0; i < row.steps.size(); ++i) {
    const LeadFunnelReport::Step& it = row.steps[i];
    v1::LeadFunnelStep& step = *message.add_steps();
    step.set_step(static_cast<v1::FunnelStep>(i + 1));
    step.set_entered(it.entered);
    step.set_reached(it.reached);
    SetRatio(it.reached, before, [&](double rate) { step.set_rate_from_previous(rate); });
    SetRatio(it.reached, row.created, [&](double rate) { step.set_rate_from_created(rate); });
    SetIf(it.until_reached.PercentileDays(50), [&](double days) { step.set_median_days(days); });
    SetIf(it.until_reached.PercentileDays(90), [&](double days) { step.set_p90_days(days); });
    before = it.reached;
  }
}

void ToProto(const ResponseReport::Row& row, const std::vector<int>& minutes,
             v1::ResponseRow& message) {
  message.set_leads(row.leads);
  message.set_responded(static_cast<int64_t>(row.waits.left()));
  message.set_ended_without(row.ended_without);
  message.set_waiting(static_cast<int64_t>(row.waits.running()) - row.ended_without);
  const auto in_minutes = [](absl::Duration wait) { return absl::FDivDuration(wait, kMinute); };
  SetIf(row.waits.Percentile(50),
        [&](absl::Duration wait) { message.set_median_minutes(in_minutes(wait)); });
  SetIf(row.waits.Percentile(90),
        [&](absl::Duration wait) { message.set_p90_minutes(in_minutes(wait)); });
  for (size_t i = 0; i < minutes.size(); ++i) {
    v1::ResponseShare& share = *message.add_shares();
    share.set_minutes(minutes[i]);
    share.set_responded(row.within.empty() ? 0 : row.within[i]);
    share.set_share(1 - row.waits.ShareAfter(kMinute * minutes[i]));
  }
}

void ToProto(const QualificationReport::Row& row, v1::QualificationRow& message) {
  const QualificationReport::Decisions& all = row.decisions;
  const auto judged = static_cast<int64_t>(row.scores.count());
  message.set_qualified(all.qualified);
  message.set_overridden(row.overridden);
  message.set_disqualified(all.disqualified);
  for (const auto& [outcome, decisions] : row.verdicts) {
    v1::VerdictPart& part = *message.add_verdicts();
    part.set_outcome(static_cast<v1::VerdictOutcome>(outcome));
    part.set_qualified(decisions.qualified);
    part.set_disqualified(decisions.disqualified);
    part.set_share(ShareOf(decisions.qualified + decisions.disqualified, judged));
  }
  ToProto(row.scores, *message.mutable_scores());
  ToProto(row.qualified_scores, *message.mutable_qualified_scores());
  ToProto(row.disqualified_scores, *message.mutable_disqualified_scores());
  for (const Criterion criterion : kCriteria) {
    v1::CriterionFindings& findings = *message.add_criteria();
    findings.set_criterion(static_cast<v1::Criterion>(criterion));
    const auto found = row.findings.find(criterion);
    if (found != row.findings.end()) ToProto(found->second, judged, findings);
  }
  for (const auto& [reason, count] : row.reasons) {
    v1::DisqualifyPart& part = *message.add_disqualify_reasons();
    part.set_reason(static_cast<v1::DisqualifyReason>(reason));
    part.set_count(count);
    part.set_share(ShareOf(count, all.disqualified));
  }
}

void ToProto(const ConversionReport::Row& row, const std::vector<int>& days,
             v1::ConversionRow& message) {
  message.set_created(row.created);
  message.set_converted(row.converted);
  message.set_disqualified(row.disqualified);
  message.set_open(row.created - row.converted - row.disqualified);
  message.set_won(row.won);
  message.set_lost(row.lost);
  SetIf(row.until_converted.PercentileDays(50), [&](double d) { message.set_median_days(d); });
  SetIf(row.until_converted.PercentileDays(90), [&](double d) { message.set_p90_days(d); });
  const auto conversions = row.conversions.After(days);
  const auto sales = row.sales.After(days);
  for (size_t i = 0; i < days.size(); ++i) {
    v1::ConversionShares& shares = *message.add_shares();
    shares.set_days(days[i]);
    shares.set_converted(conversions[i].won);
    shares.set_disqualified(conversions[i].lost);
    shares.set_open(conversions[i].open);
    shares.set_won(sales[i].won);
    shares.set_lost(sales[i].lost);
    shares.set_undecided(sales[i].open);
    if (row.mature.empty()) continue;
    shares.set_mature(row.mature[i].leads);
    shares.set_mature_converted(row.mature[i].converted);
  }
}

}  // namespace crm::lead
