#include "services/opportunity/domain/pipeline.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

TEST(Pipeline, TheDefaultOneIsWellFormed) {
  const Pipeline& pipeline = DefaultPipeline();
  std::map<StageType, int> count;
  std::set<std::string> keys;
  int position = 0;
  for (const Stage& stage : pipeline.stages) {
    ++count[stage.type];
    keys.insert(stage.key);
    EXPECT_GT(stage.position, position);
    position = stage.position;
  }
  EXPECT_EQ(count[StageType::kWon], 1);
  EXPECT_EQ(count[StageType::kLost], 1);
  EXPECT_EQ(count[StageType::kOpen], 5);
  EXPECT_EQ(keys.size(), pipeline.stages.size());
  EXPECT_EQ(pipeline.Won().probability, 100);
  EXPECT_EQ(pipeline.Lost().probability, 0);
  EXPECT_EQ(pipeline.First().key, "discovery");
}

TEST(Pipeline, ChangingAStagesDefaultsChangesNoOpportunity) {
  Pipeline pipeline = DefaultPipeline();
  Opportunity it = Ready("proposal", pipeline);
  for (Stage& stage : pipeline.stages) stage.probability = 1;
  OpportunityEdit edit;
  edit.owner = "agent-9";
  ASSERT_TRUE(Edit(it, edit, pipeline).ok());
  EXPECT_EQ(it.probability, 60);
}

}  // namespace
}  // namespace crm::opportunity::testing
