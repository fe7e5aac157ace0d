#pragma once

#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <absl/time/civil_time.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/report/report_table.h"
#include "common/rpc/proto_values.h"
#include "crm/opportunity/v1/report_service.pb.h"

namespace crm::crmctl {

// What every report command can be told: from where to look, by what to group, of which days, and
// of what in part. On the message type: reports of leads and of opportunities have their own.
struct CommonReportOptions {
  std::string clock, as_of, known_at, time_zone;
  std::vector<std::string> owners, attributes, by;
  std::string from, until;
  int fiscal_year_start = 0;
  bool ahead = false;  // the default period is the year that begins with the present month

  // From where to look, and "--owner" and "--attribute".
  void AddCommonTo(CLI::App* command);
  // "--from" and "--until", where the report has a period.
  void AddPeriodTo(CLI::App* command);
  // The titles of the columns of a row's keys.
  std::vector<std::string> KeyTitles() const;

 protected:
  template <class View>
  void SetView(Arguments& arguments, View& view) const {
    view.set_clock(arguments.Word<decltype(view.clock())>("--clock", clock));
    arguments.SetTime("--as-of", as_of, [&] { return view.mutable_as_of(); });
    arguments.SetTime("--known-at", known_at, [&] { return view.mutable_known_at(); });
    view.set_time_zone(time_zone);
    view.set_fiscal_year_start_month(fiscal_year_start);
  }

  template <class Scope>
  void SetOwnersAndAttributes(Arguments& arguments, Scope& scope) const {
    scope.mutable_owners()->Assign(owners.begin(), owners.end());
    for (const std::string& attribute : attributes) {
      const std::pair<std::string, std::string> parts =
          absl::StrSplit(attribute, absl::MaxSplits('=', 1));
      if (parts.first.empty()) arguments.Problem("--attribute", "must be key=value");
      (*scope.mutable_attributes())[parts.first] = parts.second;
    }
  }

  template <class Groups>
  void SetGroups(Arguments& arguments, Groups& groups) const {
    using Grouping = decltype(groups.by(0));
    for (const std::string& word : by) {
      absl::string_view rest = word;
      const bool attribute = absl::ConsumePrefix(&rest, kAttributeWord);
      if (attribute) groups.set_attribute(std::string(rest));
      groups.add_by(arguments.Word<Grouping>("--by", attribute ? "attribute" : word));
    }
  }

  // Default: the year up to and with the day of the instant.
  template <class Period>
  void SetPeriod(Arguments& arguments, Period& period) const {
    const auto [start, end] = DefaultPeriod();
    rpc::SetDay(start, period.mutable_start());
    rpc::SetDay(end, period.mutable_end());
    arguments.SetDate("--from", from, [&] { return period.mutable_start(); });
    arguments.SetDate("--until", until, [&] { return period.mutable_end(); });
  }

 private:
  static constexpr char kAttributeWord[] = "attribute:";

  std::pair<absl::CivilDay, absl::CivilDay> DefaultPeriod() const;
};

// What those of opportunities can be told.
struct ReportOptions : CommonReportOptions {
  std::string pipeline, currency, rates;
  std::vector<std::string> lead_sources;

  void AddTo(CLI::App* command);
  // "--by", where the report has groups.
  void AddGroupsTo(CLI::App* command);
  // "--rates", where the report tells amounts.
  void AddRatesTo(CLI::App* command);

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

 private:
  void SetScope(Arguments& arguments, opportunity::v1::ReportScope& scope) const;
  void SetRates(Arguments& arguments, opportunity::v1::RateTable& table) const;
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
template <class Request, class Options = ReportOptions, class MakeTable>
CLI::App* AddReportOf(CLI::App* group, Session* session, const char* name, const char* help,
                      MakeTable make) {
  auto options = std::make_shared<Options>();
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
