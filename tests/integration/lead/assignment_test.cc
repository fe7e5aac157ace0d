// Owners of leads: by hand, and by rules.

#include "tests/integration/lead/assignment_fixture.h"

namespace crm::lead::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST_F(AssignmentTest, AHandoverIsRecordedWithItsReason) {
  const v1::Lead lead = Create();
  v1::AssignLeadRequest request;
  request.set_name(lead.name());
  request.set_etag(lead.etag());
  request.set_owner("agent-8");
  request.set_reason("agent-7 is on holiday");
  const auto answer = Call(&Stub::AssignLead, request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->lead().owner(), "agent-8");
  EXPECT_EQ(answer->lead().assignment().reason(), "agent-7 is on holiday");
  EXPECT_TRUE(answer->lead().assignment().has_assign_time());
  EXPECT_EQ(Get(lead.name()).SerializeAsString(), answer->lead().SerializeAsString());
  EXPECT_EQ(Outcome(Call(&Stub::AssignLead, request)), "ABORTED ETAG_MISMATCH");
  v1::ListRevisionsRequest list;
  list.set_name(lead.name());
  const auto revisions = Call(&Stub::ListRevisions, list);
  ASSERT_TRUE(revisions.ok()) << revisions.status();
  const type::v1::Revision& last = revisions->revisions(revisions->revisions_size() - 1);
  EXPECT_EQ(last.method(), "AssignLead");
  std::vector<std::string> fields;
  for (const auto& change : last.changes()) fields.push_back(change.field());
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre("owner", "assignment"));
  // Whoever is put in by an edit has no such reason.
  v1::UpdateLeadRequest edit;
  edit.mutable_lead()->set_name(lead.name());
  edit.mutable_lead()->set_owner("agent-9");
  const auto edited = Call(&Stub::UpdateLead, edit);
  ASSERT_TRUE(edited.ok()) << edited.status();
  EXPECT_FALSE(edited->lead().has_assignment());
}

TEST_F(AssignmentTest, EveryTenantBeginsWithoutRulesAndKeepsEveryRevision) {
  const auto first = Rules(&AssignmentStub::GetAssignmentRules, v1::GetAssignmentRulesRequest());
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->rules().revision(), 1);
  const v1::AssignmentRule all = Rule("all", v1::ASSIGNMENT_WAY_ROUND_ROBIN, {"anna"});
  const std::string request_id = NewUuid();
  const auto second = SetRules({all}, "1", request_id);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->rules().revision(), 2);
  EXPECT_EQ(second->rules().rules(0).SerializeAsString(), all.SerializeAsString());
  EXPECT_EQ(SetRules({all}, "1", request_id)->SerializeAsString(), second->SerializeAsString());
  EXPECT_EQ(Outcome(SetRules({all}, "1")), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(SetRules({all})->rules().revision(), 2);
  EXPECT_EQ(SetRules({})->rules().revision(), 3);
  v1::ListAssignmentRuleRevisionsRequest list;
  list.set_page_size(2);
  std::vector<int64_t> revisions;
  do {
    const auto page = Rules(&AssignmentStub::ListAssignmentRuleRevisions, list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& rules : page->revisions()) revisions.push_back(rules.revision());
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_THAT(revisions, ElementsAre(3, 2, 1));
  v1::GetAssignmentRulesRequest get;
  get.set_revision(2);
  EXPECT_EQ(Rules(&AssignmentStub::GetAssignmentRules, get)->rules().rules_size(), 1);
  get.set_revision(4);
  EXPECT_EQ(Outcome(Rules(&AssignmentStub::GetAssignmentRules, get)),
            "NOT_FOUND RESOURCE_NOT_FOUND");
}

TEST_F(AssignmentTest, WhatIsWrongWithRulesIsToldAllAtOnce) {
  v1::AssignmentRule bad = Rule("", v1::ASSIGNMENT_WAY_UNSPECIFIED, {"anna", ""});
  bad.set_least_score(-1);
  bad.add_countries("");
  const v1::AssignmentRule all = Rule("all", v1::ASSIGNMENT_WAY_ROUND_ROBIN, {});
  EXPECT_THAT(Fields(SetRules({bad, all, all})),
              ElementsAre("rules.rules[0].countries[0]", "rules.rules[0].least_score",
                          "rules.rules[0].name", "rules.rules[0].team[1]", "rules.rules[0].way",
                          "rules.rules[1].team", "rules.rules[2].name", "rules.rules[2].team"));
}

TEST_F(AssignmentTest, EachAnswerSaysWhichRuleFiredOrWhyNone) {
  v1::AssignmentRule web = Rule("web", v1::ASSIGNMENT_WAY_ROUND_ROBIN, {"anna", "bert"});
  web.add_sources(type::v1::LEAD_SOURCE_WEB);
  ASSERT_TRUE(SetRules({web}).ok());
  const v1::Lead owned = Create();
  v1::CreateLeadRequest create = CreateRequest();
  create.mutable_lead()->clear_owner();
  const std::string lost = Create(create).name();
  v1::DisqualifyLeadRequest disqualify;
  disqualify.set_name(lost);
  disqualify.set_reason(v1::DISQUALIFY_REASON_NO_NEED);
  ASSERT_TRUE(Call(&Stub::DisqualifyLead, disqualify).ok());
  const std::string unknown = "leads/" + NewUuid();
  const std::vector<std::string> names = {
      Unowned().name(), Unowned(type::v1::LEAD_SOURCE_EVENT).name(), owned.name(), lost, unknown,
      Unowned().name()};
  const v1::AssignLeadsResponse answer = Deal(names);
  ASSERT_EQ(answer.assignments_size(), 6);
  const auto said = [&](int i) {
    const v1::LeadAssignment& one = answer.assignments(i);
    EXPECT_EQ(one.lead(), names[i]);
    EXPECT_FALSE(one.explanation().empty());
    return v1::AssignmentOutcome_Name(one.outcome()).substr(19) + " " + one.owner() + " " +
           one.rule();
  };
  EXPECT_EQ(said(0), "ASSIGNED anna web");
  EXPECT_EQ(said(1), "NO_RULE  ");
  EXPECT_EQ(said(2), "HAS_OWNER agent-7 ");
  EXPECT_EQ(said(3), "NOT_LIVE  ");
  EXPECT_EQ(said(4), "NOT_FOUND  ");
  EXPECT_EQ(said(5), "ASSIGNED bert web");
  EXPECT_EQ(answer.rules_revision(), 2);
  const v1::Lead dealt = Get(names[0]);
  EXPECT_EQ(dealt.owner(), "anna");
  EXPECT_EQ(dealt.assignment().rule(), "web");
  EXPECT_EQ(dealt.assignment().rules_revision(), 2);
}

TEST_F(AssignmentTest, ByCountryOfTheContactAndByScore) {
  v1::AssignmentRule swiss = Rule("swiss", v1::ASSIGNMENT_WAY_ROUND_ROBIN, {"anna"});
  swiss.add_countries("Switzerland");
  v1::AssignmentRule strong = Rule("strong", v1::ASSIGNMENT_WAY_ROUND_ROBIN, {"bert"});
  strong.set_least_score(30);
  ASSERT_TRUE(SetRules({swiss, strong}).ok());
  const v1::Lead in_zurich = Unowned();
  Service().organizations().Know(*base::Uuid::Parse(in_zurich.contact().substr(9)),
                                 {"", "switzerland", std::nullopt});
  const v1::Lead needy = Unowned();
  ASSERT_TRUE(Assess(needy.name(), v1::CRITERION_NEED, v1::FINDING_MET).ok());
  const v1::AssignLeadsResponse answer = Deal({in_zurich.name(), needy.name(), Unowned().name()});
  EXPECT_EQ(answer.assignments(0).rule(), "swiss");
  EXPECT_EQ(answer.assignments(1).rule(), "strong");
  EXPECT_EQ(answer.assignments(2).outcome(), v1::ASSIGNMENT_OUTCOME_NO_RULE);
  Service().organizations().SetAway(true);
  v1::AssignLeadsRequest request;
  request.add_leads(Unowned().name());
  EXPECT_EQ(Outcome(Deal(request)), "UNAVAILABLE NEIGHBOUR_UNAVAILABLE");
  // Rules that ask for no country need no contact service.
  ASSERT_TRUE(SetRules({strong}).ok());
  EXPECT_EQ(Outcome(Deal(request)), "OK");
  Service().organizations().SetAway(false);
}

TEST_F(AssignmentTest, TheLeastLoadedGetsTheNext) {
  ASSERT_TRUE(
      SetRules({Rule("all", v1::ASSIGNMENT_WAY_LEAST_LOADED, {"agent-7", "bert", "carla"})}).ok());
  Create();  // agent-7's
  Create();
  EXPECT_THAT(Got({Deal(UnownedNames(5))}),
              ElementsAre(Pair("agent-7", 1), Pair("bert", 2), Pair("carla", 2)));
}

TEST_F(AssignmentTest, AllWithoutAnOwnerThatTheFilterFindsTheOldestFirst) {
  ASSERT_TRUE(SetRules({Rule("all", v1::ASSIGNMENT_WAY_ROUND_ROBIN, {"anna", "bert"})}).ok());
  Create();
  const std::vector<std::string> names = UnownedNames(3);
  Unowned(type::v1::LEAD_SOURCE_EVENT);
  v1::AssignLeadsRequest request;
  request.set_filter("source = WEB");
  request.set_request_id(NewUuid());
  const auto answer = Deal(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->assignments_size(), 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(answer->assignments(i).lead(), names[i]);
  // A retry gets the first answer, whoever owns them now.
  UnownedNames(2);
  EXPECT_EQ(Deal(request)->SerializeAsString(), answer->SerializeAsString());
  EXPECT_EQ(Deal(v1::AssignLeadsRequest())->assignments_size(), 3);
  EXPECT_EQ(Deal(v1::AssignLeadsRequest())->assignments_size(), 0);
  request.set_filter("colour = blue");
  request.set_request_id("");
  EXPECT_EQ(Outcome(Deal(request)), "INVALID_ARGUMENT FILTER_INVALID");
}

}  // namespace
}  // namespace crm::lead::testing
