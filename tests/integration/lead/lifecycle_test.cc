#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {
namespace {

using ::testing::ElementsAre;

TEST_F(LeadServiceTest, CreateMakesANewLead) {
  const v1::CreateLeadRequest request = CreateRequest();
  const v1::Lead lead = Create(request);
  EXPECT_EQ(lead.state(), v1::LEAD_STATE_NEW);
  EXPECT_EQ(lead.contact(), request.lead().contact());
  EXPECT_EQ(lead.etag(), "1");
  EXPECT_EQ(lead.stage_version(), 1);
  EXPECT_EQ(History(lead.name()), "NEW");
  EXPECT_EQ(Get(lead.name()).SerializeAsString(), lead.SerializeAsString());
}

TEST_F(LeadServiceTest, CreateWithAFirstActivityEntersWorkingInTheSameTransaction) {
  v1::CreateLeadRequest request = CreateRequest();
  const absl::Time came_in = absl::UnixEpoch() + absl::Hours(24 * 17000);
  rpc::SetTime(came_in, request.mutable_effective_time());
  rpc::SetTime(came_in + absl::Hours(3), request.mutable_first_activity()->mutable_occur_time());
  request.mutable_first_activity()->set_type(v1::ACTIVITY_TYPE_EMAIL);
  request.mutable_first_activity()->set_direction(v1::ACTIVITY_DIRECTION_OUTBOUND);
  const v1::Lead lead = Create(request);
  EXPECT_EQ(lead.state(), v1::LEAD_STATE_WORKING);
  EXPECT_EQ(lead.stage_version(), 2);
  EXPECT_EQ(rpc::TimeFrom(lead.state_enter_time()), came_in + absl::Hours(3));
  EXPECT_EQ(rpc::TimeFrom(lead.first_response_time()), came_in + absl::Hours(3));
  EXPECT_FALSE(lead.two_way_contact());
  EXPECT_EQ(History(lead.name()), "NEW,WORKING");
}

TEST_F(LeadServiceTest, CreateNeedsAnExistingContact) {
  const v1::CreateLeadRequest request = CreateRequest();
  const base::Uuid id = *base::Uuid::Parse(request.lead().contact().substr(9));
  Service().contacts().SetMissing(id);
  const auto refused = Call(&Stub::CreateLead, request);
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
  EXPECT_THAT(Fields(refused.status()), ElementsAre("lead.contact"));
  EXPECT_EQ(Metadata(refused.status(), "resource"), request.lead().contact());
}

TEST_F(LeadServiceTest, CreateSaysThatTheContactServiceIsAway) {
  Service().contacts().SetAway(true);
  const auto away = Call(&Stub::CreateLead, CreateRequest());
  EXPECT_EQ(Outcome(away), "UNAVAILABLE NEIGHBOUR_UNAVAILABLE");
  EXPECT_TRUE(error::DetailsOf(away.status())->retry_after.has_value());
}

TEST_F(LeadServiceTest, CreateRefusesATakenIdAndExternalId) {
  v1::CreateLeadRequest request = CreateRequest();
  request.set_lead_id(NewUuid());
  request.mutable_lead()->set_external_id("deal-1");
  const v1::Lead lead = Create(request);
  EXPECT_EQ(lead.name(), "leads/" + request.lead_id());
  EXPECT_EQ(Outcome(Call(&Stub::CreateLead, request)), "ALREADY_EXISTS DUPLICATE_ID");
  request.clear_lead_id();
  const auto refused = Call(&Stub::CreateLead, request);
  EXPECT_EQ(Metadata(refused.status(), "field"), "external_id");
  EXPECT_EQ(Metadata(refused.status(), "existing"), lead.name());
}

TEST_F(LeadServiceTest, AnotherTenantsLeadIsUnknown) {
  const v1::Lead lead = Create();
  v1::GetLeadRequest get;
  get.set_name(lead.name());
  EXPECT_EQ(Outcome(Call(&Stub::GetLead, get, "stranger")), "NOT_FOUND RESOURCE_NOT_FOUND");
  v1::QualifyLeadRequest qualify;
  qualify.set_name(lead.name());
  EXPECT_EQ(Outcome(Call(&Stub::QualifyLead, qualify, "stranger")), "NOT_FOUND RESOURCE_NOT_FOUND");
  EXPECT_EQ(Outcome(Call(&Stub::ConvertLead, ConvertRequest(lead.name()), "stranger")),
            "NOT_FOUND RESOURCE_NOT_FOUND");
  v1::BatchGetLeadsRequest batch;
  batch.add_names(lead.name());
  EXPECT_THAT(Call(&Stub::BatchGetLeads, batch, "stranger")->missing_names(),
              ElementsAre(lead.name()));
}

TEST_F(LeadServiceTest, UpdateChangesWhatTheMaskNames) {
  const v1::Lead lead = Create();
  v1::UpdateLeadRequest request;
  request.mutable_lead()->set_name(lead.name());
  request.mutable_lead()->set_etag(lead.etag());
  request.mutable_lead()->set_owner("agent-8");
  request.mutable_lead()->set_source_detail("spring fair");
  request.mutable_update_mask()->add_paths("owner");
  request.mutable_update_mask()->add_paths("interests");
  const auto updated = Call(&Stub::UpdateLead, request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->lead().owner(), "agent-8");
  EXPECT_EQ(updated->lead().source_detail(), "");
  EXPECT_EQ(updated->lead().interests_size(), 0);
  EXPECT_EQ(updated->lead().etag(), "2");
  EXPECT_EQ(Outcome(Call(&Stub::UpdateLead, request)), "ABORTED ETAG_MISMATCH");
}

TEST_F(LeadServiceTest, UpdateRefusesWhatMayNotBeSet) {
  v1::UpdateLeadRequest request;
  request.mutable_lead()->set_name(Create().name());
  for (const char* path : {"state", "contact", "colour"}) {
    request.mutable_update_mask()->add_paths(path);
  }
  const auto refused = Call(&Stub::UpdateLead, request);
  EXPECT_EQ(Outcome(refused), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_EQ(Fields(refused.status()).size(), 3u);
}

TEST_F(LeadServiceTest, AnActivityCountsAndStartsTheWork) {
  const v1::Lead lead = Create();
  const auto first = Log(lead.name(), v1::ACTIVITY_TYPE_EMAIL, v1::ACTIVITY_DIRECTION_OUTBOUND);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->lead().state(), v1::LEAD_STATE_WORKING);
  EXPECT_FALSE(first->lead().two_way_contact());
  EXPECT_EQ(first->activity().actor(), "agent-7");
  const auto second = Log(lead.name(), v1::ACTIVITY_TYPE_EMAIL, v1::ACTIVITY_DIRECTION_INBOUND);
  EXPECT_TRUE(second->lead().two_way_contact());
  EXPECT_EQ(second->lead().activity_count(), 2);
  EXPECT_EQ(History(lead.name()), "NEW,WORKING");
}

TEST_F(LeadServiceTest, EvidenceLeadsToQualificationAndCounterEvidenceAwayFromIt) {
  const v1::Lead lead = Create();
  v1::QualifyLeadRequest qualify;
  qualify.set_name(lead.name());
  for (const v1::Criterion criterion :
       {v1::CRITERION_NEED, v1::CRITERION_ABILITY, v1::CRITERION_MARKET_PRESENCE}) {
    ASSERT_TRUE(Assess(lead.name(), criterion, v1::FINDING_MET).ok());
  }
  const auto unmet = Call(&Stub::QualifyLead, qualify);
  EXPECT_EQ(Outcome(unmet), "FAILED_PRECONDITION QUALIFICATION_UNMET");
  ASSERT_EQ(error::DetailsOf(unmet.status())->preconditions.size(), 1u);
  EXPECT_EQ(error::DetailsOf(unmet.status())->preconditions[0].subject, "TIMEFRAME");
  const auto assessed = Assess(lead.name(), v1::CRITERION_TIMEFRAME, v1::FINDING_MET);
  EXPECT_EQ(assessed->verdict().outcome(), v1::VERDICT_OUTCOME_QUALIFIED);
  EXPECT_EQ(assessed->verdict().score(), 90);
  EXPECT_EQ(assessed->lead().current_assessments_size(), 4);
  const auto qualified = Call(&Stub::QualifyLead, qualify);
  ASSERT_TRUE(qualified.ok()) << qualified.status();
  EXPECT_FALSE(qualified->lead().qualification_overridden());
  EXPECT_EQ(qualified->lead().verdict().results_size(), 5);
  const auto against = Assess(lead.name(), v1::CRITERION_NEED, v1::FINDING_NOT_MET);
  EXPECT_EQ(against->lead().state(), v1::LEAD_STATE_WORKING);
  EXPECT_EQ(History(lead.name()), "NEW,WORKING,QUALIFIED,WORKING");
}

TEST_F(LeadServiceTest, EvaluateJudgesNowAndAsOfThen) {
  const v1::Lead lead = Create();
  ASSERT_TRUE(Assess(lead.name(), v1::CRITERION_NEED, v1::FINDING_MET).ok());
  v1::EvaluateLeadRequest request;
  request.set_name(lead.name());
  EXPECT_EQ(Call(&Stub::EvaluateLead, request)->verdict().score(), 30);
  *request.mutable_evaluate_time() = lead.create_time();
  EXPECT_EQ(Call(&Stub::EvaluateLead, request)->verdict().score(), 0);
  rpc::SetTime(absl::Now() + absl::Hours(24 * 400), request.mutable_evaluate_time());
  const auto future = Call(&Stub::EvaluateLead, request);
  EXPECT_THAT(Fields(future.status()), ElementsAre("evaluate_time"));
}

TEST_F(LeadServiceTest, DisqualifiedLeadsCanBeReopened) {
  const v1::Lead lead = Working();
  v1::DisqualifyLeadRequest disqualify;
  disqualify.set_name(lead.name());
  disqualify.set_reason(v1::DISQUALIFY_REASON_NO_TIMEFRAME);
  disqualify.set_note("not before the new hall is built");
  const auto gone = Call(&Stub::DisqualifyLead, disqualify);
  ASSERT_TRUE(gone.ok()) << gone.status();
  EXPECT_EQ(gone->lead().disqualify_reason(), v1::DISQUALIFY_REASON_NO_TIMEFRAME);
  EXPECT_TRUE(gone->lead().has_verdict());
  const auto twice = Call(&Stub::DisqualifyLead, disqualify);
  EXPECT_EQ(Outcome(twice), "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_EQ(Metadata(twice.status(), "allowedStates"), "WORKING");
  v1::ReopenLeadRequest reopen;
  reopen.set_name(lead.name());
  reopen.set_reason("the hall is built");
  EXPECT_EQ(Call(&Stub::ReopenLead, reopen)->lead().state(), v1::LEAD_STATE_WORKING);
  EXPECT_EQ(Service().Sql(absl::StrCat("SELECT note FROM stage_history WHERE tenant = '", tenant(),
                                       "' AND version = 3")),
            "not before the new hall is built");
  // Free text never leaves with an event.
  EXPECT_EQ(
      Service().Sql(absl::StrCat("SELECT count(*) FROM outbox_in WHERE tenant = '", tenant(),
                                 "' AND position(convert_to('hall', 'UTF8') IN payload) > 0")),
      "0");
}

TEST_F(LeadServiceTest, MovesMustNotGoBackInTime) {
  v1::QualifyLeadRequest request;
  request.set_name(Working().name());
  request.set_override_reason("x");
  for (const absl::Duration wrong : {absl::Hours(24), -absl::Hours(24)}) {
    rpc::SetTime(Service().clock().Now() + wrong, request.mutable_effective_time());
    const auto refused = Call(&Stub::QualifyLead, request);
    EXPECT_EQ(Outcome(refused), "INVALID_ARGUMENT EFFECTIVE_TIME_INVALID");
    EXPECT_NE(Metadata(refused.status(), "earliest"), "");
  }
}

TEST_F(LeadServiceTest, ABackdatedVerdictIsThatOfItsTime) {
  const absl::Time came_in = absl::Now() - absl::Hours(48);
  v1::CreateLeadRequest create = CreateRequest();
  rpc::SetTime(came_in, create.mutable_effective_time());
  const std::string name = Create(create).name();
  for (const v1::Criterion criterion : {v1::CRITERION_NEED, v1::CRITERION_ABILITY,
                                        v1::CRITERION_MARKET_PRESENCE, v1::CRITERION_TIMEFRAME}) {
    v1::AssessCriterionRequest request;
    request.set_name(name);
    request.mutable_assessment()->set_criterion(criterion);
    request.mutable_assessment()->set_finding(v1::FINDING_MET);
    request.mutable_assessment()->set_source(v1::EVIDENCE_SOURCE_CALL);
    rpc::SetTime(came_in, request.mutable_effective_time());
    rpc::SetTime(came_in, request.mutable_assessment()->mutable_observe_time());
    ASSERT_TRUE(Call(&Stub::AssessCriterion, request).ok());
  }
  v1::QualifyLeadRequest qualify;
  qualify.set_name(name);
  rpc::SetTime(came_in + absl::Hours(24), qualify.mutable_effective_time());
  EXPECT_EQ(Reason(Call(&Stub::QualifyLead, qualify)), "QUALIFICATION_UNMET")
      << "nothing was on record then";
  qualify.set_override_reason("known for years");
  const auto qualified = Call(&Stub::QualifyLead, qualify);
  ASSERT_TRUE(qualified.ok()) << qualified.status();
  v1::EvaluateLeadRequest evaluate;
  evaluate.set_name(name);
  *evaluate.mutable_evaluate_time() = qualify.effective_time();
  EXPECT_EQ(Call(&Stub::EvaluateLead, evaluate)->verdict().SerializeAsString(),
            qualified->lead().verdict().SerializeAsString());
  EXPECT_EQ(qualified->lead().verdict().outcome(), v1::VERDICT_OUTCOME_INSUFFICIENT_EVIDENCE);
  evaluate.clear_evaluate_time();
  EXPECT_EQ(Call(&Stub::EvaluateLead, evaluate)->verdict().outcome(),
            v1::VERDICT_OUTCOME_QUALIFIED);
}

}  // namespace
}  // namespace crm::lead::testing
