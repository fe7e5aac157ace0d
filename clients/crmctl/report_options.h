#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/report/report_table.h"
#include "crm/opportunity/v1/report_service.pb.h"

namespace crm::crmctl {

// What every report command can be told: from where to look, of what, by what to group.
struct ReportOptions {
  std::string clock, as_of, known_at, time_zone;
  std::string pipeline, currency, rates;
  std::vector<std::string> owners, attributes, lead_sources, by;
  std::string from, until;
  int fiscal_year_start = 0;
  bool ahead = false;  // the default period is the year that begins with the present month

  void AddTo(CLI::App* command);
  // "--by", where the report has groups.
  void AddGroupsTo(CLI::App* command);
  // "--rates", where the report tells amounts.
  void AddRatesTo(CLI::App* command);
  // "--from" and "--until", where the report has a period.
  void AddPeriodTo(CLI::App* command);

  template <class Request>
  Request RequestFor(Arguments& arguments) const {
    Request request;
    SetView(arguments, *request.mutable_view());
    SetScope(arguments, *request.mutable_scope());
    if constexpr (requires { request.mutable_groups(); }) {
      SetGroups(arguments, *request.mutable_groups());
    }
    if constexpr (requires { request.mutable_period(); }) {
      SetPeriod(arguments, *request.mutable_period());
    }
    if constexpr (requires { request.mutable_rates(); }) {
      if (!rates.empty()) SetRates(arguments, *request.mutable_rates());
    }
    return request;
  }

  // The titles of the columns of a row's keys.
  std::vector<std::string> KeyTitles() const;

 private:
  void SetView(Arguments& arguments, opportunity::v1::ReportView& view) const;
  void SetScope(Arguments& arguments, opportunity::v1::ReportScope& scope) const;
  void SetGroups(Arguments& arguments, opportunity::v1::ReportGroups& groups) const;
  void SetRates(Arguments& arguments, opportunity::v1::RateTable& table) const;
  // Default: the year up to and with the day of the instant.
  void SetPeriod(Arguments& arguments, opportunity::v1::ReportPeriod& period) const;
};

// Columns that tables of reports keep to.
inline constexpr size_t kTerminalWidth = 80;

// Adds a report command, which takes --output csv too.
CLI::App* AddReport(CLI::App* group, const std::string& name, const std::string& help,
                    Session* session, std::function<absl::Status()> action);

// Prints as the session asks: the whole answer as JSON, or the table as text or CSV.
void PrintReport(const Session& session, const google::protobuf::Message& answer,
                 const ReportTable& table);

// Asks, makes a table of the answer by `table_of` and prints.
template <class Request, class MakeTable>
absl::Status RunReport(const Session& session, const Arguments& arguments, const Request& request,
                       const MakeTable& table_of) {
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const auto answer, client.Call(request));
  PrintReport(session, answer, table_of(answer));
  return absl::OkStatus();
}

// Adds the command of a report; `make` makes a table of its answer and the titles of its keys.
template <class Request, class MakeTable>
CLI::App* AddReportOf(CLI::App* group, Session* session, const char* name, const char* help,
                      MakeTable make) {
  auto options = std::make_shared<ReportOptions>();
  options->ahead = std::is_same_v<Request, opportunity::v1::QueryForecastRequest>;
  CLI::App* const command = AddReport(group, name, help, session, [=] {
    Arguments arguments;
    const auto request = options->template RequestFor<Request>(arguments);
    return RunReport(*session, arguments, request,
                     [&](const auto& answer) { return make(answer, options->KeyTitles()); });
  });
  options->AddTo(command);
  if constexpr (requires(Request request) { request.mutable_groups(); }) {
    options->AddGroupsTo(command);
  }
  if constexpr (requires(Request request) { request.mutable_rates(); }) {
    options->AddRatesTo(command);
  }
  if constexpr (requires(Request request) { request.mutable_period(); }) {
    options->AddPeriodTo(command);
  }
  return command;
}

}  // namespace crm::crmctl
