// Pipelines as callers see them.

#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class Pipelines : public OpportunityServiceTest {
 protected:
  std::vector<std::string> ListNames(const std::string& filter = "") {
    v1::ListPipelinesRequest request;
    request.set_filter(filter);
    request.set_page_size(1);
    std::vector<std::string> names;
    do {
      const auto page = Call(&PipelineStub::ListPipelines, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const v1::Pipeline& it : page->pipelines()) names.push_back(it.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }

  absl::Status Archive(const std::string& name) {
    v1::ArchivePipelineRequest request;
    request.set_name(name);
    return Call(&PipelineStub::ArchivePipeline, request).status();
  }
  absl::Status Unarchive(const std::string& name) {
    v1::UnarchivePipelineRequest request;
    request.set_name(name);
    return Call(&PipelineStub::UnarchivePipeline, request).status();
  }

  static std::vector<std::string> KeysOf(const v1::Pipeline& pipeline) {
    std::vector<std::string> keys;
    for (const v1::Stage& stage : pipeline.stages()) keys.push_back(stage.key());
    return keys;
  }
};

TEST_F(Pipelines, TheDefaultOneIsDataLikeAnyOther) {
  EXPECT_THAT(ListNames(), ElementsAre("pipelines/default"));
  v1::Pipeline it = GetPipeline("pipelines/default");
  EXPECT_EQ(it.revision(), 1);
  EXPECT_THAT(KeysOf(it), ElementsAre("discovery", "needs_confirmed", "proposal", "payment_terms",
                                      "contract", "won", "lost"));
  it.mutable_stages(2)->clear_gates();
  const auto changed = UpdatePipeline(it);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->pipeline().revision(), 2);
  // Without the gates of the proposal only those before it stand in the way.
  v1::MoveOpportunityRequest move;
  move.set_name(Open().name());
  move.set_stage("proposal");
  EXPECT_EQ(Metadata(Call(&Stub::MoveOpportunity, move).status(), "gates"),
            "needs_confirmed/need_confirmed,needs_confirmed/strong_need");
}

TEST_F(Pipelines, TheDefaultOneIsThereOnceATenantHasMoved) {
  Move(Open().name(), "contract");
  EXPECT_EQ(Service().database().Sql(absl::StrCat(
                "SELECT slug, revision FROM pipeline WHERE tenant = '", tenant(), "'")),
            "default|1");
}

TEST_F(Pipelines, WhatIsMadeComesBack) {
  v1::CreatePipelineRequest request = PipelineRequest("renewals");
  request.mutable_pipeline()->set_description("Yearly.");
  v1::Stage& offer = *request.mutable_pipeline()->mutable_stages(1);
  offer.set_stage_key("proposal");
  offer.add_next_stages("trial");
  v1::Gate& gate = *offer.add_gates();
  gate.set_kind(v1::GATE_KIND_MINIMUM_AMOUNT);
  gate.mutable_minimum_amount()->set_currency_code("EUR");
  gate.mutable_minimum_amount()->set_amount_minor(5000);
  offer.add_gates()->set_kind(v1::GATE_KIND_AMOUNT);
  const v1::Pipeline it = CreatePipeline(request);
  EXPECT_EQ(it.name(), "pipelines/renewals");
  EXPECT_EQ(it.etag(), "1");
  EXPECT_EQ(it.state(), v1::PIPELINE_STATE_ACTIVE);
  EXPECT_EQ(it.description(), "Yearly.");
  EXPECT_EQ(it.stages(1).position(), 2);
  EXPECT_EQ(it.stages(1).stage_key(), "proposal");
  EXPECT_EQ(it.stages(0).stage_key(), "trial");
  EXPECT_EQ(it.stages(1).gates(0).minimum_amount().amount_minor(), 5000);
  EXPECT_EQ(it.stages(3).probability(), 100);
  EXPECT_EQ(it.stages(4).forecast_category(), v1::FORECAST_CATEGORY_OMITTED);
  EXPECT_EQ(GetPipeline(it.name()).SerializeAsString(), it.SerializeAsString());
  EXPECT_THAT(ListNames(), ElementsAre("pipelines/default", "pipelines/renewals"));
  // What was read can be written back and is the same.
  const auto same = UpdatePipeline(it);
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(same->pipeline().SerializeAsString(), it.SerializeAsString());
}

TEST_F(Pipelines, AnIdIsTakenOnceInATenant) {
  CreatePipeline(PipelineRequest("renewals"));
  EXPECT_EQ(Outcome(Call(&PipelineStub::CreatePipeline, PipelineRequest("renewals"))),
            "ALREADY_EXISTS DUPLICATE_ID");
  EXPECT_EQ(Outcome(Call(&PipelineStub::CreatePipeline, PipelineRequest("default"))),
            "ALREADY_EXISTS DUPLICATE_ID");
}

TEST_F(Pipelines, ARepeatedRequestGetsTheFirstAnswer) {
  v1::CreatePipelineRequest request = PipelineRequest("renewals");
  request.set_request_id(NewUuid());
  const v1::Pipeline first = CreatePipeline(request);
  EXPECT_EQ(CreatePipeline(request).SerializeAsString(), first.SerializeAsString());
  v1::ArchivePipelineRequest archive;
  archive.set_name(first.name());
  archive.set_request_id(NewUuid());
  const auto once = Call(&PipelineStub::ArchivePipeline, archive);
  const auto twice = Call(&PipelineStub::ArchivePipeline, archive);
  ASSERT_TRUE(twice.ok()) << twice.status();
  EXPECT_EQ(twice->SerializeAsString(), once->SerializeAsString());
}

TEST_F(Pipelines, AllThatIsWrongIsToldAtOnce) {
  v1::CreatePipelineRequest request = PipelineRequest("renewals");
  request.mutable_pipeline()->mutable_stages(0)->set_probability(101);
  request.mutable_pipeline()->mutable_stages(1)->set_key("trial");
  request.mutable_pipeline()->mutable_stages(4)->set_type(v1::STAGE_TYPE_OPEN);
  request.mutable_pipeline()->mutable_stages(4)->set_probability(1);
  request.mutable_pipeline()->mutable_stages(4)->set_forecast_category(
      v1::FORECAST_CATEGORY_COMMIT);
  const auto result = Call(&PipelineStub::CreatePipeline, request);
  EXPECT_EQ(Outcome(result), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_THAT(Fields(result.status()),
              UnorderedElementsAre("pipeline.stages", "pipeline.stages[4].type",
                                   "pipeline.stages[1].key", "pipeline.stages[0].probability"));
}

TEST_F(Pipelines, AStaleEtagIsRefusedUnderItsName) {
  const v1::Pipeline it = CreatePipeline(PipelineRequest("renewals"));
  v1::Pipeline renamed = it;
  renamed.set_display_name("Repeats");
  ASSERT_TRUE(UpdatePipeline(renamed).ok());
  const auto stale = UpdatePipeline(renamed);
  EXPECT_EQ(Outcome(stale), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(Metadata(stale.status(), "resource"), it.name());
  EXPECT_EQ(Metadata(stale.status(), "currentEtag"), "2");
}

TEST_F(Pipelines, EveryRevisionCanBeReadAgain) {
  v1::Pipeline it = CreatePipeline(PipelineRequest("renewals"));
  const v1::Pipeline first = it;
  it.mutable_stages(1)->set_display_name("Quotation");
  it.mutable_stages(1)->set_probability(55);
  const auto second = UpdatePipeline(it);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(GetPipeline(it.name(), 1).SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(GetPipeline(it.name(), 2).SerializeAsString(), second->pipeline().SerializeAsString());
  v1::GetPipelineRequest unknown;
  unknown.set_name(it.name());
  unknown.set_revision(3);
  EXPECT_EQ(Outcome(Call(&PipelineStub::GetPipeline, unknown)), "NOT_FOUND RESOURCE_NOT_FOUND");
}

TEST_F(Pipelines, OfAnotherTenantAreNotThere) {
  const v1::Pipeline it = CreatePipeline(PipelineRequest("renewals"));
  v1::GetPipelineRequest get;
  get.set_name(it.name());
  const auto foreign = Call(&PipelineStub::GetPipeline, get, "stranger-" + tenant());
  EXPECT_EQ(Outcome(foreign), "NOT_FOUND RESOURCE_NOT_FOUND");
  EXPECT_EQ(Metadata(foreign.status(), "resource"), "pipelines/renewals");
  v1::OpenOpportunityRequest open = OpenRequest();
  open.mutable_opportunity()->set_pipeline(it.name());
  EXPECT_EQ(Outcome(Call(&Stub::OpenOpportunity, open, "stranger-" + tenant())),
            "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
  // The same id there is another pipeline.
  v1::CreatePipelineRequest theirs = PipelineRequest("renewals");
  theirs.mutable_pipeline()->set_display_name("Theirs");
  ASSERT_TRUE(Call(&PipelineStub::CreatePipeline, theirs, "stranger-" + tenant()).ok());
  EXPECT_EQ(GetPipeline(it.name()).display_name(), "Renewals");
}

TEST_F(Pipelines, ArchivedOnesTakeNothingNewAndGoOn) {
  const v1::Pipeline it = CreatePipeline(PipelineRequest("renewals"));
  v1::OpenOpportunityRequest request = OpenRequest();
  request.mutable_opportunity()->set_pipeline(it.name());
  request.set_request_id(NewUuid());
  const v1::Opportunity inside = Open(request);
  const std::string outside = Open().name();
  ASSERT_TRUE(Archive(it.name()).ok());
  EXPECT_EQ(GetPipeline(it.name()).state(), v1::PIPELINE_STATE_ARCHIVED);
  EXPECT_THAT(ListNames("state = ARCHIVED"), ElementsAre(it.name()));
  EXPECT_THAT(ListNames("state = ACTIVE"), ElementsAre("pipelines/default"));

  v1::OpenOpportunityRequest late = OpenRequest();
  late.mutable_opportunity()->set_pipeline(it.name());
  const auto refused = Call(&Stub::OpenOpportunity, late);
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_EQ(Metadata(refused.status(), "resource"), it.name());
  EXPECT_EQ(Metadata(refused.status(), "state"), "ARCHIVED");
  v1::MoveToPipelineRequest into;
  into.set_name(outside);
  into.set_pipeline(it.name());
  EXPECT_EQ(Outcome(Call(&Stub::MoveToPipeline, into)), "FAILED_PRECONDITION STATE_INVALID");

  EXPECT_EQ(Move(inside.name(), "legal").stage(), "legal");
  EXPECT_EQ(Win(inside.name()).stage(), "sold");
  // A retry of what succeeded before is no new one.
  EXPECT_EQ(Open(request).SerializeAsString(), inside.SerializeAsString());

  EXPECT_EQ(Reason(Archive(it.name())), "STATE_INVALID");
  ASSERT_TRUE(Unarchive(it.name()).ok());
  EXPECT_EQ(Reason(Unarchive(it.name())), "STATE_INVALID");
  EXPECT_EQ(OpenIn(it.name()).stage(), "trial");
  EXPECT_EQ(Reason(Archive("pipelines/default")), "STATE_INVALID");
}

TEST_F(Pipelines, UnknownOnesAreNotFound) {
  v1::OpenOpportunityRequest open = OpenRequest();
  open.mutable_opportunity()->set_pipeline("pipelines/nowhere");
  const auto refused = Call(&Stub::OpenOpportunity, open);
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
  EXPECT_EQ(Metadata(refused.status(), "field"), "opportunity.pipeline");
  EXPECT_EQ(Metadata(refused.status(), "resource"), "pipelines/nowhere");
  EXPECT_EQ(Outcome(Archive("pipelines/nowhere")), "NOT_FOUND RESOURCE_NOT_FOUND");
  v1::Pipeline nowhere = PipelineRequest("x").pipeline();
  nowhere.set_name("pipelines/nowhere");
  const auto unknown = UpdatePipeline(nowhere);
  EXPECT_EQ(Outcome(unknown), "NOT_FOUND RESOURCE_NOT_FOUND");
  EXPECT_EQ(Metadata(unknown.status(), "resource"), "pipelines/nowhere");
}

TEST_F(Pipelines, AStageInUseIsNotRemovedWithoutASuccessor) {
  v1::Pipeline it = CreatePipeline(PipelineRequest("renewals"));
  Move(OpenIn(it.name()).name(), "legal");
  const v1::Pipeline before = it;
  it.mutable_stages()->DeleteSubrange(1, 2);  // offer, which is empty, and legal
  const auto refused = UpdatePipeline(it);
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION STAGE_IN_USE");
  EXPECT_EQ(Metadata(refused.status(), "stages"), "legal");
  EXPECT_EQ(GetPipeline(it.name()).SerializeAsString(), before.SerializeAsString());

  const auto removed = UpdatePipeline(it, {{"legal", "trial"}});
  ASSERT_TRUE(removed.ok()) << removed.status();
  EXPECT_THAT(KeysOf(removed->pipeline()), ElementsAre("trial", "sold", "gone"));
  ASSERT_EQ(removed->pipeline().retired_stages_size(), 2);
  EXPECT_EQ(removed->pipeline().retired_stages(0).stage().key(), "offer");
  EXPECT_EQ(removed->pipeline().retired_stages(0).successor(), "trial");
  EXPECT_EQ(removed->pipeline().retired_stages(1).stage().key(), "legal");
}

TEST_F(Pipelines, FaultsOfAChangeAreToldAtOnce) {
  v1::Pipeline it = CreatePipeline(PipelineRequest("renewals"));
  it.mutable_stages(3)->set_key("won");
  const auto refused = UpdatePipeline(it, {{"trial", "offer"}, {"nowhere", "sold"}});
  EXPECT_EQ(Outcome(refused), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_THAT(Fields(refused.status()),
              UnorderedElementsAre("pipeline.stages", "successors[0].stage", "successors[1].stage",
                                   "successors[1].successor"));
}

TEST_F(Pipelines, RenamingChangesNoKeyNoLogicAndNoHistory) {
  v1::Pipeline it = CreatePipeline(PipelineRequest("renewals"));
  const std::string name = OpenIn(it.name()).name();
  Move(name, "offer");
  const v1::Opportunity before = Get(name);
  std::vector<std::string> history;
  for (const v1::StageChange& change : History(name)) history.push_back(change.DebugString());
  it.set_display_name("Repeats");
  for (v1::Stage& stage : *it.mutable_stages()) stage.set_display_name("Won");
  ASSERT_TRUE(UpdatePipeline(it).ok());
  EXPECT_EQ(Get(name).SerializeAsString(), before.SerializeAsString());
  std::vector<std::string> after;
  for (const v1::StageChange& change : History(name)) after.push_back(change.DebugString());
  EXPECT_EQ(after, history);
  EXPECT_EQ(Move(name, "legal").stage(), "legal");
  EXPECT_EQ(Win(name).stage_type(), v1::STAGE_TYPE_WON);
}

TEST_F(Pipelines, ChangingDefaultsChangesNoExistingOpportunity) {
  v1::Pipeline it = CreatePipeline(PipelineRequest("renewals"));
  const std::string name = OpenIn(it.name()).name();
  const v1::Opportunity before = Move(name, "offer");
  EXPECT_EQ(before.probability(), 50);
  it.mutable_stages(1)->set_probability(65);
  it.mutable_stages(1)->set_forecast_category(v1::FORECAST_CATEGORY_COMMIT);
  ASSERT_TRUE(UpdatePipeline(it).ok());
  EXPECT_EQ(Get(name).SerializeAsString(), before.SerializeAsString());
  // Who enters from now on takes the new ones.
  const v1::Opportunity entered = Move(OpenIn(it.name()).name(), "offer");
  EXPECT_EQ(entered.probability(), 65);
  EXPECT_EQ(entered.forecast_category(), v1::FORECAST_CATEGORY_COMMIT);
}

}  // namespace
}  // namespace crm::opportunity::testing
