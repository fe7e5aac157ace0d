// What `crmctl lead show` and `crmctl lead inbox` say.

#include "clients/crmctl/lead/lead_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/crmctl/lead/lead_inbox.h"
#include "common/rpc/proto_values.h"

namespace crm::crmctl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kNoon = absl::FromCivil(absl::CivilHour(2026, 5, 20, 12), absl::UTCTimeZone());
constexpr absl::Duration kDay = absl::Hours(24);

void SetDue(absl::CivilDay day, lead::v1::Lead& lead) {
  lead.mutable_next_step()->set_text("Call them");
  rpc::SetDay(day, lead.mutable_next_step()->mutable_due_date());
}

// Answered an hour after it came in yesterday.
lead::v1::Lead Fresh(const std::string& name) {
  lead::v1::Lead lead;
  lead.set_name(name);
  lead.set_state(lead::v1::LEAD_STATE_WORKING);
  rpc::SetTime(kNoon - kDay, lead.mutable_open_time());
  rpc::SetTime(kNoon - kDay + absl::Hours(1), lead.mutable_first_response_time());
  rpc::SetTime(kNoon - kDay + absl::Hours(1), lead.mutable_last_activity_time());
  lead.mutable_response_duration()->set_seconds(3600);
  return lead;
}

void AddAssessment(lead::v1::Criterion criterion, absl::Time observed, lead::v1::Lead& lead) {
  lead::v1::Assessment& assessment = *lead.add_current_assessments();
  assessment.set_id(std::to_string(criterion));
  assessment.set_criterion(criterion);
  assessment.set_finding(lead::v1::FINDING_MET);
  assessment.set_source(lead::v1::EVIDENCE_SOURCE_CALL);
  assessment.set_observation("They need forty presses");
  assessment.set_assessor("anna");
  rpc::SetTime(observed, assessment.mutable_observe_time());
}

void AddResult(lead::v1::Criterion criterion, int weight, int points, bool assessed, bool stale,
               lead::v1::Verdict& verdict) {
  lead::v1::CriterionResult& result = *verdict.add_results();
  result.set_criterion(criterion);
  result.set_required(criterion != lead::v1::CRITERION_AUTHORITY);
  result.set_weight(weight);
  result.set_contribution(points);
  result.set_stale(stale);
  result.set_finding(assessed ? lead::v1::FINDING_MET : lead::v1::FINDING_UNKNOWN);
  if (assessed) result.set_assessment(std::to_string(criterion));
  verdict.set_score(verdict.score() + points);
}

TEST(LeadReportTest, SaysWhatIsMissingAndWhenWhatIsThereGoesStale) {
  lead::v1::Lead lead = Fresh("leads/1");
  lead.set_owner("mara");
  lead.set_contact("contacts/2");
  lead.set_two_way_contact(true);
  AddAssessment(lead::v1::CRITERION_NEED, kNoon - 90 * kDay, lead);
  AddAssessment(lead::v1::CRITERION_ABILITY, kNoon - 200 * kDay, lead);
  SetDue(absl::CivilDay(2026, 5, 18), lead);
  lead::v1::Verdict verdict;
  verdict.set_threshold(70);
  verdict.set_outcome(lead::v1::VERDICT_OUTCOME_INSUFFICIENT_EVIDENCE);
  AddResult(lead::v1::CRITERION_NEED, 30, 30, true, false, verdict);
  AddResult(lead::v1::CRITERION_ABILITY, 25, 0, true, true, verdict);
  AddResult(lead::v1::CRITERION_MARKET_PRESENCE, 15, 0, false, false, verdict);
  AddResult(lead::v1::CRITERION_AUTHORITY, 10, 0, false, false, verdict);
  lead::v1::QualificationPolicy policy;
  policy.set_stale_after_days(180);
  EXPECT_EQ(LeadReport(lead, verdict, policy, kNoon),
            R"(leads/1
  WORKING, owner mara, came in yesterday, answered after 1 h
  contacts/2
  0 activities, the last yesterday

Score ████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 30 of 100, qualifies from 70: INSUFFICIENT_EVIDENCE
  ✓ NEED             30 of  30  MET        “They need forty presses”, CALL 2026-02-19 by anna; goes stale in 90 days (2026-08-18)
  · ABILITY           0 of  25  STALE      “They need forty presses”, CALL 2025-11-01 by anna; stale since 2026-04-30
  · MARKET_PRESENCE   0 of  15  -          never assessed; required
  · AUTHORITY         0 of  10  -          never assessed

Missing to qualify:
  - ABILITY is required and its evidence is stale: ask again
  - MARKET_PRESENCE is required and was never assessed
  - 40 more points; to be had: ABILITY up to 25, MARKET_PRESENCE up to 15, AUTHORITY up to 10
Next step: Call them, due 2 days ago (overdue)
)");
}

TEST(LeadReportTest, SaysWhenNothingIsMissing) {
  lead::v1::Verdict verdict;
  verdict.set_threshold(70);
  verdict.set_outcome(lead::v1::VERDICT_OUTCOME_QUALIFIED);
  AddResult(lead::v1::CRITERION_NEED, 100, 100, false, false, verdict);
  EXPECT_THAT(LeadReport(Fresh("leads/1"), verdict, {}, kNoon),
              AllOf(HasSubstr("Nothing is missing"), Not(HasSubstr("Missing to qualify")),
                    HasSubstr("no two-way contact yet")));
}

TEST(LeadReportTest, DrawsBars) {
  EXPECT_EQ(ScoreBar(0, 4), "░░░░");
  EXPECT_EQ(ScoreBar(50, 4), "██░░");
  EXPECT_EQ(ScoreBar(99, 4), "███░");
  EXPECT_EQ(ScoreBar(100, 4), "████");
}

// One reason each.
TEST(LeadInbox, SaysWhyALeadIsToBeWorkedOn) {
  const std::pair<const char*, std::function<void(lead::v1::Lead&)>> cases[] = {
      {"overdue by 2 days: Call them",
       [](auto& lead) { SetDue(absl::CivilDay(2026, 5, 18), lead); }},
      {"no answer for 24 h", [](auto& lead) { lead.clear_first_response_time(); }},
      {"due today: Call them", [](auto& lead) { SetDue(absl::CivilDay(2026, 5, 20), lead); }},
      {"qualified for 3 days, not converted",
       [](auto& lead) {
         lead.set_state(lead::v1::LEAD_STATE_QUALIFIED);
         rpc::SetTime(kNoon - 3 * kDay, lead.mutable_state_enter_time());
       }},
      {"score 85, idle for 8 days",
       [](auto& lead) {
         SetDue(absl::CivilDay(2026, 6, 1), lead);
         lead.mutable_standing()->set_score(85);
         rpc::SetTime(kNoon - 8 * kDay, lead.mutable_last_activity_time());
       }},
      {"evidence is stale",
       [](auto& lead) {
         rpc::SetTime(kNoon - kDay, lead.mutable_standing()->mutable_stale_time());
       }},
      {"evidence goes stale in 3 days",
       [](auto& lead) {
         rpc::SetTime(kNoon + 3 * kDay, lead.mutable_standing()->mutable_stale_time());
       }},
      {"nothing planned",
       [](auto& lead) { rpc::SetTime(kNoon - 8 * kDay, lead.mutable_last_activity_time()); }},
  };
  int before = 1000;
  for (const auto& [reason, change] : cases) {
    lead::v1::Lead lead = Fresh("leads/1");
    change(lead);
    const std::vector<InboxItem> items = InboxOf({lead}, kNoon, 10);
    ASSERT_EQ(items.size(), 1u) << reason;
    EXPECT_THAT(items[0].reasons, ElementsAre(reason));
    EXPECT_LT(items[0].urgency, before) << reason;
    before = items[0].urgency;
  }
  EXPECT_TRUE(InboxOf({Fresh("leads/1")}, kNoon, 10).empty());
}

TEST(LeadInbox, PutsTheMostUrgentFirst) {
  lead::v1::Lead stale = Fresh("leads/stale");
  rpc::SetTime(kNoon - kDay, stale.mutable_standing()->mutable_stale_time());
  lead::v1::Lead overdue = Fresh("leads/overdue");
  SetDue(absl::CivilDay(2026, 5, 1), overdue);
  lead::v1::Lead both = overdue;
  both.set_name("leads/both");
  *both.mutable_standing() = stale.standing();
  std::vector<std::string> names;
  for (const InboxItem& item : InboxOf({stale, overdue, both, Fresh("leads/fine")}, kNoon, 2)) {
    names.push_back(item.lead.name());
  }
  EXPECT_THAT(names, ElementsAre("leads/both", "leads/overdue"));
}

}  // namespace
}  // namespace crm::crmctl
