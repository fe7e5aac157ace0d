#include "clients/crmctl/lead/lead_report.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <vector>

#include "clients/crmctl/message_fields.h"
#include "common/rpc/proto_values.h"

namespace crm::crmctl {
namespace {

using lead::v1::Assessment;
using lead::v1::CriterionResult;
using lead::v1::Lead;
using lead::v1::QualificationPolicy;
using lead::v1::Verdict;

constexpr int kBarWidth = 40;
constexpr size_t kQuoteLimit = 60;

template <class Enum>
std::string Word(Enum value) {
  const auto* described = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  return described != nullptr ? WordOf(*described) : absl::StrCat(value);
}

std::string DateText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone());
}

const Assessment* AssessmentOf(const Lead& lead, const CriterionResult& result) {
  for (const Assessment& assessment : lead.current_assessments()) {
    if (assessment.id() == result.assessment()) return &assessment;
  }
  return nullptr;
}

absl::Time StaleTime(const Assessment& assessment, const QualificationPolicy& policy) {
  return rpc::TimeFrom(assessment.observe_time()) + absl::Hours(24) * policy.stale_after_days();
}

// What was seen, short enough for its line; cut between characters.
std::string Quoted(const std::string& text) {
  std::string line = text.substr(0, text.find('\n'));
  if (line.size() > kQuoteLimit) {
    size_t end = kQuoteLimit;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
    line = line.substr(0, end) + "…";
  }
  return line.empty() ? "" : absl::StrCat("“", line, "”, ");
}

std::string EvidenceText(const Assessment& assessment, const CriterionResult& result,
                         const QualificationPolicy& policy, absl::Time now) {
  const absl::Time stale = StaleTime(assessment, policy);
  std::string text = absl::StrCat(Quoted(assessment.observation()), Word(assessment.source()), " ",
                                  DateText(rpc::TimeFrom(assessment.observe_time())));
  if (!assessment.assessor().empty()) absl::StrAppend(&text, " by ", assessment.assessor());
  if (assessment.has_expected_purchase_date()) {
    absl::StrAppend(&text, ", purchase expected ",
                    absl::FormatCivilTime(rpc::DayFrom(assessment.expected_purchase_date())));
  }
  if (result.stale()) return absl::StrCat(text, "; stale since ", DateText(stale));
  if (result.finding() == lead::v1::FINDING_UNKNOWN) return text;
  return absl::StrCat(text, "; goes stale ",
                      DayText(absl::ToCivilDay(stale, absl::UTCTimeZone()), now), " (",
                      DateText(stale), ")");
}

std::string CriterionLine(const Lead& lead, const CriterionResult& result,
                          const QualificationPolicy& policy, absl::Time now) {
  const Assessment* const assessment = AssessmentOf(lead, result);
  const bool full = result.contribution() == result.weight();
  return absl::StrFormat(
      "  %s %-15s %3d of %3d  %-10s %s\n",
      full                        ? "✓"
      : result.contribution() > 0 ? "◐"
                                  : "·",
      Word(result.criterion()), result.contribution(), result.weight(),
      assessment == nullptr ? "-"
      : result.stale()      ? "STALE"
                            : Word(result.finding()),
      assessment != nullptr
          ? EvidenceText(*assessment, result, policy, now)
          : absl::StrCat("never assessed", result.required() ? "; required" : ""));
}

// What keeps it from qualifying, one sentence each.
std::vector<std::string> Missing(const Verdict& verdict) {
  std::vector<std::string> missing;
  std::vector<std::string> gains;
  for (const CriterionResult& result : verdict.results()) {
    const std::string name = Word(result.criterion());
    const int open = result.weight() - result.contribution();
    if (result.required() && result.contribution() == 0) {
      const bool denied = result.finding() == lead::v1::FINDING_NOT_MET && !result.stale();
      missing.push_back(absl::StrCat(name, " is required and ",
                                     denied           ? "is not met"
                                     : result.stale() ? "its evidence is stale: ask again"
                                     : result.assessment().empty()
                                         ? "was never assessed"
                                         : "is not known or does not count"));
    }
    if (open > 0) gains.push_back(absl::StrCat(name, " up to ", open));
  }
  const int short_of = verdict.threshold() - verdict.score();
  if (short_of > 0) {
    missing.push_back(
        absl::StrCat(short_of, " more points; to be had: ", absl::StrJoin(gains, ", ")));
  }
  return missing;
}

std::string HeadLines(const Lead& lead, absl::Time now) {
  const absl::Time opened = rpc::TimeFrom(lead.open_time());
  std::string text = absl::StrCat(
      lead.name(), "\n  ", Word(lead.state()), lead.has_delete_time() ? ", DELETED" : "",
      lead.owner().empty() ? "" : ", owner " + lead.owner(), ", came in ",
      DayText(absl::ToCivilDay(opened, absl::UTCTimeZone()), now));
  if (lead.has_response_duration()) {
    absl::StrAppend(&text, ", answered after ",
                    DurationText(absl::Seconds(lead.response_duration().seconds())));
  } else {
    absl::StrAppend(&text, ", not answered yet");
  }
  absl::StrAppend(&text, "\n  ", lead.contact());
  if (lead.buying_role() != 0) absl::StrAppend(&text, " (", Word(lead.buying_role()), ")");
  if (!lead.organization().empty()) absl::StrAppend(&text, " of ", lead.organization());
  if (lead.interests_size() > 0) {
    absl::StrAppend(&text, ", wants ", absl::StrJoin(lead.interests(), ", "));
  }
  absl::StrAppend(&text, "\n  ", lead.activity_count(),
                  lead.activity_count() == 1 ? " activity" : " activities");
  if (lead.has_last_activity_time()) {
    absl::StrAppend(
        &text, ", the last ",
        DayText(absl::ToCivilDay(rpc::TimeFrom(lead.last_activity_time()), absl::UTCTimeZone()),
                now));
  }
  absl::StrAppend(
      &text, lead.two_way_contact() ? "" : ", no two-way contact yet, which a conversion needs",
      "\n");
  return text;
}

std::string NextStepLine(const Lead& lead, absl::Time now) {
  if (!lead.has_next_step()) return "Next step: none\n";
  std::string text = absl::StrCat("Next step: ", lead.next_step().text());
  if (lead.next_step().has_due_date()) {
    const absl::CivilDay due = rpc::DayFrom(lead.next_step().due_date());
    const bool over = due < absl::ToCivilDay(now, absl::UTCTimeZone());
    absl::StrAppend(&text, ", due ", DayText(due, now), over ? " (overdue)" : "");
  }
  return text + "\n";
}

}  // namespace

std::string ScoreBar(int score, int width) {
  const int full = std::clamp(score * width / 100, 0, width);
  std::string bar;
  for (int i = 0; i < width; ++i) bar += i < full ? "█" : "░";
  return bar;
}

std::string DayText(absl::CivilDay day, absl::Time now) {
  const int64_t days = day - absl::ToCivilDay(now, absl::UTCTimeZone());
  if (days == 0) return "today";
  if (days == 1) return "tomorrow";
  if (days == -1) return "yesterday";
  return days > 0 ? absl::StrCat("in ", days, " days") : absl::StrCat(-days, " days ago");
}

std::string DurationText(absl::Duration duration) {
  if (duration < absl::Hours(1)) return absl::StrCat(absl::ToInt64Minutes(duration), " min");
  if (duration < absl::Hours(48)) return absl::StrCat(absl::ToInt64Hours(duration), " h");
  return absl::StrCat(absl::ToInt64Hours(duration) / 24, " days");
}

std::string LeadReport(const Lead& lead, const Verdict& verdict, const QualificationPolicy& policy,
                       absl::Time now) {
  std::string text = HeadLines(lead, now);
  absl::StrAppend(&text, "\nScore ", ScoreBar(verdict.score(), kBarWidth), " ", verdict.score(),
                  " of 100, qualifies from ", verdict.threshold(), ": ", Word(verdict.outcome()),
                  "\n");
  for (const CriterionResult& result : verdict.results()) {
    text += CriterionLine(lead, result, policy, now);
  }
  const std::vector<std::string> missing = Missing(verdict);
  if (verdict.outcome() == lead::v1::VERDICT_OUTCOME_QUALIFIED) {
    absl::StrAppend(&text, "\nNothing is missing to qualify.\n");
  } else {
    absl::StrAppend(&text, "\nMissing to qualify:\n");
    for (const std::string& one : missing) absl::StrAppend(&text, "  - ", one, "\n");
  }
  return text + NextStepLine(lead, now);
}

}  // namespace crm::crmctl
