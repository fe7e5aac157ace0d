// Reports of leads.

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include "clients/crmctl/message_fields.h"
#include "clients/crmctl/report/report_tables.h"
#include "clients/crmctl/report_options.h"
#include "crm/lead/v1/report_service.pb.h"

namespace crm::crmctl {
namespace {

// What reports of leads can be told.
struct LeadReportOptions : CommonReportOptions {
  std::vector<std::string> sources, source_details, states;

  void AddTo(CLI::App* command) {
    AddCommonTo(command);
    command->add_option("--source", sources, "from this source; may be repeated");
    command->add_option("--source-detail", source_details,
                        "of this campaign, event or partner; may be repeated");
    command->add_option("--state", states, "in this state at the instant; may be repeated");
  }
  void AddGroupsTo(CLI::App* command) {
    command->add_option(
        "--by", by,
        "a row for each source, source_detail, owner, week, month, quarter, year or "
        "attribute:KEY; may be repeated");
  }

  template <class Request>
  Request RequestFor(Arguments& arguments) const {
    Request request;
    SetView(arguments, *request.mutable_view());
    SetOwnersAndAttributes(arguments, *request.mutable_scope());
    for (const std::string& source : sources) {
      request.mutable_scope()->add_sources(
          arguments.Word<type::v1::LeadSource>("--source", source));
    }
    request.mutable_scope()->mutable_source_details()->Assign(source_details.begin(),
                                                              source_details.end());
    for (const std::string& state : states) {
      request.mutable_scope()->add_states(arguments.Word<lead::v1::LeadState>("--state", state));
    }
    SetGroups(arguments, *request.mutable_groups());
    SetPeriod(arguments, *request.mutable_period());
    return request;
  }
};

#define CRM_OPTIONAL(message, field) \
  ((message).has_##field() ? std::optional<double>((message).field()) : std::nullopt)

// "5 min", "1 h", "1 d".
std::string TimeTitle(int minutes) {
  if (minutes % (24 * 60) == 0) return absl::StrCat(minutes / (24 * 60), " D");
  if (minutes % 60 == 0) return absl::StrCat(minutes / 60, " H");
  return absl::StrCat(minutes, " MIN");
}

// Of rows, or of the total where there is no grouping.
template <class Answer, class Add>
void AddRows(const Answer& answer, const std::vector<std::string>& keys, const Add& add) {
  for (const auto& row : answer.rows()) {
    if (!keys.empty()) add(KeyWords(row.key()), row);
  }
  std::vector<std::string> total(keys.size());
  if (!total.empty()) total[0] = "total";
  add(total, answer.total());
}

ReportTable LeadFunnelTable(const lead::v1::QueryLeadFunnelResponse& answer,
                            const std::vector<std::string>& keys) {
  ReportTable table{
      With(keys, {"STEP", "ENTERED", "REACHED", "PREVIOUS", "CREATED", "MEDIAN", "P90"}), {}, {}};
  AddRows(
      answer, keys,
      [&table](const std::vector<std::string>& key, const lead::v1::LeadFunnelRow& row) {
        for (const lead::v1::LeadFunnelStep& step : row.steps()) {
          table.rows.push_back(With(
              key,
              {absl::AsciiStrToLower(FieldText(step, "step")), absl::StrCat(step.entered()),
               absl::StrCat(step.reached()), PercentText(CRM_OPTIONAL(step, rate_from_previous)),
               PercentText(CRM_OPTIONAL(step, rate_from_created)),
               DaysText(CRM_OPTIONAL(step, median_days)), DaysText(CRM_OPTIONAL(step, p90_days))}));
          table.bars.push_back(static_cast<double>(step.reached()));
        }
        const auto fate = [&](const char* word, int64_t count) {
          const auto share =
              row.created() > 0
                  ? std::optional(static_cast<double>(count) / static_cast<double>(row.created()))
                  : std::nullopt;
          table.rows.push_back(
              With(key, {word, "", absl::StrCat(count), "", PercentText(share), "", ""}));
          table.bars.push_back(static_cast<double>(count));
        };
        fate("(disqualified)", row.disqualified());
        fate("(lost)", row.lost());
        fate("(could still)", row.could_still());
      });
  return table;
}

ReportTable LeadResponseTable(const lead::v1::QueryResponseTimeResponse& answer,
                              const std::vector<std::string>& keys) {
  ReportTable table{With(keys, {"LEADS", "RESPONDED", "WAITING", "MEDIAN MIN", "P90 MIN"}), {}, {}};
  for (const lead::v1::ResponseShare& share : answer.total().shares()) {
    table.titles.push_back(TimeTitle(share.minutes()));
  }
  AddRows(answer, keys,
          [&table](const std::vector<std::string>& key, const lead::v1::ResponseRow& row) {
            table.rows.push_back(
                With(key, {absl::StrCat(row.leads()), absl::StrCat(row.responded()),
                           absl::StrCat(row.waiting()), DaysText(CRM_OPTIONAL(row, median_minutes)),
                           DaysText(CRM_OPTIONAL(row, p90_minutes))}));
            for (const lead::v1::ResponseShare& share : row.shares()) {
              table.rows.back().push_back(PercentText(share.share()));
            }
            table.bars.push_back(row.median_minutes());
          });
  return table;
}

// A row for each criterion.
ReportTable LeadQualificationTable(const lead::v1::QueryQualificationResponse& answer,
                                   const std::vector<std::string>& keys) {
  ReportTable table{
      With(keys, {"", "COUNT", "MET", "PARTLY", "NOT MET", "UNKNOWN", "STALE"}), {}, {}};
  AddRows(answer, keys,
          [&table](const std::vector<std::string>& key, const lead::v1::QualificationRow& row) {
            const auto count = [&](const std::string& word, int64_t number) {
              table.rows.push_back(With(key, {word, absl::StrCat(number), "", "", "", "", ""}));
            };
            count("qualified", row.qualified());
            count("  by override", row.overridden());
            count("disqualified", row.disqualified());
            for (const lead::v1::DisqualifyPart& part : row.disqualify_reasons()) {
              count("  " + absl::AsciiStrToLower(FieldText(part, "reason")), part.count());
            }
            if (row.scores().has_median()) count("median score", row.scores().median());
            for (const lead::v1::CriterionFindings& it : row.criteria()) {
              const int64_t all =
                  it.met() + it.partly_met() + it.not_met() + it.unknown() + it.stale();
              table.rows.push_back(
                  With(key, {absl::AsciiStrToLower(FieldText(it, "criterion")), absl::StrCat(all),
                             PercentText(CRM_OPTIONAL(it, met_share)),
                             PercentText(CRM_OPTIONAL(it, partly_met_share)),
                             PercentText(CRM_OPTIONAL(it, not_met_share)),
                             PercentText(CRM_OPTIONAL(it, unknown_share)),
                             PercentText(CRM_OPTIONAL(it, stale_share))}));
            }
          });
  return table;
}

ReportTable LeadConversionTable(const lead::v1::QueryConversionResponse& answer,
                                const std::vector<std::string>& keys) {
  ReportTable table{With(keys, {"CREATED", "CONVERTED", "WON", "MEDIAN DAYS"}), {}, {}};
  for (const lead::v1::ConversionShares& shares : answer.total().shares()) {
    table.titles.push_back(absl::StrCat(shares.days(), " D"));
    table.titles.push_back(absl::StrCat("WON ", shares.days(), " D"));
  }
  AddRows(answer, keys,
          [&table](const std::vector<std::string>& key, const lead::v1::ConversionRow& row) {
            table.rows.push_back(
                With(key, {absl::StrCat(row.created()), absl::StrCat(row.converted()),
                           absl::StrCat(row.won()), DaysText(CRM_OPTIONAL(row, median_days))}));
            double last = 0;
            for (const lead::v1::ConversionShares& shares : row.shares()) {
              table.rows.back().push_back(PercentText(shares.converted()));
              table.rows.back().push_back(PercentText(shares.won()));
              last = shares.converted();
            }
            table.bars.push_back(last);
          });
  return table;
}

#undef CRM_OPTIONAL

}  // namespace

void AddLeadReports(CLI::App* group, Session* session) {
  CLI::App* const reports = group->add_subcommand("report", "figures about leads");
  reports->require_subcommand(1);
  AddReportOf<lead::v1::QueryLeadFunnelRequest, LeadReportOptions>(
      reports, session, "funnel", "how far the leads created in a period came", LeadFunnelTable);
  AddReportOf<lead::v1::QueryResponseTimeRequest, LeadReportOptions>(
      reports, session, "response", "how long leads waited for their first response",
      LeadResponseTable);
  AddReportOf<lead::v1::QueryQualificationRequest, LeadReportOptions>(
      reports, session, "qualification", "how the leads decided in a period were judged",
      LeadQualificationTable);
  AddReportOf<lead::v1::QueryConversionRequest, LeadReportOptions>(
      reports, session, "conversion", "what share of leads is converted and won in so many days",
      LeadConversionTable);
}

}  // namespace crm::crmctl
