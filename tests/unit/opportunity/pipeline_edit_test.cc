#include "services/opportunity/domain/pipeline_edit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

PipelineEdit Without(const Pipeline& pipeline, std::initializer_list<absl::string_view> keys) {
  PipelineEdit edit;
  edit.stages = pipeline.stages;
  for (const absl::string_view key : keys) {
    std::erase_if(*edit.stages, [key](const Stage& stage) { return stage.key == key; });
  }
  return edit;
}

std::vector<std::string> KeysOf(const Pipeline& pipeline) {
  std::vector<std::string> keys;
  for (const Stage& stage : pipeline.stages) keys.push_back(stage.key);
  return keys;
}

TEST(PipelineEdit, RenamingChangesNothingButNames) {
  Pipeline pipeline = DefaultPipeline();
  PipelineEdit edit;
  edit.display_name = "Sales";
  edit.stages = pipeline.stages;
  for (Stage& stage : *edit.stages) stage.display_name += "!";
  ASSERT_TRUE(Edit(pipeline, edit, On(1)).ok());
  EXPECT_EQ(pipeline.Find("proposal")->display_name, "Proposal!");
  EXPECT_EQ(pipeline.display_name, "Sales");
  for (Stage& stage : pipeline.stages) stage.display_name.pop_back();
  EXPECT_EQ(pipeline.stages, DefaultPipeline().stages);
  EXPECT_THAT(pipeline.retired, IsEmpty());
}

TEST(PipelineEdit, PositionsFollowTheOrder) {
  Pipeline pipeline = DefaultPipeline();
  PipelineEdit edit;
  edit.stages = pipeline.stages;
  std::swap((*edit.stages)[1], (*edit.stages)[2]);
  ASSERT_TRUE(Edit(pipeline, edit, On(1)).ok());
  EXPECT_THAT(KeysOf(pipeline), ElementsAre("discovery", "proposal", "needs_confirmed",
                                            "payment_terms", "contract", "won", "lost"));
  for (size_t i = 0; i < pipeline.stages.size(); ++i) {
    EXPECT_EQ(pipeline.stages[i].position, static_cast<int>(i) + 1);
  }
}

TEST(PipelineEdit, ARemovedStageIsRetiredWithItsSuccessor) {
  Pipeline pipeline = DefaultPipeline();
  PipelineEdit edit = Without(pipeline, {"proposal"});
  edit.successors = {{"proposal", "contract"}};
  ASSERT_TRUE(Edit(pipeline, edit, On(3)).ok());
  EXPECT_EQ(pipeline.Find("proposal"), nullptr);
  const RetiredStage* const retired = pipeline.FindRetired("proposal");
  ASSERT_NE(retired, nullptr);
  EXPECT_EQ(retired->successor, "contract");
  EXPECT_EQ(retired->retire_time, On(3).now);
  EXPECT_EQ(retired->actor, "agent-7");
  EXPECT_EQ(retired->stage.probability, 60);
  EXPECT_EQ(pipeline.FindAny("proposal"), &retired->stage);
  EXPECT_EQ(pipeline.Standing("proposal"), pipeline.Find("contract"));
  EXPECT_EQ(pipeline.Standing("discovery"), pipeline.Find("discovery"));
  EXPECT_EQ(pipeline.Standing("nowhere"), nullptr);
}

TEST(PipelineEdit, AStageInUseIsNotRemovedWithoutASuccessor) {
  Pipeline pipeline = DefaultPipeline();
  const Pipeline before = pipeline;
  const PipelineEdit edit = Without(pipeline, {"needs_confirmed", "proposal", "contract"});
  EXPECT_THAT(Abandoned(pipeline, edit), ElementsAre("needs_confirmed", "proposal", "contract"));
  const absl::Status status = Edit(pipeline, edit, On(1), {"contract"});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(error::ReasonOf(status), "STAGE_IN_USE");
  EXPECT_EQ(Metadata(status, "resource"), "pipelines/default");
  EXPECT_EQ(Metadata(status, "stages"), "needs_confirmed,proposal");
  EXPECT_EQ(error::DetailsOf(status)->preconditions.size(), 2u);
  EXPECT_EQ(pipeline, before);
}

TEST(PipelineEdit, AnUnusedStageGoesToTheNearestBeforeIt) {
  Pipeline pipeline = DefaultPipeline();
  const PipelineEdit edit = Without(pipeline, {"discovery", "proposal", "payment_terms"});
  ASSERT_TRUE(Edit(pipeline, edit, On(1), {"discovery", "proposal", "payment_terms"}).ok());
  EXPECT_EQ(pipeline.FindRetired("discovery")->successor, "needs_confirmed");
  EXPECT_EQ(pipeline.FindRetired("proposal")->successor, "needs_confirmed");
  EXPECT_EQ(pipeline.FindRetired("payment_terms")->successor, "needs_confirmed");
}

TEST(PipelineEdit, WhatHadARemovedStageForSuccessorFollowsIt) {
  Pipeline pipeline = DefaultPipeline();
  PipelineEdit first = Without(pipeline, {"needs_confirmed"});
  first.successors = {{"needs_confirmed", "proposal"}};
  ASSERT_TRUE(Edit(pipeline, first, On(1)).ok());
  PipelineEdit second = Without(pipeline, {"proposal"});
  second.successors = {{"proposal", "contract"}};
  ASSERT_TRUE(Edit(pipeline, second, On(2)).ok());
  EXPECT_EQ(pipeline.FindRetired("needs_confirmed")->successor, "contract");
  EXPECT_EQ(pipeline.FindRetired("needs_confirmed")->retire_time, On(1).now);
  EXPECT_EQ(pipeline.Standing("needs_confirmed")->key, "contract");
}

TEST(PipelineEdit, ARetiredStageThatIsNamedAgainIsTakenBack) {
  Pipeline pipeline = DefaultPipeline();
  ASSERT_TRUE(Edit(pipeline, Without(pipeline, {"proposal"}), On(1), {"proposal"}).ok());
  PipelineEdit edit;
  edit.stages = DefaultPipeline().stages;
  ASSERT_TRUE(Edit(pipeline, edit, On(2)).ok());
  EXPECT_EQ(pipeline.stages, DefaultPipeline().stages);
  EXPECT_THAT(pipeline.retired, IsEmpty());
}

TEST(PipelineEdit, AllViolationsComeTogetherAndChangeNothing) {
  Pipeline pipeline = DefaultPipeline();
  const Pipeline before = pipeline;
  PipelineEdit edit;
  edit.display_name = "Never";
  edit.stages = pipeline.stages;
  (*edit.stages)[0].probability = 101;
  (*edit.stages)[5].key = "sold";
  edit.successors = {{"contract", "discovery"}};
  const absl::Status status = Edit(pipeline, edit, On(1));
  EXPECT_EQ(error::ReasonOf(status), error::kFieldInvalid);
  const auto details = error::DetailsOf(status);
  ASSERT_TRUE(details.has_value());
  std::vector<std::string> fields;
  for (const auto& it : details->fields) fields.push_back(it.field);
  EXPECT_THAT(fields, ElementsAre("stages[0].probability", "stages", "successors[0].stage"));
  EXPECT_EQ(pipeline, before);
}

TEST(PipelineEdit, ArchivingCanBeUndone) {
  Pipeline pipeline = DefaultPipeline();
  pipeline.slug = "renewals";
  EXPECT_EQ(error::ReasonOf(Unarchive(pipeline)), error::kStateInvalid);
  ASSERT_TRUE(Archive(pipeline, On(1)).ok());
  EXPECT_EQ(pipeline.archive_time, On(1).now);
  EXPECT_EQ(error::ReasonOf(Archive(pipeline, On(2))), error::kStateInvalid);
  ASSERT_TRUE(Unarchive(pipeline).ok());
  EXPECT_FALSE(pipeline.archive_time.has_value());
}

TEST(PipelineEdit, TheDefaultPipelineIsNotArchived) {
  Pipeline pipeline = DefaultPipeline();
  EXPECT_EQ(Metadata(Archive(pipeline, On(1)), "state"), "ACTIVE");
}

TEST(PipelineEdit, IdsOfSlugsDiffer) {
  EXPECT_EQ(PipelineId("default"), DefaultPipeline().id);
  EXPECT_NE(PipelineId("renewals"), PipelineId("default"));
  EXPECT_EQ(PipelineName("renewals"), "pipelines/renewals");
}

}  // namespace
}  // namespace crm::opportunity::testing
