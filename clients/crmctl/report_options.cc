#include "clients/crmctl/report_options.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <cstdio>

#include "clients/crmctl/message_file.h"

namespace crm::crmctl {
namespace {

namespace v1 = opportunity::v1;

}  // namespace

void CommonReportOptions::AddCommonTo(CLI::App* command) {
  command->add_option("--as-of", as_of, "the instant to look from; default: now");
  command->add_option("--clock", clock,
                      "effective (what was so, default) or recorded (what was known)");
  command->add_option("--known-at", known_at, "leave out what was recorded later; default: now");
  command->add_option("--time-zone", time_zone, "whose days and months; default: UTC");
  command->add_option("--owner", owners, "of this owner; may be repeated");
  command->add_option("--attribute", attributes, "with key=value; may be repeated");
  command->add_option("--fiscal-year-start", fiscal_year_start,
                      "month with which fiscal years begin, 1 to 12; default: 1");
}

void CommonReportOptions::AddPeriodTo(CLI::App* command) {
  command->add_option("--from", from,
                      ahead ? "first day; default: that of the month of --as-of"
                            : "first day; default: a year ago");
  command->add_option("--until", until,
                      ahead ? "first day after it; default: a year later"
                            : "first day after it; default: the day after --as-of");
}

std::pair<absl::CivilDay, absl::CivilDay> CommonReportOptions::DefaultPeriod() const {
  google::protobuf::Timestamp at;
  rpc::SetTime(absl::Now(), &at);
  Arguments unheard;  // SetView tells
  unheard.SetTime("--as-of", as_of, [&] { return &at; });
  const absl::CivilDay day = absl::ToCivilDay(rpc::TimeFrom(at), absl::UTCTimeZone());
  if (ahead) {
    return {absl::CivilDay(day.year(), day.month(), 1),
            absl::CivilDay(day.year() + 1, day.month(), 1)};
  }
  return {absl::CivilDay(day.year() - 1, day.month(), day.day()), day + 1};
}

std::vector<std::string> CommonReportOptions::KeyTitles() const {
  std::vector<std::string> titles;
  for (const std::string& word : by) {
    titles.push_back(absl::AsciiStrToUpper(absl::StripPrefix(word, kAttributeWord)));
  }
  return titles;
}

void ReportOptions::AddTo(CLI::App* command) {
  AddCommonTo(command);
  command->add_option("--pipeline", pipeline, "pipelines/<id>");
  command->add_option("--currency", currency, "with amounts in this currency");
  command->add_option("--lead-source", lead_sources,
                      Words<type::v1::LeadSource>() + "; may be repeated");
}

void ReportOptions::AddGroupsTo(CLI::App* command) {
  command->add_option("--by", by,
                      "a row for each stage, owner, pipeline, currency, month, quarter, year, "
                      "loss_reason, lead_source or attribute:KEY; may be repeated");
}

void ReportOptions::AddRatesTo(CLI::App* command) {
  command->add_option("--rates", rates,
                      "file with a RateTable (YAML, or JSON by its name): tells amounts in one "
                      "currency too");
}

void ReportOptions::SetScope(Arguments& arguments, v1::ReportScope& scope) const {
  SetOwnersAndAttributes(arguments, scope);
  scope.set_pipeline(arguments.Name(pipeline, "pipelines"));
  scope.set_currency_code(absl::AsciiStrToUpper(currency));
  for (const std::string& word : lead_sources) {
    scope.add_lead_sources(arguments.Word<type::v1::LeadSource>("--lead-source", word));
  }
}

void ReportOptions::SetRates(Arguments& arguments, v1::RateTable& table) const {
  const absl::Status status = ReadMessageFile(rates, &table);
  if (!status.ok()) arguments.Problem("--rates", std::string(status.message()));
}

CLI::App* AddReport(CLI::App* group, const std::string& name, const std::string& help,
                    Session* session, std::function<absl::Status()> action) {
  CLI::App* const command = group->add_subcommand(name, help);
  command->callback([session, action = std::move(action)] {
    session->action = action;
    session->takes_csv = true;
  });
  return command;
}

void PrintReport(const Session& session, const google::protobuf::Message& answer,
                 const ReportTable& table) {
  if (session.settings.json()) {
    std::fputs(JsonOf(answer, true).c_str(), stdout);
  } else if (session.settings.csv()) {
    std::fputs(RenderCsv(table).c_str(), stdout);
  } else {
    std::fputs(RenderTable(table, kTerminalWidth, Coloured()).c_str(), stdout);
  }
}

}  // namespace crm::crmctl
