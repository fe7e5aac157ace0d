#include <memory>

#include "clients/crmctl/report/report_tables.h"
#include "clients/crmctl/report_options.h"

namespace crm::crmctl {
namespace {

namespace v1 = opportunity::v1;

struct ComparisonOptions : ReportOptions {
  std::string since, since_known_at;
  int things = 0;
  bool gross = false;
};

void AddComparison(CLI::App* group, Session* session) {
  auto o = std::make_shared<ComparisonOptions>();
  CLI::App* const command = AddReport(
      group, "compare-forecasts", "why the forecast is another sum than it was", session, [=] {
        Arguments arguments;
        auto request = o->RequestFor<v1::CompareForecastsRequest>(arguments);
        if (o->from.empty() && o->until.empty()) request.clear_period();
        arguments.SetTime("--since", o->since, [&] { return request.mutable_first_as_of(); });
        arguments.SetTime("--since-known-at", o->since_known_at,
                          [&] { return request.mutable_first_known_at(); });
        request.set_most_things(o->things);
        return RunReport(*session, arguments, request,
                         [&](const auto& answer) { return ComparisonTable(answer, o->gross); });
      });
  o->AddTo(command);
  o->AddPeriodTo(command);
  o->AddRatesTo(command);
  command->add_option("--since", o->since, "the first instant")->required();
  command->add_option("--since-known-at", o->since_known_at,
                      "of the first instant leave out what was recorded later");
  command->add_option("--things", o->things, "with JSON: list so many things behind each part");
  command->add_flag("--gross", o->gross, "every change, not the ends alone");
}

}  // namespace

void AddForecastCommands(CLI::App* app, Session* session) {
  AddReportOf<v1::QueryForecastRequest>(
      app, session, "forecast", "what is expected and won, by month and category", ForecastTable);
  AddReportOf<v1::QuerySalesVelocityRequest>(
      app, session, "velocity", "how much is won in a day, and by which factors", VelocityTable);
  AddReportOf<v1::QueryFlowRequest>(app, session, "flow",
                                    "which moves there were from stage to stage", FlowTable);
  AddReportOf<v1::ListAtRiskRequest>(app, session, "at-risk",
                                     "open opportunities that need looking after", RiskTable);
  AddComparison(app, session);
}

}  // namespace crm::crmctl
