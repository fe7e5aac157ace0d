#include "clients/crmctl/pipeline/pipeline_file.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include <string>
#include <utility>
#include <vector>

#include "clients/crmctl/pipeline/pipeline_diff.h"

namespace crm::crmctl {
namespace {

using google::protobuf::util::MessageDifferencer;
using opportunity::v1::Pipeline;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kRenewals[] = R"(
name: renewals
display_name: 2027            # a name, not a number
stages:
  - key: notice
    display_name: Notice given
    probability: 60
    forecast_category: best-case
    stage_key: proposal
    next_stages: [terms]
  - key: terms
    display_name: Terms
    probability: 80
    forecast_category: COMMIT
    gates:
      - AMOUNT
      - {kind: MINIMUM_AMOUNT, minimum_amount: 1000.50 EUR}
      - {kind: GATE_KIND_DAYS_IN_STAGE, days: 7}
  - {key: renewed, display_name: Renewed, type: WON}
  - {key: ended, display_name: Ended, type: LOST}
successors: {talk: notice}
)";

Pipeline Renewals() {
  const auto file = ParsePipelineFile(kRenewals, FileFormat::kYaml);
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? file->pipeline : Pipeline();
}

std::string Refusal(const std::string& text, FileFormat format = FileFormat::kYaml) {
  const auto file = ParsePipelineFile(text, format);
  return file.ok() ? "" : std::string(file.status().message());
}

TEST(PipelineFile, SaysInFewWordsWhatAPipelineIs) {
  const auto file = ParsePipelineFile(kRenewals, FileFormat::kYaml);
  ASSERT_TRUE(file.ok()) << file.status();
  const Pipeline& pipeline = file->pipeline;
  EXPECT_EQ(pipeline.name(), "pipelines/renewals");
  EXPECT_EQ(pipeline.display_name(), "2027");
  ASSERT_EQ(pipeline.stages_size(), 4);
  EXPECT_EQ(pipeline.stages(0).type(), opportunity::v1::STAGE_TYPE_OPEN);
  EXPECT_EQ(pipeline.stages(0).probability(), 60);
  EXPECT_EQ(pipeline.stages(0).forecast_category(), opportunity::v1::FORECAST_CATEGORY_BEST_CASE);
  EXPECT_EQ(pipeline.stages(0).next_stages(0), "terms");
  ASSERT_EQ(pipeline.stages(1).gates_size(), 3);
  EXPECT_EQ(pipeline.stages(1).gates(0).kind(), opportunity::v1::GATE_KIND_AMOUNT);
  EXPECT_EQ(pipeline.stages(1).gates(1).minimum_amount().amount_minor(), 100'050);
  EXPECT_EQ(pipeline.stages(1).gates(2).days(), 7);
  EXPECT_EQ(pipeline.stages(2).type(), opportunity::v1::STAGE_TYPE_WON);
  EXPECT_FALSE(pipeline.stages(2).has_probability());
  EXPECT_THAT(file->successors,
              ElementsAre(std::pair<const std::string, std::string>("talk", "notice")));
}

TEST(PipelineFile, IsReadAsTheServiceWritesItInJson) {
  Pipeline written = Renewals();
  written.set_etag("3");
  written.set_revision(3);
  written.mutable_stages(1)->set_position(2);
  written.mutable_create_time()->set_seconds(1);
  std::string json;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(written, &json).ok());
  const auto file = ParsePipelineFile(json, FileFormat::kJson);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(MessageDifferencer::Equals(file->pipeline, written));
  EXPECT_THAT(Differences(&written, file->pipeline, {}), IsEmpty());
}

TEST(PipelineFile, OfAPipelineDescribesIt) {
  const Pipeline pipeline = Renewals();
  const std::string yaml = PipelineYaml(pipeline);
  const auto again = ParsePipelineFile(yaml, FileFormat::kYaml);
  ASSERT_TRUE(again.ok()) << again.status() << yaml;
  EXPECT_TRUE(MessageDifferencer::Equals(Definition(again->pipeline), Definition(pipeline)))
      << yaml;
}

TEST(PipelineFile, TellsWhereItIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"name: [", "line "},
      {"- a", "must hold the fields"},
      {"", "must hold the fields"},
      {"display_name: X", "name: is missing"},
      {"name: pipelines/a\nname: pipelines/b", "\"name\" is written twice"},
      {"name: pipelines/a\nstagse: []", "stagse: is not a field"},
      {"name: pipelines/a\nstages: [{key: a, typ: OPEN}]", "stages[0].typ: is not a field"},
      {"name: pipelines/a\nstages: [{key: a, type: MAYBE}]",
       "stages[0].type: must be one of OPEN, WON, LOST"},
      {"name: pipelines/a\nstages: [{key: a, gates: [LUCK]}]", "stages[0].gates[0].kind: must be"},
      {"name: pipelines/a\nstages: [{key: a, gates: [{kind: MINIMUM_AMOUNT, minimum_amount: 7}]}]",
       "stages[0].gates[0].minimum_amount: must be an amount and a currency"},
      {"name: pipelines/a\nstages: [{key: a, probability: often}]", "probability"},
      {"name: pipelines/a\nstages: soon", "stages"},
      {"name: pipelines/a\nsuccessors: [a, b]", "successors: must be a map"},
      {"name: pipelines/a\nsuccessors: {a: [b]}", "successors.a: must be the key"},
  };
  for (const auto& [text, place] : cases) EXPECT_THAT(Refusal(text), HasSubstr(place)) << text;
  EXPECT_THAT(Refusal("{", FileFormat::kJson), HasSubstr("is not JSON"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "[";
  EXPECT_THAT(Refusal("name: " + deep + std::string(100, ']')), HasSubstr("nested too deeply"));
}

TEST(PipelineDiff, SaysWhatIsNew) {
  const std::vector<std::string> lines = Differences(nullptr, Renewals(), {});
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[0], "+ pipelines/renewals");
  EXPECT_EQ(lines[1], "~ display_name: nothing → 2027");
  EXPECT_EQ(lines[3],
            "+ stage terms: display_name Terms; type OPEN; probability 80; forecast_category "
            "COMMIT; gates AMOUNT, MINIMUM_AMOUNT 1000.50 EUR, DAYS_IN_STAGE 7; stage_key terms");
}

TEST(PipelineDiff, SaysWhatChangesAndNothingElse) {
  Pipeline before = Renewals();
  EXPECT_THAT(Differences(&before, Renewals(), {{"talk", "notice"}}), IsEmpty());
  // What the server fills in is no difference.
  before.mutable_stages(2)->set_probability(100);
  before.mutable_stages(2)->set_forecast_category(opportunity::v1::FORECAST_CATEGORY_CLOSED);
  before.mutable_stages(1)->set_stage_key("terms");
  before.mutable_stages(1)->set_position(2);
  EXPECT_THAT(Differences(&before, Renewals(), {}), IsEmpty());

  Pipeline after = Renewals();
  after.mutable_stages(0)->set_display_name("Notice");
  after.mutable_stages(1)->clear_gates();
  opportunity::v1::Stage& talk = *before.add_stages();
  talk.set_key("talk");
  before.mutable_stages()->SwapElements(0, 4);
  EXPECT_THAT(Differences(&before, after, {{"talk", "notice"}}),
              ElementsAre("~ stage notice: display_name: Notice given → Notice",
                          "~ stage terms: gates: AMOUNT, MINIMUM_AMOUNT 1000.50 EUR, "
                          "DAYS_IN_STAGE 7 → nothing",
                          "- stage talk: its opportunities go to notice",
                          "~ order of stages: talk, terms, renewed, ended, notice → notice, terms, "
                          "renewed, ended"));
  EXPECT_THAT(RemovedStages(before, after), ElementsAre("talk"));
}

}  // namespace
}  // namespace crm::crmctl
