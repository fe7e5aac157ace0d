#include <thread>

#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {
namespace {

using PolicyStub = v1::QualificationPolicyService::Stub;
using ::testing::ElementsAre;

class PolicyServiceTest : public LeadServiceTest {
 protected:
  template <class Req, class Resp>
  absl::StatusOr<Resp> Policy(grpc::Status (PolicyStub::*method)(grpc::ClientContext*, const Req&,
                                                                 Resp*),
                              const Req& request, const std::string& tenant = "") {
    return CallOn(Service().policy_stub(), method, request, tenant);
  }

  v1::QualificationPolicy Current(const std::string& tenant = "") {
    return Policy(&PolicyStub::GetQualificationPolicy, v1::GetQualificationPolicyRequest(), tenant)
        ->policy();
  }

  absl::StatusOr<v1::UpdateQualificationPolicyResponse> Update(
      const v1::QualificationPolicy& policy, const std::string& request_id = "") {
    v1::UpdateQualificationPolicyRequest request;
    *request.mutable_policy() = policy;
    request.set_request_id(request_id);
    return Policy(&PolicyStub::UpdateQualificationPolicy, request);
  }

  // The default one with another threshold.
  static v1::QualificationPolicy With(v1::QualificationPolicy policy, int threshold) {
    policy.set_threshold(threshold);
    policy.clear_etag();
    return policy;
  }

  // A WORKING lead with the score 67: NEED and MARKET_PRESENCE, and in part ABILITY and TIMEFRAME.
  std::string Assessed() {
    const std::string name = Working().name();
    EXPECT_TRUE(Assess(name, v1::CRITERION_NEED, v1::FINDING_MET).ok());
    EXPECT_TRUE(Assess(name, v1::CRITERION_ABILITY, v1::FINDING_PARTLY_MET).ok());
    EXPECT_TRUE(Assess(name, v1::CRITERION_MARKET_PRESENCE, v1::FINDING_MET).ok());
    EXPECT_TRUE(Assess(name, v1::CRITERION_TIMEFRAME, v1::FINDING_PARTLY_MET).ok());
    return name;
  }

  absl::StatusOr<v1::Verdict> Evaluate(const v1::EvaluateLeadRequest& request) {
    const auto answer = Call(&Stub::EvaluateLead, request);
    if (!answer.ok()) return answer.status();
    return answer->verdict();
  }
};

TEST_F(PolicyServiceTest, EveryTenantBeginsWithTheBuiltInOne) {
  const v1::QualificationPolicy policy = Current();
  EXPECT_EQ(policy.revision(), 1);
  EXPECT_EQ(policy.etag(), "1");
  EXPECT_EQ(policy.threshold(), 70);
  EXPECT_EQ(policy.longest_days_to_purchase(), 180);
  ASSERT_EQ(policy.rules_size(), 5);
  EXPECT_EQ(policy.rules(4).criterion(), v1::CRITERION_AUTHORITY);
  EXPECT_EQ(policy.rules(4).weight(), 10);
  EXPECT_FALSE(policy.rules(4).required());
  EXPECT_FALSE(policy.has_record_time());
}

TEST_F(PolicyServiceTest, AnUpdateMakesARevisionOfThisTenantAlone) {
  const auto updated = Update(With(Current(), 50));
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->policy().revision(), 2);
  EXPECT_EQ(updated->policy().actor(), "agent-7");
  EXPECT_EQ(Current().SerializeAsString(), updated->policy().SerializeAsString());
  EXPECT_EQ(Current("stranger").revision(), 1);
  EXPECT_EQ(Update(With(Current(), 50))->policy().revision(), 2) << "nothing has changed";
  v1::QualificationPolicy stale = With(Current(), 40);
  stale.set_etag("1");
  EXPECT_EQ(Outcome(Update(stale)), "ABORTED ETAG_MISMATCH");
}

TEST_F(PolicyServiceTest, ARequestIdMakesOneRevision) {
  const std::string id = NewUuid();
  const v1::QualificationPolicy policy = With(Current(), 50);
  const auto first = Update(policy, id);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(Update(With(policy, 60)).ok());
  EXPECT_EQ(Update(policy, id)->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(Reason(Update(With(policy, 61), id)), "REQUEST_ID_REUSED");
  EXPECT_EQ(Current().revision(), 3);
}

TEST_F(PolicyServiceTest, ManyUpdatesAtOnceMakeARevisionEach) {
  const v1::QualificationPolicy policy = Current();
  std::vector<std::thread> callers;
  for (int i = 0; i < 10; ++i) {
    callers.emplace_back([&, i] { EXPECT_TRUE(Update(With(policy, 51 + i)).ok()); });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(Current().revision(), 11);
}

TEST_F(PolicyServiceTest, AuthorityCanNeverBeRequired) {
  v1::QualificationPolicy policy = Current();
  policy.mutable_rules(4)->set_required(true);
  const auto required = Update(policy);
  EXPECT_EQ(Outcome(required), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_THAT(Fields(required.status()), ElementsAre("policy.rules"));
  EXPECT_THAT(Fields(Update(With(Current(), 91)).status()), ElementsAre("policy.threshold"));
  policy = With(Current(), 91);
  *policy.add_rules() = policy.rules(0);
  policy.mutable_rules()->DeleteSubrange(1, 1);
  EXPECT_THAT(Fields(Update(policy).status()), ElementsAre("policy.rules[4].criterion"));
  EXPECT_EQ(Current().revision(), 1);
}

TEST_F(PolicyServiceTest, RevisionsAreListedNewestFirst) {
  for (const int threshold : {50, 51, 52}) {
    ASSERT_TRUE(Update(With(Current(), threshold)).ok());
  }
  v1::ListQualificationPolicyRevisionsRequest request;
  request.set_page_size(2);
  std::vector<int64_t> revisions;
  int pages = 0;
  do {
    const auto page = Policy(&PolicyStub::ListQualificationPolicyRevisions, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& policy : page->policies()) revisions.push_back(policy.revision());
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_THAT(revisions, ElementsAre(4, 3, 2, 1));
  EXPECT_EQ(pages, 2);
}

TEST_F(PolicyServiceTest, ARevisionIsKnownByItsNumberAndByItsTime) {
  ASSERT_TRUE(Update(With(Current(), 50)).ok());
  const v1::QualificationPolicy second = Current();
  ASSERT_TRUE(Update(With(Current(), 60)).ok());
  v1::GetQualificationPolicyRequest request;
  request.set_revision(2);
  EXPECT_EQ(Policy(&PolicyStub::GetQualificationPolicy, request)->policy().SerializeAsString(),
            second.SerializeAsString());
  request.set_revision(9);
  EXPECT_EQ(Outcome(Policy(&PolicyStub::GetQualificationPolicy, request)),
            "NOT_FOUND RESOURCE_NOT_FOUND");
  request.clear_revision();
  *request.mutable_as_of_time() = second.record_time();
  EXPECT_EQ(Policy(&PolicyStub::GetQualificationPolicy, request)->policy().revision(), 2);
  request.mutable_as_of_time()->set_seconds(second.record_time().seconds() - 3600);
  EXPECT_EQ(Policy(&PolicyStub::GetQualificationPolicy, request)->policy().revision(), 1);
}

TEST_F(PolicyServiceTest, VerdictsFollowThePolicyAndSayItsRevision) {
  const std::string name = Assessed();
  v1::EvaluateLeadRequest evaluate;
  evaluate.set_name(name);
  EXPECT_EQ(Evaluate(evaluate)->score(), 67);
  EXPECT_EQ(Evaluate(evaluate)->outcome(), v1::VERDICT_OUTCOME_INSUFFICIENT_EVIDENCE);
  *evaluate.mutable_draft_policy() = With(Current(), 60);
  EXPECT_EQ(Evaluate(evaluate)->outcome(), v1::VERDICT_OUTCOME_QUALIFIED);
  EXPECT_EQ(Evaluate(evaluate)->policy_revision(), 0);
  v1::QualifyLeadRequest qualify;
  qualify.set_name(name);
  EXPECT_EQ(Reason(Call(&Stub::QualifyLead, qualify)), "QUALIFICATION_UNMET") << "only a draft";

  ASSERT_TRUE(Update(With(Current(), 60)).ok());
  const auto qualified = Call(&Stub::QualifyLead, qualify);
  ASSERT_TRUE(qualified.ok()) << qualified.status();
  const v1::Verdict stored = qualified->lead().verdict();
  EXPECT_EQ(stored.policy_revision(), 2);

  ASSERT_TRUE(Update(With(Current(), 75)).ok());
  EXPECT_EQ(Get(name).verdict().SerializeAsString(), stored.SerializeAsString());
  evaluate.clear_draft_policy();
  EXPECT_EQ(Evaluate(evaluate)->policy_revision(), 3);
  EXPECT_EQ(Evaluate(evaluate)->outcome(), v1::VERDICT_OUTCOME_INSUFFICIENT_EVIDENCE);
  evaluate.set_policy_revision(2);
  EXPECT_EQ(Evaluate(evaluate)->outcome(), v1::VERDICT_OUTCOME_QUALIFIED);
  evaluate.set_policy_revision(4);
  EXPECT_EQ(Outcome(Evaluate(evaluate)), "NOT_FOUND RESOURCE_NOT_FOUND");
  evaluate.clear_policy_revision();
  *evaluate.mutable_evaluate_time() = stored.evaluate_time();
  EXPECT_EQ(Evaluate(evaluate)->SerializeAsString(), stored.SerializeAsString());
}

TEST_F(PolicyServiceTest, AStricterPolicyMakesNewEvidenceCountAgainstAQualifiedLead) {
  ASSERT_TRUE(Update(With(Current(), 60)).ok());
  v1::QualifyLeadRequest qualify;
  qualify.set_name(Assessed());
  ASSERT_TRUE(Call(&Stub::QualifyLead, qualify).ok());
  ASSERT_TRUE(Update(With(Current(), 80)).ok());
  const auto assessed = Assess(qualify.name(), v1::CRITERION_NEED, v1::FINDING_MET);
  ASSERT_TRUE(assessed.ok()) << assessed.status();
  EXPECT_EQ(assessed->lead().state(), v1::LEAD_STATE_WORKING);
  EXPECT_EQ(assessed->verdict().policy_revision(), 3);
}

}  // namespace
}  // namespace crm::lead::testing
