// Pipelines on a real database: rows, revisions, and rows that this version cannot read.

#include "tests/contract/damaged_rows.h"

#include "services/opportunity/store/pipeline_json.h"
#include "services/opportunity/store/pipeline_table.h"
#include "tests/contract/opportunity/store_fixture.h"

namespace crm::opportunity::testing {
namespace {

using ::crm::testing::Damage;

class PipelineStore : public StoreTest {
 protected:
  PipelineStore() : pipelines_(*pool_, pipeline_table_, clock_, [] {}) {}

  static std::string Slug(const Pipeline& it) { return it.slug; }

  aggregate::Creation<Pipeline> NewPipeline(const std::string& slug) {
    aggregate::Creation<Pipeline> creation;
    creation.aggregate = DefaultPipeline();
    creation.aggregate.tenant = "acme";
    creation.aggregate.slug = slug;
    creation.aggregate.id = PipelineId(slug);
    creation.answer = Slug;
    return creation;
  }
  absl::Status Write(aggregate::Creation<Pipeline> creation) {
    aggregate::Creation<Pipeline>* const one = &creation;
    pipelines_.Create(absl::MakeConstSpan(&one, 1), absl::Now() + kPatience);
    return creation.outcome.status();
  }
  absl::StatusOr<Pipeline> Read(const std::string& slug) {
    const aggregate::Key key{"acme", PipelineId(slug)};
    return pipelines_.Get(absl::MakeConstSpan(&key, 1), absl::Now() + kPatience)[0];
  }
  std::string Sql(const std::string& sql) {
    return PostgresServer::Shared().Run(database_, "SET search_path = crm_opportunity; " + sql);
  }

  const PipelineTable pipeline_table_;
  aggregate::PgRepository<Pipeline> pipelines_;
};

TEST_F(PipelineStore, WhatIsWrittenComesBack) {
  auto creation = NewPipeline("renewals");
  Pipeline& it = creation.aggregate;
  it.description = "Yearly.";
  it.archive_time = kStart;
  it.stages[0].next_stages = {"proposal", "contract"};
  it.stages[1].stage_key = "needs";
  for (const GateRule& rule : GateRules()) it.stages[6].gates.push_back(GateOf(rule.kind));
  it.retired.push_back({it.stages[2], "contract", kStart, "agent-7"});
  it.retired[0].stage.key = "trial";
  it.retired[0].stage.position = 0;
  ASSERT_TRUE(Write(creation).ok());
  Pipeline expected = it;
  expected.revision = 1;
  expected.create_time = expected.update_time = clock_.Now();
  const absl::StatusOr<Pipeline> found = Read("renewals");
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(*found, expected);
}

TEST_F(PipelineStore, ASlugIsTakenOnceInATenant) {
  ASSERT_TRUE(Write(NewPipeline("renewals")).ok());
  const absl::Status again = Write(NewPipeline("renewals"));
  EXPECT_EQ(error::ReasonOf(again), error::kDuplicateId);
  EXPECT_EQ(Metadata(again, "existing"), "pipelines/renewals");
  auto elsewhere = NewPipeline("renewals");
  elsewhere.aggregate.tenant = "other";
  EXPECT_TRUE(Write(elsewhere).ok());
}

constexpr Damage kPipelineDamages[] = {
    {"StageTypeOfANewerVersion", "definition = jsonb_set(definition, '{stages,0,type}', '\"X\"')"},
    {"CategoryOfANewerVersion",
     "definition = jsonb_set(definition, '{stages,0,category}', '\"DREAM\"')"},
    {"GateOfANewerVersion",
     "definition = jsonb_set(definition, '{stages,1,gates,0,kind}', '\"MOON\"')"},
    {"ProbabilityThatIsAText",
     "definition = jsonb_set(definition, '{stages,0,probability}', '\"x\"')"},
    {"NoStages", "definition = '{}'"},
    {"NoWonStage", "definition = jsonb_set(definition, '{stages,5,type}', '\"OPEN\"')"},
    {"ADefinitionThatIsAList", "definition = '[]'"},
    {"RetiredWithoutATime", "definition = definition || '{\"retired\": [{\"stage\": {}}]}'"},
};

class DamagedPipeline : public PipelineStore, public ::testing::WithParamInterface<Damage> {};

TEST_P(DamagedPipeline, IsDataLossForItselfAlone) {
  ASSERT_TRUE(Write(NewPipeline("first")).ok());
  ASSERT_TRUE(Write(NewPipeline("second")).ok());
  Sql(absl::StrCat("UPDATE pipeline SET ", GetParam().set, " WHERE slug = 'first'"));
  crm::testing::ExpectDamaged(Read("first").status(), "pipelines/first");
  EXPECT_TRUE(Read("second").ok());
}

INSTANTIATE_TEST_SUITE_P(Pipelines, DamagedPipeline, ::testing::ValuesIn(kPipelineDamages),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace crm::opportunity::testing
