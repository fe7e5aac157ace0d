#pragma once

#include <string>
#include <vector>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/report/report_table.h"
#include "crm/opportunity/v1/report_service.pb.h"

namespace crm::crmctl {

// What every report command can be told: from where to look, of what, by what to group.
struct ReportOptions {
  std::string clock, as_of, known_at, time_zone;
  std::string pipeline, currency;
  std::vector<std::string> owners, attributes, by;
  std::string from, until;

  void AddTo(CLI::App* command);
  // "--from" and "--until", where the report has a period.
  void AddPeriodTo(CLI::App* command);

  template <class Request>
  Request RequestFor(Arguments& arguments) const {
    Request request;
    SetView(arguments, *request.mutable_view());
    SetScope(arguments, *request.mutable_scope());
    SetGroups(arguments, *request.mutable_groups());
    if constexpr (requires { request.mutable_period(); }) {
      SetPeriod(arguments, *request.mutable_period());
    }
    return request;
  }

  // The titles of the columns of a row's keys.
  std::vector<std::string> KeyTitles() const;

 private:
  void SetView(Arguments& arguments, opportunity::v1::ReportView& view) const;
  void SetScope(Arguments& arguments, opportunity::v1::ReportScope& scope) const;
  void SetGroups(Arguments& arguments, opportunity::v1::ReportGroups& groups) const;
  // Default: the year up to and with the day of the instant.
  void SetPeriod(Arguments& arguments, opportunity::v1::ReportPeriod& period) const;
};

// Adds a report command, which takes --output csv too.
CLI::App* AddReport(CLI::App* group, const std::string& name, const std::string& help,
                    Session* session, std::function<absl::Status()> action);

// Prints as the session asks: the whole answer as JSON, or the table as text or CSV.
void PrintReport(const Session& session, const google::protobuf::Message& answer,
                 const ReportTable& table);

// "1054.50 USD, 10 EUR".
std::string SumsText(const google::protobuf::RepeatedPtrField<opportunity::v1::ReportSum>& sums,
                     bool weighted);

}  // namespace crm::crmctl
