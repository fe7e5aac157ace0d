// Rows of leads that this version of the service cannot read.

#include "tests/contract/damaged_rows.h"

#include "absl/strings/str_cat.h"
#include "services/lead/store/assignment_store.h"
#include "services/lead/store/policy_store.h"
#include "tests/contract/lead/lead_store.h"

namespace crm::lead {
namespace {

using crm::testing::Damage;
using crm::testing::ExpectDamaged;

constexpr Damage kDamages[] = {
    {"StateOfANewerVersion", "state = 'NURTURED'"},
    {"SourceOfANewerVersion", "source = 'TELEPATHY'"},
    {"BuyingRoleOfANewerVersion", "buying_role = 'USER'"},
    {"ReasonOfANewerVersion", "disqualify_reason = 'BORED'"},
    {"NoOwner", "owner = NULL"},
    {"InterestsThatAreNoTexts", "interests = '[1]'"},
    {"AssessmentWithoutId", "assessments = '[{\"criterion\": \"NEED\"}]'"},
    {"AssessmentOfANewerCriterion",
     "assessments = '[{\"id\": \"00000000-0000-7000-0000-000000000001\", \"criterion\": \"LUCK\", "
     "\"finding\": \"MET\", \"source\": \"CALL\", \"observed\": 1, \"recorded\": 1}]'"},
    {"VerdictCutShort", "verdict = '[1,2]'"},
    {"VerdictOfANewerOutcome", "verdict = '[99,0,1,0,60]'"},
    {"NumberBeyondAnyRange", "verdict = '[1,1e999,1,0,60]'"},
    {"AttributesThatAreNoTexts", "attributes = '{\"a\": 1}'"},
    {"ScoreBeyondAHundred", "score = 101, outcome = 'QUALIFIED'"},
    {"ScoreWithoutOutcome", "score = 50"},
    {"ConversionWithoutRequest", "conversion = '{}', conversion_state = 'STARTED'"},
    {"ConversionWithoutState",
     "conversion = '{\"request\": \"00000000-0000-7000-0000-000000000001\", \"hash\": \"\", "
     "\"time\": 1}'"},
    {"AssignmentWithoutTime", "assignment = '{\"reason\": \"holiday\"}'"},
};

class DamagedLead : public LeadStoreTest, public ::testing::WithParamInterface<Damage> {};

TEST_P(DamagedLead, IsDataLossForItselfAlone) {
  ASSERT_TRUE(Create(FullLead()).ok());
  Lead other = FullLead();
  other.id = IdOf(2);
  other.external_id = "";
  ASSERT_TRUE(Create(other).ok());
  Sql(
      absl::StrCat("ALTER TABLE lead DROP CONSTRAINT lead_state, ALTER owner DROP NOT NULL; "
                   "UPDATE lead SET ",
                   GetParam().set, " WHERE id = '", IdOf(1).ToString(), "'"));
  const std::string row =
      absl::StrCat("SELECT lead FROM lead WHERE id = '", IdOf(1).ToString(), "'");
  const std::string before = Sql(row);
  crm::testing::ExpectDamageStaysAlone<Lead>(*leads_, {"acme", IdOf(1)}, {"acme", IdOf(2)},
                                             LeadName(IdOf(1)), [](Lead& lead) {
                                               lead.owner = "another";
                                               return absl::OkStatus();
                                             });
  EXPECT_EQ(Sql(row), before);
  listing::Query query;
  query.tenant = "acme";
  ExpectDamaged(reads_->List(query, kNoDeadline).status(), LeadName(IdOf(1)));
}

INSTANTIATE_TEST_SUITE_P(Leads, DamagedLead, ::testing::ValuesIn(kDamages),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(LeadStoreTest, AnAssessmentOnRecordThatCannotBeReadIsDataLoss) {
  ASSERT_TRUE(Create(FullLead()).ok());
  ASSERT_TRUE(Change(IdOf(1), [](Lead& lead) {
                return Assess(lead, testing::Found(Criterion::kNeed, Finding::kMet),
                              DefaultPolicy(), At(kStart));
              }).ok());
  Sql("UPDATE assessment SET finding = 'PERHAPS'");
  const PastLead past[] = {{{"acme", IdOf(1)}, clock_.Now()}, {{"acme", IdOf(2)}, clock_.Now()}};
  const auto found = reads_->AssessmentsAsOf(past, kNoDeadline);
  ExpectDamaged(found[0].status(), LeadName(IdOf(1)));
  EXPECT_TRUE(found[1].ok());
}

TEST_F(LeadStoreTest, APolicyThatCannotBeReadIsDataLossForItsTenantAlone) {
  Sql("INSERT INTO qualification_policy VALUES ('acme', 2, now(), '', '{\"threshold\": 70}')");
  const PolicyQuestion questions[] = {{"acme"}, {"other"}, {"acme", 1}};
  const auto found = PolicyStore(*pool_).Find(questions, kNoDeadline);
  ExpectDamaged(found[0].status(), PolicyName(2));
  EXPECT_EQ(found[1]->policy, DefaultPolicy());
  EXPECT_EQ(found[2]->policy, DefaultPolicy());
}

TEST_F(LeadStoreTest, RulesThatCannotBeReadAreDataLossForTheirTenantAlone) {
  for (const char* const rules :
       {"{}", "[{}]", "[{\"name\": \"a\", \"way\": \"BY_LOT\", \"team\": [\"anna\"]}]",
        "[{\"name\": \"a\", \"way\": \"ROUND_ROBIN\", \"team\": []}]"}) {
    Sql(
        absl::StrCat("DELETE FROM assignment_rules; INSERT INTO assignment_rules VALUES ('acme', "
                     "2, now(), '', '",
                     rules, "')"));
    AssignmentStore store(*pool_);
    ExpectDamaged(store.Find("acme", 0, kNoDeadline).status(), "assignmentRules/revisions/2");
    ExpectDamaged(store.List("acme", std::nullopt, 10, kNoDeadline).status(),
                  "assignmentRules/revisions/2");
    EXPECT_EQ(store.Find("other", 0, kNoDeadline)->rules, BuiltInRules().rules);
  }
}

TEST_F(LeadStoreTest, TurnsThatCannotBeReadAreDataLoss) {
  Sql("INSERT INTO assignment_turn VALUES ('acme', '{\"all\": 1}')");
  DealOrder order;
  order.tenant = "acme";
  order.rules_revision = 1;
  order.policy.policy = DefaultPolicy();
  order.answer = [](absl::Span<const Dealt>) { return std::string(); };
  ExpectDamaged(AssignmentStore(*pool_).Deal(order, kNoDeadline).status(), "assignmentTurns");
}

// An answer that cannot be read is an error for who repeats its request, and for nobody else.
TEST_F(LeadStoreTest, ADamagedAnswerIsDataLossForItsRequestAlone) {
  ASSERT_TRUE(Create(FullLead()).ok());
  const auto note = [](uint64_t request) {
    aggregate::Change<Lead> change;
    change.key = {"acme", IdOf(1)};
    change.request = idempotency::Request{IdOf(request), "hash"};
    change.apply = [](Lead&) { return absl::OkStatus(); };
    change.answer = [](const Lead&) { return "noted"; };
    return change;
  };
  const auto run = [&](aggregate::Change<Lead>& first, aggregate::Change<Lead>& second) {
    aggregate::Change<Lead>* items[] = {&first, &second};
    leads_->Update(items, kNoDeadline);
  };
  aggregate::Change<Lead> damaged = note(71);
  aggregate::Change<Lead> sound = note(72);
  run(damaged, sound);
  Sql("ALTER TABLE idempotency ALTER hash DROP NOT NULL; UPDATE idempotency SET hash = NULL "
      "WHERE request_id = '" +
      IdOf(71).ToString() + "'");
  aggregate::Change<Lead> damaged_again = note(71);
  aggregate::Change<Lead> sound_again = note(72);
  run(damaged_again, sound_again);
  ExpectDamaged(damaged_again.outcome.status(), "requests/" + IdOf(71).ToString());
  ASSERT_TRUE(sound_again.outcome.ok()) << sound_again.outcome.status();
  EXPECT_TRUE(sound_again.outcome->replayed);
  ExpectDamaged(reads_->FirstAnswer("acme", *note(71).request, kNoDeadline).status(),
                "requests/" + IdOf(71).ToString());
}

}  // namespace
}  // namespace crm::lead
