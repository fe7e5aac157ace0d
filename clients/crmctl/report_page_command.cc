#include <cstdio>
#include <fstream>
#include <memory>

#include "clients/crmctl/page/sales_page.h"
#include "clients/crmctl/report_options.h"
#include "common/rpc/proto_values.h"

namespace crm::crmctl {
namespace {

namespace v1 = opportunity::v1;

constexpr int kMostAtRisk = 1000;

struct PageOptions : ReportOptions {
  std::string html;
  int most_at_risk = 25;
};

SalesQuestion QuestionOf(const PageOptions& options, Arguments& arguments) {
  SalesQuestion question;
  const auto funnel = options.RequestFor<v1::QueryFunnelRequest>(arguments);
  question.view = funnel.view();
  question.scope = funnel.scope();
  question.period = funnel.period();
  ReportOptions ahead = options;
  ahead.ahead = true;
  ahead.from.clear();
  ahead.until.clear();
  Arguments told;  // of what was said already
  question.forecast_period = ahead.RequestFor<v1::QueryForecastRequest>(told).period();
  question.most_at_risk = options.most_at_risk;
  return question;
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  if (path == "-") {
    std::fputs(text.c_str(), stdout);
    return absl::OkStatus();
  }
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return absl::OkStatus();
  return Usage(absl::InvalidArgumentError(absl::StrCat("Cannot write ", path, ".")));
}

// Each table below the title of its figure.
void PrintPage(const Page& page, size_t width) {
  for (const Section& section : page.sections) {
    for (const Figure& figure : section.figures) {
      std::printf("%s%s%s\n", Coloured() ? "\033[1m" : "", figure.title.c_str(),
                  Coloured() ? "\033[0m" : "");
      std::fputs(figure.table.rows.empty() ? "nothing\n"
                                           : RenderTable(figure.table, width, Coloured()).c_str(),
                 stdout);
      std::fputs("\n", stdout);
    }
  }
}

absl::Status Run(const Session& session, const PageOptions& options) {
  Arguments arguments;
  const SalesQuestion question = QuestionOf(options, arguments);
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const SalesFigures figures, AskForSales(client, question));
  if (session.settings.json()) std::fputs(JsonOf(figures).c_str(), stdout);
  Page page = SalesPage(figures);
  if (options.html.empty()) {
    if (!session.settings.json()) PrintPage(page, kTerminalWidth);
    return absl::OkStatus();
  }
  page.json = JsonOf(figures);
  return WriteFile(options.html, RenderPage(page));
}

}  // namespace

void AddReportPage(CLI::App* app, Session* session) {
  auto o = std::make_shared<PageOptions>();
  CLI::App* const command =
      AddCommand(app, "report", "all reports of sales at once: a page with pictures, or tables",
                 session, [=] { return Run(*session, *o); });
  command->add_option("--html", o->html,
                      "write one page that needs no network and no scripts to this file; - for "
                      "standard output");
  command->add_option("--most-at-risk", o->most_at_risk, "list at most so many at risk")
      ->check(CLI::Range(1, kMostAtRisk))
      ->capture_default_str();
  o->AddTo(command);
  o->AddPeriodTo(command);
}

}  // namespace crm::crmctl
