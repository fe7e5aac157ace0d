#include "services/opportunity/domain/opportunity_deletion.h"

#include <gtest/gtest.h>

#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

Opportunity Deleted(absl::string_view stage = "proposal") {
  Opportunity it = Ready(stage);
  EXPECT_TRUE(Delete(it, DefaultPipeline(), On(2)).ok());
  return it;
}

TEST(Deletion, LosesAnOpenOneByAnOrdinaryMove) {
  const Opportunity it = Deleted();
  EXPECT_EQ(it.delete_time, On(2).now);
  EXPECT_EQ(it.stage_type, StageType::kLost);
  EXPECT_EQ(it.loss_reason, LossReason::kOther);
  EXPECT_EQ(it.loss_note, "deleted");
  ASSERT_EQ(it.stage_changes.size(), 1u);
  EXPECT_EQ(it.stage_changes[0].before->stage, "proposal");
  EXPECT_EQ(it.stage_changes[0].event_id, On(2).event_id);
}

TEST(Deletion, OnlyMarksALostOne) {
  Opportunity lost = Ready("lost");
  const Opportunity it = Deleted("lost");
  lost.delete_time = On(2).now;
  EXPECT_EQ(it, lost);
}

TEST(Deletion, OfAWonOneIsRefusedSinceItsAccountCountsIt) {
  Opportunity it = Ready("won");
  const Opportunity before = it;
  const absl::Status status = Delete(it, DefaultPipeline(), On(2));
  EXPECT_EQ(error::ReasonOf(status), "STATE_INVALID");
  EXPECT_EQ(Metadata(status, "state"), "won");
  EXPECT_EQ(Metadata(status, "useMethod"), "ReopenOpportunity");
  EXPECT_EQ(it, before);
}

TEST(Deletion, LeavesNothingButToUndelete) {
  const Pipeline& pipeline = DefaultPipeline();
  Opportunity it = Deleted();
  const Opportunity before = it;
  OpportunityEdit edit;
  edit.owner = "agent-8";
  const absl::Status refusals[] = {
      Edit(it, edit, pipeline),
      Move(it, pipeline, "contract", On(3)),
      Win(it, pipeline, On(3)),
      Lose(it, pipeline, On(3), LossReason::kPrice),
      Reopen(it, pipeline, "contract", On(3), "back"),
      Delete(it, pipeline, On(3)),
  };
  for (const absl::Status& status : refusals) {
    EXPECT_EQ(error::ReasonOf(status), "STATE_INVALID");
    EXPECT_EQ(Metadata(status, "state"), "DELETED");
    EXPECT_EQ(Metadata(status, "useMethod"), "UndeleteOpportunity");
  }
  EXPECT_EQ(it, before);
}

TEST(Undeletion, BringsItBackLostToBeReopened) {
  Opportunity it = Deleted();
  ASSERT_TRUE(Undelete(it).ok());
  EXPECT_FALSE(it.deleted());
  EXPECT_EQ(it.stage_type, StageType::kLost);
  EXPECT_TRUE(Reopen(it, DefaultPipeline(), "contract", On(3), "back").ok());
}

TEST(Undeletion, IsOnlyForTheDeleted) {
  for (const char* stage : {"proposal", "won", "lost"}) {
    Opportunity it = Ready(stage);
    EXPECT_EQ(error::ReasonOf(Undelete(it)), "STATE_INVALID");
    EXPECT_EQ(Metadata(Undelete(it), "state"), stage);
  }
}

}  // namespace
}  // namespace crm::opportunity::testing
