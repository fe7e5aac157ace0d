// The records of leads, and verdicts on many leads at once.

#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {
namespace {

using ::testing::ElementsAre;

class RecordsTest : public LeadServiceTest {
 protected:
  // What `text` makes of each record, page by page; each page but the last holds two.
  template <class Req, class Resp, class Text>
  std::vector<std::string> All(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&,
                                                            Resp*),
                               const std::string& lead, const Text& text) {
    std::vector<std::string> found;
    Req request;
    request.set_name(lead);
    request.set_page_size(2);
    do {
      const auto page = Call(method, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return found;
      const size_t before = found.size();
      text(*page, found);
      request.set_page_token(page->next_page_token());
      if (!page->next_page_token().empty()) {
        EXPECT_EQ(found.size(), before + 2);
      }
    } while (!request.page_token().empty());
    return found;
  }

  void LogAt(const std::string& lead, absl::Time time, const std::string& summary) {
    v1::LogActivityRequest request;
    request.set_name(lead);
    request.mutable_activity()->set_type(v1::ACTIVITY_TYPE_NOTE);
    request.mutable_activity()->set_summary(summary);
    rpc::SetTime(time, request.mutable_activity()->mutable_occur_time());
    EXPECT_TRUE(Call(&Stub::LogActivity, request).ok());
  }
};

TEST_F(RecordsTest, ActivitiesAreListedLatestFirst) {
  const std::string lead = Create().name();
  const absl::Time start = absl::FromUnixSeconds(1'700'000'000);
  for (const int hour : {3, 1, 4, 1, 5}) {
    LogAt(lead, start + absl::Hours(hour), absl::StrCat(hour));
  }
  EXPECT_THAT(All(&Stub::ListActivities, lead,
                  [](const v1::ListActivitiesResponse& page, std::vector<std::string>& found) {
                    for (const auto& one : page.activities()) found.push_back(one.summary());
                  }),
              ElementsAre("5", "4", "3", "1", "1"));
}

TEST_F(RecordsTest, AssessmentsAreListedWithThoseSuperseded) {
  const std::string lead = Create().name();
  for (const v1::Finding finding : {v1::FINDING_UNKNOWN, v1::FINDING_PARTLY_MET, v1::FINDING_MET}) {
    ASSERT_TRUE(Assess(lead, v1::CRITERION_NEED, finding).ok());
  }
  EXPECT_THAT(All(&Stub::ListAssessments, lead,
                  [](const v1::ListAssessmentsResponse& page, std::vector<std::string>& found) {
                    for (const auto& one : page.assessments()) {
                      found.push_back(v1::Finding_Name(one.finding()));
                    }
                  }),
              ElementsAre("FINDING_MET", "FINDING_PARTLY_MET", "FINDING_UNKNOWN"));
}

TEST_F(RecordsTest, AnActivityHasTheIdThatItsCallerChoseAndIsRecordedOnce) {
  const std::string lead = Create().name();
  v1::LogActivityRequest request;
  request.set_name(lead);
  request.mutable_activity()->set_type(v1::ACTIVITY_TYPE_NOTE);
  request.set_activity_id(NewUuid());
  const auto logged = Call(&Stub::LogActivity, request);
  ASSERT_TRUE(logged.ok()) << logged.status();
  EXPECT_EQ(logged->activity().id(), request.activity_id());
  const auto again = Call(&Stub::LogActivity, request);
  EXPECT_EQ(Outcome(again), "ALREADY_EXISTS DUPLICATE_ID");
  EXPECT_EQ(Metadata(again.status(), "field"), "activity_id");
  EXPECT_EQ(Metadata(again.status(), "existing"), lead + "/activities/" + request.activity_id());
  v1::GetLeadRequest get;
  get.set_name(lead);
  EXPECT_EQ(Call(&Stub::GetLead, get)->lead().activity_count(), 1);

  request.set_name(Create().name());
  EXPECT_TRUE(Call(&Stub::LogActivity, request).ok()) << "another lead's is another";
}

TEST_F(RecordsTest, AnAssessmentHasTheIdThatItsCallerChoseAndIsRecordedOnce) {
  const std::string lead = Create().name();
  v1::AssessCriterionRequest request;
  request.set_name(lead);
  request.mutable_assessment()->set_criterion(v1::CRITERION_NEED);
  request.mutable_assessment()->set_finding(v1::FINDING_MET);
  request.mutable_assessment()->set_source(v1::EVIDENCE_SOURCE_IMPORT);
  request.set_assessment_id(NewUuid());
  const auto assessed = Call(&Stub::AssessCriterion, request);
  ASSERT_TRUE(assessed.ok()) << assessed.status();
  EXPECT_EQ(assessed->assessment().id(), request.assessment_id());
  const auto again = Call(&Stub::AssessCriterion, request);
  EXPECT_EQ(Outcome(again), "ALREADY_EXISTS DUPLICATE_ID");
  EXPECT_EQ(Metadata(again.status(), "field"), "assessment_id");

  v1::LogActivityRequest activity;
  activity.set_name(lead);
  activity.mutable_activity()->set_type(v1::ACTIVITY_TYPE_NOTE);
  activity.set_activity_id(request.assessment_id());
  EXPECT_TRUE(Call(&Stub::LogActivity, activity).ok()) << "activities have ids of their own";
}

// Whichever of them are one batch, one of them is recorded.
TEST_F(RecordsTest, OfManyCallsWithOneChosenIdOneIsRecorded) {
  v1::LogActivityRequest request;
  request.set_name(Create().name());
  request.mutable_activity()->set_type(v1::ACTIVITY_TYPE_NOTE);
  request.set_activity_id(NewUuid());
  std::vector<std::string> outcomes(8);
  std::vector<std::thread> callers;
  for (std::string& outcome : outcomes) {
    callers.emplace_back([&] { outcome = Outcome(Call(&Stub::LogActivity, request)); });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "ALREADY_EXISTS DUPLICATE_ID"), 7)
      << ::testing::PrintToString(outcomes);
}

TEST_F(RecordsTest, ALeadWithoutRecordsIsToldFromNone) {
  v1::ListActivitiesRequest request;
  request.set_name(Create().name());
  EXPECT_EQ(Call(&Stub::ListActivities, request)->activities_size(), 0);
  EXPECT_EQ(Outcome(Call(&Stub::ListActivities, request, "stranger")),
            "NOT_FOUND RESOURCE_NOT_FOUND");
  request.set_page_token("AAAA");
  EXPECT_EQ(Outcome(Call(&Stub::ListActivities, request)), "INVALID_ARGUMENT PAGE_TOKEN_INVALID");
}

TEST_F(RecordsTest, VerdictsThatAnotherPolicyFlipsAreCounted) {
  // Qualified by the built-in policy, insufficient evidence, and not qualified.
  const std::string qualified = Working().name();
  const std::string unknown = Working().name();
  const std::string against = Working().name();
  for (const v1::Criterion criterion : {v1::CRITERION_NEED, v1::CRITERION_ABILITY,
                                        v1::CRITERION_MARKET_PRESENCE, v1::CRITERION_TIMEFRAME}) {
    ASSERT_TRUE(Assess(qualified, criterion, v1::FINDING_MET).ok());
  }
  ASSERT_TRUE(Assess(unknown, v1::CRITERION_NEED, v1::FINDING_MET).ok());
  ASSERT_TRUE(Assess(against, v1::CRITERION_NEED, v1::FINDING_NOT_MET).ok());
  ASSERT_TRUE(Assess(against, v1::CRITERION_AUTHORITY, v1::FINDING_MET).ok());
  v1::EvaluateLeadsRequest request;
  const std::string nobody = "leads/" + NewUuid();
  for (const std::string& name : {qualified, unknown, nobody, against}) request.add_names(name);
  const auto in_force = Call(&Stub::EvaluateLeads, request);
  ASSERT_TRUE(in_force.ok()) << in_force.status();
  EXPECT_EQ(in_force->changes_size(), 0);
  EXPECT_THAT(in_force->missing_names(), ElementsAre(nobody));
  ASSERT_EQ(in_force->evaluations_size(), 3);
  EXPECT_EQ(in_force->evaluations(0).score(), 90);

  v1::QualificationPolicy& draft = *request.mutable_draft_policy();
  draft.set_threshold(90);
  draft.set_longest_days_to_purchase(180);
  draft.set_stale_after_days(180);
  v1::CriterionRule* rule = draft.add_rules();
  rule->set_criterion(v1::CRITERION_NEED);
  rule->set_weight(90);
  rule = draft.add_rules();
  rule->set_criterion(v1::CRITERION_AUTHORITY);
  rule->set_weight(10);
  const auto need_alone = Call(&Stub::EvaluateLeads, request);
  ASSERT_TRUE(need_alone.ok()) << need_alone.status();
  EXPECT_EQ(need_alone->newly_qualified(), 1) << "its need is met, and no more is asked";
  EXPECT_EQ(need_alone->no_longer_qualified(), 0);
  EXPECT_EQ(need_alone->evaluations(1).outcome(), v1::VERDICT_OUTCOME_QUALIFIED);
  EXPECT_EQ(need_alone->evaluations(1).outcome_in_force(),
            v1::VERDICT_OUTCOME_INSUFFICIENT_EVIDENCE);

  draft.mutable_rules(0)->set_criterion(v1::CRITERION_TIMEFRAME);
  draft.mutable_rules(0)->set_weight(10);
  rule = draft.add_rules();
  rule->set_criterion(v1::CRITERION_ABILITY);
  rule->set_weight(80);
  ASSERT_TRUE(Assess(qualified, v1::CRITERION_ABILITY, v1::FINDING_PARTLY_MET).ok());
  const auto ability = Call(&Stub::EvaluateLeads, request);
  ASSERT_TRUE(ability.ok()) << ability.status();
  EXPECT_EQ(ability->newly_qualified(), 0);
  EXPECT_EQ(ability->no_longer_qualified(), 1);
  EXPECT_GE(ability->changes_size(), 1);
}

}  // namespace
}  // namespace crm::lead::testing
