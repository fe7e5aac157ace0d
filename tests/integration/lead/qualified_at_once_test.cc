// Leads that are made and qualified by one call.

#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {
namespace {

using ::testing::ElementsAre;

class QualifiedAtOnceTest : public LeadServiceTest {
 protected:
  const absl::Time came_in_ = absl::UnixEpoch() + absl::Hours(24 * 17000);

  // Worked on and qualified by three hours.
  v1::CreateLeadRequest Request() const {
    v1::CreateLeadRequest request = CreateRequest();
    rpc::SetTime(came_in_, request.mutable_effective_time());
    v1::Activity& activity = *request.mutable_first_activity();
    activity.set_type(v1::ACTIVITY_TYPE_MEETING);
    activity.set_direction(v1::ACTIVITY_DIRECTION_INBOUND);
    rpc::SetTime(came_in_ + absl::Hours(1), activity.mutable_occur_time());
    rpc::SetTime(came_in_ + absl::Hours(3),
                 request.mutable_qualification()->mutable_effective_time());
    request.mutable_qualification()->set_override_reason("known for years");
    return request;
  }

  // The same lead by two calls.
  v1::Lead ByTwoCalls(v1::CreateLeadRequest create) {
    v1::QualifyLeadRequest qualify;
    *qualify.mutable_effective_time() = create.qualification().effective_time();
    qualify.set_override_reason(create.qualification().override_reason());
    create.clear_qualification();
    qualify.set_name(Create(create).name());
    const auto qualified = Call(&Stub::QualifyLead, qualify);
    EXPECT_TRUE(qualified.ok()) << qualified.status();
    return qualified->lead();
  }

  std::string Stored(const std::string& columns, const std::string& from, const v1::Lead& lead) {
    return Service().Sql(absl::StrCat("SELECT ", columns, " FROM ", from, " WHERE tenant = '",
                                      tenant(), "' AND ", from == "lead" ? "id" : "aggregate",
                                      " = '", lead.name().substr(6), "'"));
  }

  std::string Leads() {
    return Service().Sql(absl::StrCat("SELECT count(*) FROM lead WHERE tenant = '", tenant(), "'"));
  }
};

TEST_F(QualifiedAtOnceTest, IsAsTwoCallsWouldLeaveIt) {
  v1::CreateLeadRequest request = Request();
  v1::Lead at_once = Create(request);
  v1::Lead by_two = ByTwoCalls(request);
  EXPECT_EQ(at_once.state(), v1::LEAD_STATE_QUALIFIED);
  EXPECT_TRUE(at_once.qualification_overridden());
  EXPECT_EQ(at_once.verdict().outcome(), v1::VERDICT_OUTCOME_INSUFFICIENT_EVIDENCE);
  EXPECT_EQ(Get(at_once.name()).SerializeAsString(), at_once.SerializeAsString());
  const std::string history =
      "string_agg(concat_ws('|', version, kind, from_stage, to_stage, effective_time, actor, "
      "reason, note, overridden, gates), '; ' ORDER BY version)";
  EXPECT_EQ(Stored(history, "stage_history", at_once), Stored(history, "stage_history", by_two));
  EXPECT_EQ(Stored("count(DISTINCT event_id)", "stage_history", at_once), "3");
  EXPECT_EQ(History(at_once.name()), "NEW,WORKING,QUALIFIED");
  // Reports count what happened; when we learned of it is each call's own.
  const std::string moves = "regexp_replace(moves, '[0-9]{14,}', 'T', 'g')";
  EXPECT_EQ(Stored(moves, "lead", at_once), Stored(moves, "lead", by_two));
  EXPECT_EQ(at_once.etag(), "1") << "one change of one lead";
  for (v1::Lead* lead : {&at_once, &by_two}) {
    lead->clear_name();
    lead->clear_etag();
    lead->clear_create_time();
    lead->clear_update_time();
  }
  EXPECT_EQ(at_once.DebugString(), by_two.DebugString());
}

TEST_F(QualifiedAtOnceTest, WithoutATimeItIsQualifiedNow) {
  v1::CreateLeadRequest request = Request();
  request.mutable_qualification()->clear_effective_time();
  const absl::Time before = Service().clock().Now();
  const v1::Lead lead = Create(request);
  EXPECT_GE(rpc::TimeFrom(lead.state_enter_time()), before);
  EXPECT_EQ(rpc::TimeFrom(lead.verdict().evaluate_time()), rpc::TimeFrom(lead.state_enter_time()));
}

TEST_F(QualifiedAtOnceTest, IsJudgedByThePolicyOfItsTime) {
  v1::UpdateQualificationPolicyRequest update;
  using PolicyStub = v1::QualificationPolicyService::Stub;
  *update.mutable_policy() = CallOn(Service().policy_stub(), &PolicyStub::GetQualificationPolicy,
                                    v1::GetQualificationPolicyRequest(), "")
                                 ->policy();
  update.mutable_policy()->set_threshold(50);
  ASSERT_TRUE(
      CallOn(Service().policy_stub(), &PolicyStub::UpdateQualificationPolicy, update, "").ok());
  v1::CreateLeadRequest request = Request();
  EXPECT_EQ(Create(request).verdict().policy_revision(), 1);
  request.mutable_qualification()->clear_effective_time();
  EXPECT_EQ(Create(request).verdict().policy_revision(), 2);
}

TEST_F(QualifiedAtOnceTest, IsNotQualifiedBeforeItIsWorkedOnNorInTheFuture) {
  for (const absl::Time wrong : {came_in_, Service().clock().Now() + absl::Hours(1)}) {
    v1::CreateLeadRequest request = Request();
    rpc::SetTime(wrong, request.mutable_qualification()->mutable_effective_time());
    const auto refused = Call(&Stub::CreateLead, request);
    EXPECT_EQ(Outcome(refused), "INVALID_ARGUMENT EFFECTIVE_TIME_INVALID");
    EXPECT_THAT(Fields(refused.status()), ElementsAre("qualification.effective_time"));
    EXPECT_EQ(Metadata(refused.status(), "earliest"), "2016-07-18T01:00:00Z");
  }
  EXPECT_EQ(Leads(), "0") << "who is refused leaves nothing";
}

TEST_F(QualifiedAtOnceTest, ARepeatedRequestMakesNoSecondLead) {
  v1::CreateLeadRequest request = Request();
  request.set_request_id(NewUuid());
  const v1::Lead lead = Create(request);
  EXPECT_EQ(Create(request).SerializeAsString(), lead.SerializeAsString());
  EXPECT_EQ(Leads(), "1");
  request.mutable_qualification()->set_override_reason("a friend");
  EXPECT_EQ(Reason(Call(&Stub::CreateLead, request)), "REQUEST_ID_REUSED");
  request.clear_qualification();
  EXPECT_EQ(Reason(Call(&Stub::CreateLead, request)), "REQUEST_ID_REUSED");
}

TEST_F(QualifiedAtOnceTest, WhatACreationNeedsItNeeds) {
  v1::CreateLeadRequest request = Request();
  request.set_lead_id(NewUuid());
  Create(request);
  EXPECT_EQ(Outcome(Call(&Stub::CreateLead, request)), "ALREADY_EXISTS DUPLICATE_ID");
  request.clear_lead_id();
  Service().contacts().SetMissing(*base::Uuid::Parse(request.lead().contact().substr(9)));
  const auto orphan = Call(&Stub::CreateLead, request);
  EXPECT_EQ(Outcome(orphan), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
  EXPECT_THAT(Fields(orphan.status()), ElementsAre("lead.contact"));
}

}  // namespace
}  // namespace crm::lead::testing
