#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/rpc/proto_values.h"
#include "services/opportunity/rpc/forecast_proto.h"
#include "services/opportunity/rpc/report_handlers.h"

namespace crm::opportunity {
namespace {

// From where the comparison looks first.
Viewpoint FirstOf(const v1::CompareForecastsRequest& request, const Viewpoint& second) {
  Viewpoint first = second;
  first.at = rpc::TimeFrom(request.first_as_of());
  if (request.has_first_known_at()) first.known_at = rpc::TimeFrom(request.first_known_at());
  if (first.clock == ReportClock::kRecorded) first.known_at = first.at;
  return first;
}

}  // namespace

absl::Status QueryForecast(const ReportPorts& ports, const rpc::CallContext& context,
                           const v1::QueryForecastRequest& request,
                           v1::QueryForecastResponse& response) {
  ReportRun run(ports, context, request);
  run.needs().changes = DealNeeds::Changes::kAll;
  run.needs().changed_in = run.ChangesInPeriod(ChangedIn::Kind::kWon);
  run.needs().or_open_since = run.Viewed();
  run.needs().due = DueIn{.period = run.query().period,
                          .before = run.query().DayOf(run.query().view.at),
                          .undated = true};
  run.needs().open_by_facts = true;
  run.NeedFacts(false);
  ForecastReport report(run.query());
  CRM_RETURN_IF_ERROR(run.Go(*response.mutable_basis(), OnAnyGround,
                             [&](SeenDeal&& deal) { report.Add(std::move(deal)); }));
  for (const auto& [key, months] : report.rows().rows()) {
    for (const auto& row : months) {
      v1::ForecastRow& message = *response.add_rows();
      SetReportKey(key, message);
      ToProto(row, run.query().rates, message);
    }
  }
  return absl::OkStatus();
}

absl::Status CompareForecasts(const ReportPorts& ports, const rpc::CallContext& context,
                              const v1::CompareForecastsRequest& request,
                              v1::CompareForecastsResponse& response) {
  ReportRun run(ports, context, request);
  const Viewpoint first = FirstOf(request, run.query().view);
  run.needs().changes = DealNeeds::Changes::kAll;
  run.needs().versions_since = std::min(first.at, first.known_at);
  run.needs().open_by_facts = true;
  // What was known of the first instant may have been another opening.
  if (request.has_first_known_at()) run.needs().as_known_now = false;
  if (request.has_period()) {
    // What was won before and what is neither open at the one instant nor at the other is the same.
    run.needs().changed_in = run.ChangesInPeriod(ChangedIn::Kind::kWon);
    run.needs().or_open_since = std::min(run.Viewed(), *run.needs().versions_since);
    // Nor does what is open count whose date lay outside of the period all the time.
    run.needs().due.emplace().period = run.query().period;
  }
  ForecastComparison comparison(first, run.query(), request.has_period(),
                                static_cast<size_t>(request.most_things()));
  CRM_RETURN_IF_ERROR(run.GoThrough(*response.mutable_basis(), OnAnyGround,
                                    [&](const Deal& deal) { return comparison.Add(deal); }));
  ToProto(comparison, run.query().rates, response);
  return absl::OkStatus();
}

}  // namespace crm::opportunity
