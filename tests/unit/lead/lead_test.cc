#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/lead/domain/lead_edit.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using testing::At;
using testing::Did;
using ::testing::ElementsAre;
using testing::Found;
using testing::FullEvidence;
using testing::kStart;
using testing::LeadIn;
using testing::MetadataOf;
using testing::NewLead;

const absl::Time kLater = kStart + absl::Hours(1);

constexpr LeadState kStates[] = {LeadState::kNew,       LeadState::kWorking,
                                 LeadState::kQualified, LeadState::kConverting,
                                 LeadState::kConverted, LeadState::kDisqualified};

TEST(OpenLead, EntersNewWithItsFirstStageChange) {
  const Lead lead = NewLead();
  EXPECT_EQ(lead.state, LeadState::kNew);
  EXPECT_EQ(lead.stage_version, 1);
  ASSERT_EQ(lead.stage_changes.size(), 1u);
  EXPECT_FALSE(lead.stage_changes[0].from.has_value());
  EXPECT_FALSE(lead.stage_changes[0].time_in_previous_state.has_value());
}

TEST(OpenLead, MayLieInThePastButNotInTheFuture) {
  Lead lead;
  ASSERT_TRUE(Open(lead, At(kStart, kStart - absl::Hours(24 * 4000))).ok());
  EXPECT_EQ(lead.state_enter_time, kStart - absl::Hours(24 * 4000));
  EXPECT_EQ(error::ReasonOf(Open(lead, At(kStart, kLater))), error::kEffectiveTimeInvalid);
}

// What every verb does in every state: the state it leads to, or kUnspecified for STATE_INVALID.
TEST(Lead, EveryVerbInEveryState) {
  const auto no = LeadState::kUnspecified;
  struct Verb {
    const char* name;
    std::function<absl::Status(Lead&)> run;
    LeadState expected[6];  // by kStates
  };
  const Verb verbs[] = {
      {"LogActivity",
       [](Lead& lead) {
         return LogActivity(lead, Did(ActivityType::kCall, ActivityDirection::kInbound),
                            At(kLater));
       },
       {LeadState::kWorking, LeadState::kWorking, LeadState::kQualified, no, LeadState::kConverted,
        LeadState::kDisqualified}},
      {"Assess favourably",
       [](Lead& lead) {
         lead.assessments = FullEvidence();
         return Assess(lead, Found(Criterion::kAuthority, Finding::kMet), DefaultPolicy(),
                       At(kLater));
       },
       {LeadState::kWorking, LeadState::kWorking, LeadState::kQualified, no, no, no}},
      {"Assess against",
       [](Lead& lead) {
         lead.assessments = FullEvidence();
         return Assess(lead, Found(Criterion::kNeed, Finding::kNotMet), DefaultPolicy(),
                       At(kLater));
       },
       {LeadState::kWorking, LeadState::kWorking, LeadState::kWorking, no, no, no}},
      {"Qualify",
       [](Lead& lead) { return Qualify(lead, DefaultPolicy(), "imported", At(kLater)); },
       {no, LeadState::kQualified, no, no, no, no}},
      {"Disqualify",
       [](Lead& lead) {
         return Disqualify(lead, DisqualifyReason::kNoNeed, "", DefaultPolicy(), At(kLater));
       },
       {LeadState::kDisqualified, LeadState::kDisqualified, LeadState::kDisqualified, no, no, no}},
      {"Reopen",
       [](Lead& lead) { return Reopen(lead, "called back", At(kLater)); },
       {no, no, no, no, no, LeadState::kWorking}},
      {"Edit",
       [](Lead& lead) { return Edit(lead, {}); },
       {LeadState::kNew, LeadState::kWorking, LeadState::kQualified, no, LeadState::kConverted,
        LeadState::kDisqualified}},
  };
  for (const Verb& verb : verbs) {
    for (size_t i = 0; i < 6; ++i) {
      SCOPED_TRACE(absl::StrCat(verb.name, " in ", NameOf(kLeadStateNames, kStates[i])));
      Lead lead = LeadIn(kStates[i]);
      const absl::Status status = verb.run(lead);
      if (verb.expected[i] == no) {
        EXPECT_EQ(error::ReasonOf(status), error::kStateInvalid) << status;
        EXPECT_EQ(MetadataOf(status, "state"), NameOf(kLeadStateNames, kStates[i]));
      } else {
        ASSERT_TRUE(status.ok()) << status;
        EXPECT_EQ(lead.state, verb.expected[i]);
        EXPECT_EQ(lead.stage_changes.size(), lead.state == kStates[i] ? 0u : 1u);
      }
    }
  }
}

TEST(LogActivity, StartsTheWorkAtTheLaterOfItsTimeAndTheLeads) {
  Lead early = NewLead();
  ASSERT_TRUE(
      LogActivity(early,
                  Did(ActivityType::kCall, ActivityDirection::kOutbound, kStart - absl::Hours(3)),
                  At(kLater))
          .ok());
  EXPECT_EQ(early.state_enter_time, kStart);
  EXPECT_EQ(early.activities.first_response, kStart - absl::Hours(3));
  Lead late = NewLead();
  ASSERT_TRUE(
      LogActivity(late, Did(ActivityType::kCall, ActivityDirection::kOutbound, kLater), At(kLater))
          .ok());
  EXPECT_EQ(late.state_enter_time, kLater);
  EXPECT_EQ(late.new_activities.size(), 1u);
  EXPECT_EQ(late.stage_changes.size(), 2u);
}

TEST(LogActivity, RefusesWhatHasNotHappenedYet) {
  Lead lead = NewLead();
  const absl::Status status =
      LogActivity(lead, Did(ActivityType::kCall, ActivityDirection::kInbound, kLater), At(kStart));
  EXPECT_EQ(error::ReasonOf(status), error::kFieldInvalid);
  EXPECT_EQ(error::DetailsOf(status)->fields[0].field, "occur_time");
}

TEST(Assess, AnOverriddenQualificationSurvivesEvidenceAgainstIt) {
  Lead lead = LeadIn(LeadState::kQualified);
  lead.qualification_overridden = true;
  ASSERT_TRUE(
      Assess(lead, Found(Criterion::kNeed, Finding::kNotMet), DefaultPolicy(), At(kLater)).ok());
  EXPECT_EQ(lead.state, LeadState::kQualified);
  EXPECT_EQ(lead.new_assessments.size(), 1u);
}

TEST(Assess, RefusesWhatHasNotBeenObservedYet) {
  Lead lead = NewLead();
  const absl::Status status =
      Assess(lead, Found(Criterion::kNeed, Finding::kMet, kLater), DefaultPolicy(), At(kStart));
  EXPECT_EQ(error::DetailsOf(status)->fields[0].field, "observe_time");
}

TEST(Qualify, NeedsTheVerdictAndNamesTheObstacles) {
  Lead lead = LeadIn(LeadState::kWorking);
  lead.assessments = FullEvidence();
  lead.assessments[1].finding = Finding::kNotMet;
  const absl::Status status = Qualify(lead, DefaultPolicy(), "", At(kLater));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(error::ReasonOf(status), "QUALIFICATION_UNMET");
  EXPECT_EQ(MetadataOf(status, "outcome"), "NOT_QUALIFIED");
  EXPECT_EQ(MetadataOf(status, "score"), "65");
  EXPECT_EQ(MetadataOf(status, "threshold"), "70");
  const auto details = error::DetailsOf(status);
  ASSERT_EQ(details->preconditions.size(), 1u);
  EXPECT_EQ(details->preconditions[0].type, "CRITERION");
  EXPECT_EQ(details->preconditions[0].subject, "ABILITY");
}

TEST(Qualify, NamesAllMissingCriteriaTogether) {
  Lead lead = LeadIn(LeadState::kWorking);
  const absl::Status status = Qualify(lead, DefaultPolicy(), "", At(kLater));
  EXPECT_EQ(error::DetailsOf(status)->preconditions.size(), 4u);
  EXPECT_EQ(MetadataOf(status, "outcome"), "INSUFFICIENT_EVIDENCE");
}

TEST(Qualify, StoresTheVerdictAsOfTheEffectiveTime) {
  Lead lead = LeadIn(LeadState::kWorking);
  lead.assessments = FullEvidence();
  const absl::Time effective = kStart + absl::Hours(24);
  ASSERT_TRUE(
      Qualify(lead, DefaultPolicy(), "not needed", At(kStart + absl::Hours(24 * 400), effective))
          .ok());
  ASSERT_TRUE(lead.verdict.has_value());
  EXPECT_EQ(lead.verdict->evaluate_time, effective);
  EXPECT_EQ(lead.verdict->outcome, VerdictOutcome::kQualified);
  EXPECT_FALSE(lead.qualification_overridden);
  EXPECT_EQ(lead.override_reason, "");
  EXPECT_FALSE(lead.stage_changes[0].overridden);
}

TEST(Qualify, JudgesAsOfAnEarlierTimeByWhatWasOnRecordThen) {
  const absl::Time effective = kStart + absl::Minutes(30);
  Lead lead = LeadIn(LeadState::kWorking);
  lead.assessments = FullEvidence();
  for (Assessment& found : lead.assessments) found.record_time = kLater;  // late entries
  const std::vector<Assessment> then = {Found(Criterion::kNeed, Finding::kPartlyMet)};
  const Occasion backdated = At(kLater, effective);
  EXPECT_EQ(error::ReasonOf(Qualify(lead, {DefaultPolicy(), then}, "", backdated)),
            "QUALIFICATION_UNMET");
  ASSERT_TRUE(Qualify(lead, {DefaultPolicy(), then}, "known for years", backdated).ok());
  EXPECT_EQ(lead.verdict, Judge(then, DefaultPolicy(), effective));
  Lead today = LeadIn(LeadState::kWorking);
  today.assessments = lead.assessments;
  ASSERT_TRUE(Qualify(today, DefaultPolicy(), "", At(kLater)).ok());
}

TEST(Qualify, WhatAnotherServersClockRecordedCountsAlthoughItIsAhead) {
  Lead lead = LeadIn(LeadState::kWorking);
  lead.assessments = FullEvidence();
  lead.assessments[0].record_time = kLater + absl::Milliseconds(3);
  ASSERT_TRUE(Qualify(lead, DefaultPolicy(), "", At(kLater)).ok());
  EXPECT_EQ(lead.state_enter_time, kLater);
  EXPECT_EQ(lead.verdict->evaluate_time, kLater + absl::Milliseconds(3));
}

TEST(Qualify, AnOverrideIsRecordedAsSuch) {
  Lead lead = LeadIn(LeadState::kWorking);
  ASSERT_TRUE(Qualify(lead, DefaultPolicy(), "imported", At(kLater)).ok());
  EXPECT_TRUE(lead.qualification_overridden);
  EXPECT_EQ(lead.override_reason, "imported");
  EXPECT_EQ(lead.verdict->outcome, VerdictOutcome::kInsufficientEvidence);
  const StageChange& change = lead.stage_changes[0];
  EXPECT_TRUE(change.overridden);
  EXPECT_EQ(change.note, "imported");
  EXPECT_EQ(change.reason, "");
  EXPECT_THAT(change.overridden_gates,
              ElementsAre("NEED", "ABILITY", "MARKET_PRESENCE", "TIMEFRAME"));
}

TEST(Disqualify, KeepsReasonNoteAndVerdict) {
  Lead lead = LeadIn(LeadState::kWorking);
  ASSERT_TRUE(
      Disqualify(lead, DisqualifyReason::kUnreachable, "moved away", DefaultPolicy(), At(kLater))
          .ok());
  EXPECT_EQ(lead.disqualify_reason, DisqualifyReason::kUnreachable);
  EXPECT_EQ(lead.disqualify_note, "moved away");
  EXPECT_TRUE(lead.verdict.has_value());
  EXPECT_EQ(lead.stage_changes[0].reason, "UNREACHABLE");
  EXPECT_EQ(lead.stage_changes[0].note, "moved away");
}

TEST(Disqualify, OtherNeedsANote) {
  Lead lead = LeadIn(LeadState::kWorking);
  const absl::Status status =
      Disqualify(lead, DisqualifyReason::kOther, "", DefaultPolicy(), At(kLater));
  EXPECT_EQ(error::DetailsOf(status)->fields[0].field, "note");
}

TEST(Reopen, ClearsWhyItWasGivenUp) {
  Lead lead = LeadIn(LeadState::kDisqualified);
  lead.disqualify_reason = DisqualifyReason::kOther;
  lead.disqualify_note = "gone";
  ASSERT_TRUE(Reopen(lead, "is back", At(kLater)).ok());
  EXPECT_EQ(lead.disqualify_reason, DisqualifyReason::kUnspecified);
  EXPECT_EQ(lead.disqualify_note, "");
  EXPECT_EQ(lead.stage_changes[0].note, "is back");
}

TEST(Edit, SetsWhatItNamesAndNothingElse) {
  const Lead before = LeadIn(LeadState::kWorking);
  Lead lead = before;
  ASSERT_TRUE(Edit(lead, {.source = LeadSource::kEvent, .interests = {{"GTX Pro"}}}).ok());
  Lead expected = before;
  expected.source = LeadSource::kEvent;
  expected.interests = {"GTX Pro"};
  EXPECT_EQ(lead, expected);
  ASSERT_TRUE(Edit(lead, {.owner = "",
                          .source_detail = "fair",
                          .buying_role = BuyingRole::kBuyer,
                          .external_id = "7"})
                  .ok());
  expected.owner = "";
  expected.source_detail = "fair";
  expected.buying_role = BuyingRole::kBuyer;
  expected.external_id = "7";
  EXPECT_EQ(lead, expected);
}

TEST(Lead, MovesNeverGoBackInTime) {
  Lead lead = LeadIn(LeadState::kWorking);
  const Occasion early = At(kLater, kStart - absl::Seconds(1));
  EXPECT_EQ(error::ReasonOf(Qualify(lead, DefaultPolicy(), "x", early)),
            error::kEffectiveTimeInvalid);
  EXPECT_EQ(
      error::ReasonOf(Disqualify(lead, DisqualifyReason::kNoNeed, "", DefaultPolicy(), early)),
      error::kEffectiveTimeInvalid);
  Lead given_up = LeadIn(LeadState::kDisqualified);
  EXPECT_EQ(error::ReasonOf(Reopen(given_up, "x", early)), error::kEffectiveTimeInvalid);
}

}  // namespace
}  // namespace crm::lead
