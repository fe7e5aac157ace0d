#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/lead/lead_store.h"

namespace crm::lead {
namespace {

TEST_F(LeadStoreTest, ANewLeadIsReadBackWhole) {
  Lead lead = FullLead();
  ASSERT_TRUE(Create(lead).ok());
  lead = testing::AsLoaded(std::move(lead));
  lead.revision = 1;
  lead.create_time = lead.update_time = clock_.Now();
  EXPECT_EQ(Stored(), lead);
  EXPECT_EQ(Sql("SELECT version, from_stage, to_stage FROM stage_history"), "1||NEW");
}

TEST_F(LeadStoreTest, EveryFieldOfAChangedLeadIsReadBack) {
  ASSERT_TRUE(Create(FullLead()).ok());
  const absl::Status changed = Change(IdOf(1), [](Lead& lead) {
    Activity activity = testing::Did(ActivityType::kCall, ActivityDirection::kOutbound);
    activity.summary = "said: \"yes\"";
    EXPECT_TRUE(LogActivity(lead, activity, At(kStart)).ok());
    for (Assessment found : testing::FullEvidence()) {
      found.observation = "seen it, \\ and \"heard\" it";
      found.assessor = "agent";
      if (found.criterion == Criterion::kTimeframe) {
        found.expected_purchase_date = absl::CivilDay(2026, 2, 28);
      }
      if (found.criterion == Criterion::kAbility) {
        found.budget = base::Money{"JPY", 1'000'000};
        found.budget_status = BudgetStatus::kApproved;
      }
      EXPECT_TRUE(Assess(lead, found, DefaultPolicy(), At(kStart)).ok());
    }
    EXPECT_TRUE(Qualify(lead, DefaultPolicy(), "", At(kStart)).ok());
    Conversion conversion = AConversion();
    conversion.plan = {IdOf(70),
                       IdOf(71),
                       PlannedEmployer{IdOf(72), "Acme \"one\"", "acme.example"},
                       "A sale",
                       base::Money{"USD", 12},
                       absl::CivilDay(2026, 5, 6),
                       "other",
                       "pipelines/default",
                       "why not"};
    conversion.opportunity = IdOf(70);
    conversion.actor = "agent";
    conversion.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    return StartConversion(lead, conversion, "", At(kStart));
  });
  ASSERT_TRUE(changed.ok()) << changed;
  EXPECT_EQ(Stored(), testing::AsLoaded(written_));
  EXPECT_EQ(Stored().verdict->results.size(), 5u);
  EXPECT_EQ(Sql("SELECT count(*) FROM activity"), "1");
  EXPECT_EQ(Sql("SELECT count(*) FROM assessment"), "4");
  EXPECT_EQ(Sql("SELECT state FROM conversion"), "STARTED");
  EXPECT_EQ(Sql("SELECT string_agg(to_stage, ',' ORDER BY version) FROM stage_history"),
            "NEW,WORKING,QUALIFIED,CONVERTING");
  EXPECT_EQ(Sql("SELECT count(*) FROM outbox_in"), "4");
}

TEST_F(LeadStoreTest, TheStepsOfAConversionAreReadBackAndLeaveAllElse) {
  ASSERT_TRUE(Create(FullLead()).ok());
  const std::function<absl::Status(Lead&)> steps[] = {
      [](Lead& lead) {
        return LogActivity(lead, testing::Did(ActivityType::kCall, ActivityDirection::kOutbound),
                           At(kStart));
      },
      [](Lead& lead) { return Qualify(lead, DefaultPolicy(), "they insist", At(kStart)); },
      [](Lead& lead) { return StartConversion(lead, AConversion(), "", At(kStart)); },
      [](Lead& lead) { return FinishConversion(lead, AConversion().id, At(kStart)); },
  };
  for (const auto& step : steps) {
    const absl::Status status = Change(IdOf(1), step);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(Stored(), testing::AsLoaded(written_));
  }
  EXPECT_EQ(Stored().state, LeadState::kConverted);
  EXPECT_EQ(Stored().conversion->state, ConversionState::kCompleted);
}

TEST_F(LeadStoreTest, AnEditIsReadBackAndLeavesAllElse) {
  ASSERT_TRUE(Create(FullLead()).ok());
  const absl::Status disqualified = Change(IdOf(1), [](Lead& lead) {
    EXPECT_TRUE(Assess(lead, testing::Found(Criterion::kNeed, Finding::kNotMet), DefaultPolicy(),
                       At(kStart))
                    .ok());
    return Disqualify(lead, DisqualifyReason::kOther, "a note", DefaultPolicy(), At(kStart));
  });
  ASSERT_TRUE(disqualified.ok()) << disqualified;
  Lead expected = testing::AsLoaded(written_);
  const LeadEdit edit{.owner = "another",
                      .source = LeadSource::kEvent,
                      .source_detail = "booth \\",
                      .interests = {{"MG \"Advanced\""}},
                      .buying_role = BuyingRole::kBuyer,
                      .external_id = ""};
  ASSERT_TRUE(Change(IdOf(1), [&](Lead& lead) { return Edit(lead, edit); }).ok());
  ASSERT_TRUE(Edit(expected, edit).ok());
  expected.revision = 3;
  expected.update_time = clock_.Now();
  EXPECT_EQ(Stored(), expected);
  // The same again changes nothing.
  ASSERT_TRUE(Change(IdOf(1), [&](Lead& lead) { return Edit(lead, edit); }).ok());
  EXPECT_EQ(Stored(), expected);
}

TEST_F(LeadStoreTest, ATakenIdOrExternalIdIsRefused) {
  ASSERT_TRUE(Create(FullLead()).ok());
  Lead same_id = FullLead();
  same_id.external_id = "";
  const absl::Status by_id = Create(same_id);
  EXPECT_EQ(by_id.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(testing::MetadataOf(by_id, "field"), "lead_id");
  Lead same_external = FullLead();
  same_external.id = IdOf(9);
  const absl::Status by_external = Create(same_external);
  EXPECT_EQ(error::ReasonOf(by_external), error::kDuplicateId);
  EXPECT_EQ(testing::MetadataOf(by_external, "field"), "external_id");
  EXPECT_EQ(testing::MetadataOf(by_external, "existing"), LeadName(IdOf(1)));
  Lead other_tenant = FullLead();
  other_tenant.tenant = "other";
  EXPECT_TRUE(Create(other_tenant).ok());
}

TEST_F(LeadStoreTest, AnExternalIdCannotBeTakenByAnUpdate) {
  ASSERT_TRUE(Create(FullLead()).ok());
  Lead other = FullLead();
  other.id = IdOf(9);
  other.external_id = "ext2";
  ASSERT_TRUE(Create(other).ok());
  const auto rename = [](const std::string& to) {
    return [to](Lead& lead) { return Edit(lead, {.external_id = to}); };
  };
  const absl::Status taken = Change(IdOf(9), rename("ext'1"));
  EXPECT_EQ(error::ReasonOf(taken), error::kDuplicateId) << taken;
  EXPECT_TRUE(Change(IdOf(9), rename("ext3")).ok());
  EXPECT_TRUE(Change(IdOf(9), rename("")).ok());
  EXPECT_TRUE(Change(IdOf(1), rename("")).ok());
}

TEST_F(LeadStoreTest, AssessmentsAreKnownAsTheyWereOnRecord) {
  ASSERT_TRUE(Create(FullLead()).ok());
  for (const int hour : {1, 2}) {
    ASSERT_TRUE(Change(IdOf(1), [hour](Lead& lead) {
                  Assessment found =
                      testing::Found(Criterion::kNeed, hour == 1 ? Finding::kMet : Finding::kNotMet,
                                     kStart + absl::Hours(hour));
                  found.id = IdOf(300 + static_cast<uint64_t>(hour));
                  return Assess(lead, found, DefaultPolicy(), At(kStart + absl::Hours(3)));
                }).ok());
  }
  const auto as_of = [this](absl::Duration later) {
    const PastLead past[] = {{{"acme", IdOf(2)}, kStart}, {{"acme", IdOf(1)}, kStart + later}};
    return *reads_->AssessmentsAsOf(past, kNoDeadline)[1];
  };
  EXPECT_TRUE(as_of(absl::Minutes(59)).empty());
  EXPECT_EQ(as_of(absl::Hours(1))[0].finding, Finding::kMet);
  EXPECT_EQ(as_of(absl::Hours(2))[0].finding, Finding::kNotMet);
  EXPECT_EQ(as_of(absl::Hours(2)), Stored().assessments);
}

TEST_F(LeadStoreTest, TheApplicationMayNotRewriteEvidence) {
  for (const char* table : {"activity", "assessment", "stage_history"}) {
    EXPECT_EQ(Sql(absl::StrCat("SELECT has_table_privilege('crm_lead_app', '", table,
                               "', 'UPDATE') OR has_table_privilege('crm_lead_app', '", table,
                               "', 'DELETE')")),
              "f");
  }
}

}  // namespace
}  // namespace crm::lead
