#include "services/opportunity/rpc/report_checks.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/money.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/record_checks.h"
#include "common/rpc/report_requests.h"
#include "common/rpc/request_checks.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/domain/pipeline.h"
#include "services/opportunity/rpc/report_proto.h"

namespace crm::opportunity {
namespace {

using rpc::kIdLimit;
using rpc::kOptional;
using rpc::kRequired;
using rpc::Validation;

constexpr size_t kMostOwners = 100;
constexpr size_t kMostTypes = 3;
constexpr size_t kMostSources = 9;
constexpr size_t kMostRates = 5000;
constexpr int kLongest = rpc::kLongestReportDays;
constexpr int kMostThings = 1000;

void CheckView(const v1::ReportView& view, Validation& v) {
  rpc::CheckReportView(view, v1::REPORT_CLOCK_RECORDED, v);
}

void CheckAmounts(const v1::ReportScope& scope, Validation& v) {
  if (!scope.currency_code().empty() && !base::IsCurrency(scope.currency_code())) {
    v.Custom("scope.currency_code", "must be an ISO 4217 code");
  }
  const bool bounded = scope.has_minimum_amount_minor() || scope.has_maximum_amount_minor();
  if (bounded && scope.currency_code().empty()) {
    v.Custom("scope.currency_code", "is required with a minimum or maximum");
  }
}

void CheckScope(const v1::ReportScope& scope, Validation& v) {
  v.SlugName("scope.pipeline", scope.pipeline(), kPipelines, kOptional);
  v.Count("scope.owners", scope.owners_size(), kMostOwners);
  for (int i = 0; i < scope.owners_size(); ++i) {
    v.Text(absl::StrCat("scope.owners[", i, "]"), scope.owners(i), {1, kIdLimit, kRequired});
  }
  v.Count("scope.stage_types", scope.stage_types_size(), kMostTypes);
  for (int i = 0; i < scope.stage_types_size(); ++i) {
    v.Enum(absl::StrCat("scope.stage_types[", i, "]"), scope.stage_types(i),
           v1::StageType_IsValid(scope.stage_types(i)), kRequired);
  }
  CheckAmounts(scope, v);
  rpc::CheckAttributes("scope.attributes", scope.attributes(), v);
  v.Count("scope.lead_sources", scope.lead_sources_size(), kMostSources);
  for (int i = 0; i < scope.lead_sources_size(); ++i) {
    v.Enum(absl::StrCat("scope.lead_sources[", i, "]"), scope.lead_sources(i),
           type::v1::LeadSource_IsValid(scope.lead_sources(i)), kOptional);
  }
}

template <class Days>
void CheckDays(absl::string_view path, const Days& days, Validation& v) {
  rpc::CheckReportPoints(path, days, 0, kLongest, v);
}

void CheckCurrency(const std::string& path, const std::string& code, Validation& v) {
  if (!base::IsCurrency(code)) v.Custom(path, "must be an ISO 4217 code");
}

void CheckRates(const v1::RateTable& rates, Validation& v) {
  CheckCurrency("rates.currency_code", rates.currency_code(), v);
  v.Count("rates.rates", rates.rates_size(), kMostRates);
  v.Present("rates.rates", rates.rates_size() > 0);
  std::set<std::pair<std::string, std::string>> seen;
  const int most = std::min(rates.rates_size(), static_cast<int>(kMostRates));
  for (int i = 0; i < most; ++i) {
    const v1::CurrencyRate& rate = rates.rates(i);
    const std::string path = absl::StrCat("rates.rates[", i, "]");
    CheckCurrency(path + ".currency_code", rate.currency_code(), v);
    if (rate.currency_code() == rates.currency_code()) {
      v.Custom(path + ".currency_code", "must not be the currency of the table");
    }
    if (!MonthFrom(rate.month())) v.Custom(path + ".month", "must be a month, e.g. \"2026-03\"");
    if (!RateFrom(rate.rate())) {
      v.Custom(path + ".rate",
               "must be a decimal number greater than 0, e.g. \"0.9217\", of at most 10 digits, "
               "12 behind the point");
    }
    if (!seen.emplace(rate.currency_code(), rate.month()).second) {
      v.Custom(path, "must not have the currency and month of another rate");
    }
  }
}

// What all reports are asked.
template <class Req>
void CheckReport(const Req& request, Validation& v) {
  CheckView(request.view(), v);
  CheckScope(request.scope(), v);
  if constexpr (requires { request.rates(); }) {
    if (request.has_rates()) CheckRates(request.rates(), v);
  }
  if constexpr (requires { request.groups(); }) {
    rpc::CheckReportGroups(request.groups(), v1::REPORT_GROUPING_ATTRIBUTE, v);
  }
  if constexpr (requires { request.period(); }) {
    rpc::CheckReportPeriod(request.has_period(), request.period(), v);
  }
}

// That the first instant, and what is to be known of it, do not come after the second.
void CheckOrder(const v1::CompareForecastsRequest& request, Validation& v) {
  const auto or_now = [&v](bool present, const auto& time) {
    return present ? rpc::TimeFrom(time) : v.now();
  };
  const v1::ReportView& view = request.view();
  if (rpc::TimeFrom(request.first_as_of()) > or_now(view.has_as_of(), view.as_of())) {
    v.Custom("first_as_of", "must not be after the second instant");
  }
  if (request.has_first_known_at() &&
      rpc::TimeFrom(request.first_known_at()) > or_now(view.has_known_at(), view.known_at())) {
    v.Custom("first_known_at", "must not be after view.known_at");
  }
}

}  // namespace

void Check(const v1::SummarizePipelineRequest& request, Validation& v) { CheckReport(request, v); }

void Check(const v1::QueryFunnelRequest& request, Validation& v) {
  CheckReport(request, v);
  v.Number("horizon_days", request.horizon_days(), 0, kLongest);
  CheckDays("outcome_days", request.outcome_days(), v);
}

void Check(const v1::QueryTimeInStageRequest& request, Validation& v) {
  CheckReport(request, v);
  CheckDays("curve_days", request.curve_days(), v);
}

void Check(const v1::QueryWinRateRequest& request, Validation& v) { CheckReport(request, v); }

void Check(const v1::QueryFlowRequest& request, Validation& v) { CheckReport(request, v); }
void Check(const v1::QuerySalesVelocityRequest& request, Validation& v) { CheckReport(request, v); }
void Check(const v1::QueryForecastRequest& request, Validation& v) { CheckReport(request, v); }

void Check(const v1::CompareForecastsRequest& request, Validation& v) {
  CheckView(request.view(), v);
  CheckScope(request.scope(), v);
  const size_t before = v.violations().size();
  v.TimestampField("first_as_of", request.has_first_as_of(), request.first_as_of(), kRequired);
  rpc::CheckInstant("first_known_at", request.has_first_known_at(), request.first_known_at(), v);
  if (request.has_first_known_at() && request.view().clock() == v1::REPORT_CLOCK_RECORDED) {
    v.Custom("first_known_at", "must be absent with clock RECORDED");
  }
  if (v.violations().size() == before) CheckOrder(request, v);
  if (request.has_period()) rpc::CheckReportDays(request.period(), v);
  if (request.has_rates()) CheckRates(request.rates(), v);
  v.Number("most_things", request.most_things(), 0, kMostThings);
}

void Check(const v1::ListAtRiskRequest& request, Validation& v) {
  CheckReport(request, v);
  v.Number("silent_days", request.silent_days(), 0, kLongest);
  v.PageSize("most_things", request.most_things());
}

void Check(const v1::GetTimelineRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
}

}  // namespace crm::opportunity
