// Leads that many deal at the same time.

#include <set>
#include <thread>

#include "tests/integration/lead/assignment_fixture.h"

namespace crm::lead::testing {
namespace {

constexpr int kCallers = 20;

class AssignmentRace : public AssignmentTest {
 protected:
  // What each of the callers was answered, all calling at once.
  std::vector<v1::AssignLeadsResponse> AtOnce(const std::vector<v1::AssignLeadsRequest>& requests) {
    std::vector<v1::AssignLeadsResponse> answers(requests.size());
    std::vector<std::thread> threads;
    for (size_t i = 0; i < requests.size(); ++i) {
      threads.emplace_back([&, i] {
        const auto answer = Deal(requests[i]);
        ASSERT_TRUE(answer.ok()) << answer.status();
        answers[i] = *answer;
      });
    }
    for (std::thread& thread : threads) thread.join();
    return answers;
  }

  // Every lead was dealt once, to whom it belongs, and nobody of the team got two more than
  // another.
  void ExpectFair(const std::vector<v1::AssignLeadsResponse>& answers, size_t leads) {
    std::set<std::string> dealt;
    for (const auto& answer : answers) {
      for (const auto& one : answer.assignments()) {
        if (one.outcome() != v1::ASSIGNMENT_OUTCOME_ASSIGNED) continue;
        EXPECT_TRUE(dealt.insert(one.lead()).second) << one.lead() << " was dealt twice";
        EXPECT_EQ(Get(one.lead()).owner(), one.owner());
      }
    }
    EXPECT_EQ(dealt.size(), leads);
    const std::map<std::string, int> got = Got(answers);
    ASSERT_EQ(got.size(), 3u);
    int least = got.begin()->second;
    int most = least;
    for (const auto& [agent, count] : got) {
      least = std::min(least, count);
      most = std::max(most, count);
    }
    EXPECT_LE(most - least, 1);
  }

  const std::vector<std::string> team_ = {"anna", "bert", "carla"};
};

TEST_F(AssignmentRace, NoLeadIsDealtTwiceAndTurnsAreFair) {
  ASSERT_TRUE(SetRules({Rule("all", v1::ASSIGNMENT_WAY_ROUND_ROBIN, team_)}).ok());
  const std::vector<std::string> names = UnownedNames(100);
  // Each caller names ten, of which the next one names five too.
  std::vector<v1::AssignLeadsRequest> requests(kCallers);
  for (int i = 0; i < kCallers; ++i) {
    for (int n = 0; n < 10; ++n) requests[i].add_leads(names[(i * 5 + n) % names.size()]);
  }
  ExpectFair(AtOnce(requests), names.size());
}

TEST_F(AssignmentRace, ThoseWhoDealAllThatIsThereShareIt) {
  ASSERT_TRUE(SetRules({Rule("all", v1::ASSIGNMENT_WAY_LEAST_LOADED, team_)}).ok());
  const std::vector<std::string> names = UnownedNames(40);
  ExpectFair(AtOnce(std::vector<v1::AssignLeadsRequest>(kCallers)), names.size());
}

TEST_F(AssignmentRace, RepeatedCallsAreAnsweredAsOne) {
  ASSERT_TRUE(SetRules({Rule("all", v1::ASSIGNMENT_WAY_ROUND_ROBIN, team_)}).ok());
  v1::AssignLeadsRequest request;
  for (const std::string& name : UnownedNames(6)) request.add_leads(name);
  request.set_request_id(NewUuid());
  std::set<std::string> answers;
  for (const auto& answer : AtOnce(std::vector<v1::AssignLeadsRequest>(kCallers, request))) {
    answers.insert(answer.SerializeAsString());
  }
  EXPECT_EQ(answers.size(), 1u);
}

TEST_F(AssignmentRace, RulesThatAreChangedMeanwhileDealWhole) {
  ASSERT_TRUE(SetRules({Rule("all", v1::ASSIGNMENT_WAY_ROUND_ROBIN, team_)}).ok());
  UnownedNames(30);
  std::thread changing([&] {
    for (int i = 0; i < 10; ++i) {
      EXPECT_TRUE(
          SetRules({Rule("turn " + std::to_string(i), v1::ASSIGNMENT_WAY_ROUND_ROBIN, team_)})
              .ok());
    }
  });
  v1::AssignLeadsRequest request;
  for (int i = 0; i < 10; ++i) {
    const auto answer = Deal(request);
    if (!answer.ok()) {
      EXPECT_EQ(Outcome(answer), "ABORTED WRITE_CONFLICT");
      continue;
    }
    for (const auto& one : answer->assignments()) {
      EXPECT_EQ(Get(one.lead()).assignment().rules_revision(), answer->rules_revision());
    }
  }
  changing.join();
}

}  // namespace
}  // namespace crm::lead::testing
