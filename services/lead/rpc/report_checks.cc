#include "services/lead/rpc/report_checks.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/rpc/record_checks.h"
#include "common/rpc/report_requests.h"
#include "common/rpc/request_checks.h"

namespace crm::lead {
namespace {

constexpr size_t kMostOfScope = 100;
constexpr size_t kMostSources = 9;
constexpr size_t kMostStates = 6;
constexpr int kMinutesOfYear = 365 * 24 * 60;

template <class Texts>
void CheckTexts(absl::string_view path, const Texts& texts, size_t limit, rpc::Validation& v) {
  v.Count(path, texts.size(), kMostOfScope);
  for (int i = 0; i < texts.size(); ++i) {
    v.Text(absl::StrCat(path, "[", i, "]"), texts.Get(i), {1, limit, rpc::kRequired});
  }
}

void CheckScope(const v1::ReportScope& scope, rpc::Validation& v) {
  CheckTexts("scope.owners", scope.owners(), rpc::kIdLimit, v);
  v.Count("scope.sources", scope.sources_size(), kMostSources);
  for (int i = 0; i < scope.sources_size(); ++i) {
    v.Enum(absl::StrCat("scope.sources[", i, "]"), scope.sources(i),
           type::v1::LeadSource_IsValid(scope.sources(i)), rpc::kOptional);
  }
  CheckTexts("scope.source_details", scope.source_details(), rpc::kNameLimit, v);
  v.Count("scope.states", scope.states_size(), kMostStates);
  for (int i = 0; i < scope.states_size(); ++i) {
    v.Enum(absl::StrCat("scope.states[", i, "]"), scope.states(i),
           v1::LeadState_IsValid(scope.states(i)), rpc::kRequired);
  }
  rpc::CheckAttributes("scope.attributes", scope.attributes(), v);
}

// What all reports are asked.
template <class Req>
void CheckReport(const Req& request, rpc::Validation& v) {
  rpc::CheckReportView(request.view(), v1::REPORT_CLOCK_RECORDED, v);
  CheckScope(request.scope(), v);
  rpc::CheckReportGroups(request.groups(), v1::REPORT_GROUPING_ATTRIBUTE, v);
  rpc::CheckReportPeriod(request.has_period(), request.period(), v);
}

}  // namespace

void Check(const v1::QueryLeadFunnelRequest& request, rpc::Validation& v) {
  CheckReport(request, v);
  v.Number("horizon_days", request.horizon_days(), 0, rpc::kLongestReportDays);
}

void Check(const v1::QueryResponseTimeRequest& request, rpc::Validation& v) {
  CheckReport(request, v);
  rpc::CheckReportPoints("within_minutes", request.within_minutes(), 1, kMinutesOfYear, v);
}

void Check(const v1::QueryQualificationRequest& request, rpc::Validation& v) {
  CheckReport(request, v);
}

void Check(const v1::QueryConversionRequest& request, rpc::Validation& v) {
  CheckReport(request, v);
  rpc::CheckReportPoints("within_days", request.within_days(), 0, rpc::kLongestReportDays, v);
}

}  // namespace crm::lead
