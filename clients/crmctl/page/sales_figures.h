#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>

#include "clients/crmctl/page/asked.h"
#include "clients/crmctl/page/lead_figures.h"
#include "crm/opportunity/v1/report_service.pb.h"

namespace crm::crmctl {

// What a page of sales shows: reports that all look from the same instant, of the same scope.
struct SalesFigures {
  Asked<opportunity::v1::SummarizePipelineRequest> open_by_stage;
  Asked<opportunity::v1::QueryForecastRequest> forecast;
  // Since the instant's month began; of the forecast's period.
  Asked<opportunity::v1::CompareForecastsRequest> forecast_change;
  Asked<opportunity::v1::QueryWinRateRequest> wins_by_month;
  Asked<opportunity::v1::QueryWinRateRequest> wins_by_owner;
  Asked<opportunity::v1::QueryWinRateRequest> wins_by_stage;
  Asked<opportunity::v1::QueryFunnelRequest> funnel;
  Asked<opportunity::v1::QueryTimeInStageRequest> stage_times;
  Asked<opportunity::v1::QueryFlowRequest> flow;
  Asked<opportunity::v1::QuerySalesVelocityRequest> velocity;
  Asked<opportunity::v1::ListAtRiskRequest> at_risk;

  std::optional<LeadFigures> leads;  // nothing where there is no lead service that tells them

  // `visit(asked)` for each but the leads', in this order.
  template <class Self, class Visit>
  static void ForEach(Self& self, Visit visit) {
    visit(self.open_by_stage);
    visit(self.forecast);
    visit(self.forecast_change);
    visit(self.wins_by_month);
    visit(self.wins_by_owner);
    visit(self.wins_by_stage);
    visit(self.funnel);
    visit(self.stage_times);
    visit(self.flow);
    visit(self.velocity);
    visit(self.at_risk);
  }
};

// What is asked of all reports.
struct SalesQuestion {
  opportunity::v1::ReportView view;
  opportunity::v1::ReportScope scope;
  opportunity::v1::ReportPeriod period;  // of what was opened, moved and closed
  opportunity::v1::ReportPeriod forecast_period;
  int most_at_risk = 25;
};

// Asks one report after the other, all of the instant that the first one was answered for. Blocks.
// A lead service that has no address, or knows no reports, is done without. Errors: those of the
// calls; INVALID_ARGUMENT for a time zone that is not known here.
absl::StatusOr<SalesFigures> AskForSales(const client::Client& client,
                                         const SalesQuestion& question);

// All questions and answers as one document: {"questions": […]} as QuestionsAsJson has them.
std::string JsonOf(const SalesFigures& figures);

}  // namespace crm::crmctl
