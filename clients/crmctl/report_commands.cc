#include "clients/crmctl/report/report_tables.h"
#include "clients/crmctl/report_options.h"

namespace crm::crmctl {

namespace v1 = opportunity::v1;

void AddPipelineSummary(CLI::App* group, Session* session) {
  AddReportOf<v1::SummarizePipelineRequest>(group, session, "summary",
                                            "what was open at an instant, and what it was worth",
                                            PipelineTable);
}

void AddReportCommands(CLI::App* app, Session* session) {
  AddReportOf<v1::QueryFunnelRequest>(
      app, session, "funnel", "how far the opportunities opened in a period came", FunnelTable);
  AddReportOf<v1::QueryTimeInStageRequest>(
      app, session, "stage-times", "how long opportunities stay in their stages", StageTimeTable);
  AddReportOf<v1::QueryWinRateRequest>(
      app, session, "win-rate", "what was won and lost of what was closed in a period", WinTable);
  AddForecastCommands(app, session);
  AddReportPage(app, session);
}

}  // namespace crm::crmctl
