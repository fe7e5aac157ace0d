#include "services/opportunity/rpc/report_checks.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/money.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/record_checks.h"
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
constexpr size_t kMostGroups = 3;
constexpr size_t kMostPoints = 100;
constexpr int kLongest = 3650;
constexpr int kMostThings = 1000;
constexpr size_t kZoneLimit = 64;
constexpr size_t kAttributeKeyLimit = 63;

template <class Timestamp>
void CheckInstant(absl::string_view path, bool present, const Timestamp& time, Validation& v) {
  const size_t before = v.violations().size();
  v.TimestampField(path, present, time, kOptional);
  if (present && v.violations().size() == before && rpc::TimeFrom(time) > v.now()) {
    v.Custom(path, "must not be in the future");
  }
}

void CheckView(const v1::ReportView& view, Validation& v) {
  v.Enum("view.clock", view.clock(), v1::ReportClock_IsValid(view.clock()), kOptional);
  CheckInstant("view.as_of", view.has_as_of(), view.as_of(), v);
  CheckInstant("view.known_at", view.has_known_at(), view.known_at(), v);
  if (view.has_known_at() && view.clock() == v1::REPORT_CLOCK_RECORDED) {
    v.Custom("view.known_at", "must be absent with clock RECORDED");
  }
  const size_t before = v.violations().size();
  v.Text("view.time_zone", view.time_zone(), {.max = kZoneLimit});
  if (v.violations().size() == before && !TimeZoneOf(view.time_zone())) {
    v.Custom("view.time_zone", "must be the name of a time zone, e.g. \"Europe/Berlin\"");
  }
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
}

void CheckGroups(const v1::ReportGroups& groups, Validation& v) {
  v.Count("groups.by", groups.by_size(), kMostGroups);
  std::set<int> seen;
  bool by_attribute = false;
  for (int i = 0; i < groups.by_size(); ++i) {
    const std::string path = absl::StrCat("groups.by[", i, "]");
    v.Enum(path, groups.by(i), v1::ReportGrouping_IsValid(groups.by(i)), kRequired);
    if (!seen.insert(groups.by(i)).second) v.Custom(path, "must not be named twice");
    by_attribute |= groups.by(i) == v1::REPORT_GROUPING_ATTRIBUTE;
  }
  v.Text("groups.attribute", groups.attribute(),
         {0, kAttributeKeyLimit, by_attribute ? kRequired : kOptional});
}

void CheckDaysOf(const v1::ReportPeriod& period, Validation& v) {
  const size_t before = v.violations().size();
  v.DateField("period.start", period.has_start(), period.start(), kRequired);
  v.DateField("period.end", period.has_end(), period.end(), kRequired);
  if (v.violations().size() == before &&
      rpc::DayFrom(period.end()) <= rpc::DayFrom(period.start())) {
    v.Custom("period.end", "must be later than the start");
  }
}

void CheckPeriod(bool present, const v1::ReportPeriod& period, Validation& v) {
  v.Present("period", present);
  if (present) CheckDaysOf(period, v);
}

template <class Days>
void CheckDays(absl::string_view path, const Days& days, Validation& v) {
  v.Count(path, days.size(), kMostPoints);
  int last = -1;
  for (int i = 0; i < days.size(); ++i) {
    const std::string item = absl::StrCat(path, "[", i, "]");
    v.Number(item, days.Get(i), 0, kLongest);
    if (days.Get(i) <= last) v.Custom(item, "must be greater than the one before");
    last = days.Get(i);
  }
}

// What all reports are asked.
template <class Req>
void CheckReport(const Req& request, Validation& v) {
  CheckView(request.view(), v);
  CheckScope(request.scope(), v);
  if constexpr (requires { request.groups(); }) CheckGroups(request.groups(), v);
  if constexpr (requires { request.period(); }) {
    CheckPeriod(request.has_period(), request.period(), v);
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
  CheckInstant("first_known_at", request.has_first_known_at(), request.first_known_at(), v);
  if (request.has_first_known_at() && request.view().clock() == v1::REPORT_CLOCK_RECORDED) {
    v.Custom("first_known_at", "must be absent with clock RECORDED");
  }
  if (v.violations().size() == before) CheckOrder(request, v);
  if (request.has_period()) CheckDaysOf(request.period(), v);
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
