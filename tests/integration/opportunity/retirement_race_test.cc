// A stage is removed while others move, in this process and in another.

#include <atomic>
#include <thread>

#include "tests/integration/opportunity/retirement_fixture.h"
#include "tests/support/await.h"

namespace crm::opportunity::testing {
namespace {

// What a process remembers of pipelines is never what counts.
TEST_F(RetirementTest, TwoProcessesGoByWhatTheDatabaseSays) {
  Fill(1);
  Replica other(Service().database().pool());
  const std::string name = OpenIn(pipeline_.name()).name();
  const auto go = [&](const char* stage) {
    return other.Change(tenant(), name, [&](Opportunity& it) {
      return opportunity::Move(it, *it.rules.definition, stage, other.Now());
    });
  };
  ASSERT_TRUE(go("offer").ok());  // the other remembers the first revision now
  ASSERT_TRUE(go("trial").ok());
  pipeline_.mutable_stages(2)->set_probability(85);
  pipeline_.mutable_stages(2)->set_display_name("Lawyers");
  RemoveOffer();
  EXPECT_EQ(Reason(go("offer")), "REFERENCE_NOT_FOUND");
  ASSERT_TRUE(go("legal").ok());
  EXPECT_EQ(Get(name).probability(), 85);
  // And the service sees what the other one removes, at once.
  v1::Pipeline less = GetPipeline(pipeline_.name());
  less.mutable_stages()->DeleteSubrange(0, 1);
  ASSERT_TRUE(UpdatePipeline(less, {{"trial", "legal"}}).ok());
  EXPECT_EQ(Reason(go("trial")), "REFERENCE_NOT_FOUND");
}

// Moves by many while the stage is removed: none is lost, none fails otherwise than by the rule,
// nothing stays behind, and each history is one chain.
TEST_F(RetirementTest, RacesWithMovesUnderLoad) {
  Fill(12);
  std::atomic<bool> over = false;
  std::atomic<int> refused = 0;
  std::atomic<int> made = 0;
  std::vector<std::thread> callers;
  for (size_t caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&, caller] {
      for (size_t i = caller * 3; !over; ++i) {
        v1::MoveOpportunityRequest request;
        request.set_name(names_[i % names_.size()]);
        request.set_stage(i / names_.size() % 2 == 0 ? "trial" : "offer");
        request.set_override_reason("load");
        const auto moved = Call(&Stub::MoveOpportunity, request);
        ++(moved.ok() ? made : refused);
        if (moved.ok()) continue;
        const std::string reason = Reason(moved.status());
        EXPECT_TRUE(reason == "REFERENCE_NOT_FOUND" || reason == "STATE_INVALID") << moved.status();
      }
    });
  }
  const auto await = [](const std::atomic<int>& count, int least) {
    return crm::testing::Await(kPatience, [&] { return count >= least; });
  };
  EXPECT_TRUE(await(made, 40));
  RemoveOffer();
  Replica other(Service().database().pool());
  RunToTheEnd(other, AtOnce());
  const int before = refused;
  EXPECT_TRUE(await(refused, before + 10));
  over = true;
  for (std::thread& caller : callers) caller.join();
  // The last look: whoever was late is found.
  Sql(
      absl::StrCat("INSERT INTO stage_retirement (tenant, pipeline, stage, actor, retire_time, "
                   "due_time) VALUES ('",
                   tenant(), "', 'renewals', 'offer', 'late', now(), now())"));
  RunToTheEnd(other, AtOnce());
  for (const std::string& name : names_) {
    EXPECT_NE(Get(name).stage(), "offer");
    std::string stage;
    int64_t version = 0;
    for (const v1::StageChange& change : History(name)) {
      EXPECT_EQ(change.from_stage(), stage);
      EXPECT_EQ(change.version(), ++version);
      stage = change.to_stage();
    }
    EXPECT_EQ(Get(name).stage(), stage);
  }
}

}  // namespace
}  // namespace crm::opportunity::testing
