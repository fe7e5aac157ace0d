#include "tests/bench/report_scenarios.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <absl/time/clock.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "clients/cpp/methods.h"
#include "common/rpc/proto_values.h"
#include "crm/lead/v1/report_service.pb.h"
#include "crm/opportunity/v1/report_service.pb.h"
#include "tests/bench/jobs.h"

namespace crm::bench {
namespace {

namespace v1 = opportunity::v1;

// What calls beside reports ask for, as a share of what the machine can do: on two cores that are
// both busy whatever else runs takes its share.
constexpr double kBesideShare = 0.25;

constexpr int64_t kCalled =
    20'000;  // opportunities of their own, which stand in no report of a month

// Runs tests/bench/`name` for so many things, then vacuums the tables.
void MakeHistory(Field& field, const std::string& name, const std::vector<const char*>& tables) {
  const char* const source = std::getenv("CRM_SOURCE_DIR");
  std::ifstream file(absl::StrCat(source == nullptr ? "." : source, "/tests/bench/", name));
  const std::string sql{std::istreambuf_iterator<char>(file), {}};
  if (sql.empty()) {
    std::fprintf(stderr, "tests/bench/%s is not there\n", name.c_str());
    std::abort();
  }
  field.Sql(absl::StrReplaceAll(sql, {{":rows", absl::StrCat(field.settings().many_rows)}}));
  for (const char* table : tables) field.Sql(absl::StrCat("VACUUM ANALYZE ", table));
  // What is written to disk of it meanwhile would hold up whoever commits.
  field.Sql("CHECKPOINT");
}

// Seconds until the answer; aborts on an error.
template <class Request>
double Ask(Field& field, const Request& request) {
  auto calls = field.Client();
  const absl::Time start = absl::Now();
  bool answered = false;
  calls->Start(request, [&](absl::StatusOr<client::ResponseOf<Request>> response) {
    if (!response.ok()) {
      std::fprintf(stderr, "%s\n", response.status().ToString().c_str());
      std::abort();
    }
    answered = true;
  });
  while (!answered) calls->Poll(absl::Now() + absl::Milliseconds(100));
  return absl::ToDoubleSeconds(absl::Now() - start);
}

template <class Request>
void Time(Field& field, Report& report, const char* name, const char* target,
          const Request& request) {
  const std::unique_ptr<CpuMeter> meter = field.Meter();
  std::vector<double> seconds;
  for (int i = 0; i < field.settings().rounds; ++i) seconds.push_back(Ask(field, request));
  Finding finding{.scenario = name, .unit = "s", .value = Median(seconds), .target = target};
  for (const auto& [process, used] : meter->Stop()) {
    finding.cpu_micros[process] = used * 1e6 / field.settings().rounds;
  }
  report.Add(std::move(finding));
}

// The whole month before the one before this.
absl::CivilMonth Month() {
  return absl::CivilMonth(absl::ToCivilDay(absl::Now(), absl::UTCTimeZone())) - 2;
}

template <class Request>
Request Of(absl::CivilDay start, absl::CivilDay end) {
  Request request;
  rpc::SetDay(start, request.mutable_period()->mutable_start());
  rpc::SetDay(end, request.mutable_period()->mutable_end());
  return request;
}

template <class Request>
Request OfMonth() {
  return Of<Request>(absl::CivilDay(Month()), absl::CivilDay(Month() + 1));
}

// The month a year and a half ago.
template <class Request>
Request OfOldMonth() {
  return Of<Request>(absl::CivilDay(Month() - 16), absl::CivilDay(Month() - 15));
}

template <class Request>
Request OfAll() {
  return Of<Request>(absl::CivilDay(2000, 1, 1), absl::CivilDay(2100, 1, 1));
}

v1::SummarizePipelineRequest PipelineAt(absl::Duration ago) {
  v1::SummarizePipelineRequest request;
  request.mutable_groups()->add_by(v1::REPORT_GROUPING_STAGE);
  if (ago > absl::ZeroDuration()) {
    rpc::SetTime(absl::Now() - ago, request.mutable_view()->mutable_as_of());
  }
  return request;
}

v1::CompareForecastsRequest SinceAWeekAgo() {
  auto request = OfMonth<v1::CompareForecastsRequest>();
  rpc::SetTime(absl::Now() - absl::Hours(24 * 7), request.mutable_first_as_of());
  return request;
}

// Asks for one report after the other until it goes.
class Reporter {
 public:
  explicit Reporter(Field& field)
      : thread_([this, &field] {
          while (!done_) Ask(field, OfMonth<v1::QueryWinRateRequest>());
        }) {}
  ~Reporter() {
    done_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

// `job` at a quarter of what the machine can do, alone and beside reports, in turn.
void Beside(Field& field, Report& report, const char* name, const Job& job) {
  const absl::Duration duration = absl::Seconds(field.settings().seconds);
  const double rate =
      kBesideShare *
      ClosedLoop(*field.Client(), job, field.settings().in_flight, duration).PerSecond();
  std::vector<double> alone, beside, alone_p99, beside_p99;
  for (int i = 0; i < field.settings().rounds; ++i) {
    const LoadResult before = OpenLoop(*field.Client(), job, rate, duration);
    const Reporter reporter(field);
    const LoadResult load = OpenLoop(*field.Client(), job, rate, duration);
    alone.push_back(before.PerSecond());
    beside.push_back(load.PerSecond());
    alone_p99.push_back(Quantile(before.millis, 0.99));
    beside_p99.push_back(Quantile(load.millis, 0.99));
  }
  report.Add(
      {.scenario = absl::StrCat(name, " beside reports, a quarter of its capacity asked for"),
       .unit = "/s",
       .value = Median(beside),
       .against = "alone",
       .baseline = Median(alone),
       .target = "≥ 0.9",
       .p99 = Median(beside_p99),
       .remark = absl::StrCat("p99 alone ", Median(alone_p99), " ms")});
}

}  // namespace

void Reports(Field& others) {
  Field field(others.settings());
  Report& report = others.report();
  MakeHistory(
      field, "report_history.sql",
      {"opportunity", "open_opportunity", "closed_opportunity", "stage_history", "revision"});
  Time(field, report, "QueryFunnel, all of the history", "≤ 5", OfAll<v1::QueryFunnelRequest>());
  Time(field, report, "QueryFunnel, a month", "≤ 1", OfMonth<v1::QueryFunnelRequest>());
  Time(field, report, "QueryWinRate, a month", "≤ 1", OfMonth<v1::QueryWinRateRequest>());
  Time(field, report, "QueryTimeInStage, a month", "≤ 1", OfMonth<v1::QueryTimeInStageRequest>());
  Time(field, report, "QueryFlow, a month", "≤ 1", OfMonth<v1::QueryFlowRequest>());
  Time(field, report, "QuerySalesVelocity, a month", "≤ 1",
       OfMonth<v1::QuerySalesVelocityRequest>());
  Time(field, report, "QueryForecast, a month", "≤ 1", OfMonth<v1::QueryForecastRequest>());
  Time(field, report, "CompareForecasts, a month, since a week ago", "≤ 1", SinceAWeekAgo());
  Time(field, report, "ListAtRisk", "≤ 5", v1::ListAtRiskRequest());
  Time(field, report, "SummarizePipeline, now", "≤ 2", PipelineAt(absl::ZeroDuration()));
  Time(field, report, "SummarizePipeline, a month ago", "≤ 2", PipelineAt(absl::Hours(24 * 30)));
  Time(field, report, "SummarizePipeline, a year and a half ago", "≤ 2",
       PipelineAt(absl::Hours(24 * 548)));
  field.Seed(kCalled);
  Beside(field, report, "GetOpportunity", GetSeeded(kCalled));
  Beside(field, report, "MoveOpportunity", MoveSeeded(0, kCalled));
}

void LeadReports(Field& others) {
  Field field(others.settings());
  Report& report = others.report();
  MakeHistory(
      field, "lead_history.sql",
      {"crm_lead.lead", "crm_lead.stage_history", "crm_lead.revision", "crm_lead.sale_change"});
  const auto ask = [&]<class Request>(const std::string& name, Request) {
    Time(field, report, (name + ", a month").c_str(), "≤ 1", OfMonth<Request>());
    Time(field, report, (name + ", a month of long ago").c_str(), "≤ 1", OfOldMonth<Request>());
    Time(field, report, (name + ", everything").c_str(), "≤ 5", OfAll<Request>());
  };
  ask("QueryLeadFunnel", lead::v1::QueryLeadFunnelRequest());
  ask("QueryResponseTime", lead::v1::QueryResponseTimeRequest());
  ask("QueryQualification", lead::v1::QueryQualificationRequest());
  ask("QueryConversion", lead::v1::QueryConversionRequest());
  auto by_owner = OfMonth<lead::v1::QueryResponseTimeRequest>();
  by_owner.mutable_groups()->add_by(lead::v1::REPORT_GROUPING_OWNER);
  Time(field, report, "QueryResponseTime by owner, a month", "≤ 1", by_owner);
  auto known_then = OfMonth<lead::v1::QueryLeadFunnelRequest>();
  known_then.mutable_view()->set_clock(lead::v1::REPORT_CLOCK_RECORDED);
  Time(field, report, "QueryLeadFunnel as recorded, a month", "≤ 1", known_then);
}

}  // namespace crm::bench
