// Moves in pipelines that are data: gates, transitions, and from one pipeline to another.

#include "absl/strings/escaping.h"
#include "crm/event/v1/stage_event.pb.h"
#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {
namespace {

class PipelineMoves : public OpportunityServiceTest {
 protected:
  absl::StatusOr<v1::MoveOpportunityResponse> Try(const std::string& name,
                                                  const std::string& stage) {
    v1::MoveOpportunityRequest request;
    request.set_name(name);
    request.set_stage(stage);
    return Call(&Stub::MoveOpportunity, request);
  }
  absl::StatusOr<v1::MoveToPipelineResponse> Into(const std::string& name,
                                                  const std::string& pipeline,
                                                  const std::string& stage = "",
                                                  const std::string& override_reason = "") {
    v1::MoveToPipelineRequest request;
    request.set_name(name);
    request.set_pipeline(pipeline);
    request.set_stage(stage);
    request.set_reason("the customer wants it");
    request.set_override_reason(override_reason);
    return Call(&Stub::MoveToPipeline, request);
  }
};

TEST_F(PipelineMoves, AskTheGatesOfThePipelineWithTheirParameters) {
  v1::CreatePipelineRequest request = PipelineRequest("renewals");
  v1::Stage& offer = *request.mutable_pipeline()->mutable_stages(1);
  v1::Gate* gate = offer.add_gates();
  gate->set_kind(v1::GATE_KIND_MINIMUM_AMOUNT);
  gate->mutable_minimum_amount()->set_currency_code("EUR");
  gate->mutable_minimum_amount()->set_amount_minor(5000);
  gate = offer.add_gates();
  gate->set_kind(v1::GATE_KIND_ATTRIBUTE_SET);
  gate->set_attribute("budget_code");
  gate = offer.add_gates();
  gate->set_kind(v1::GATE_KIND_FIELD_SET);
  gate->set_field("next_step");
  gate = offer.add_gates();
  gate->set_kind(v1::GATE_KIND_CONTACT_ROLE);
  gate->set_role(type::v1::BUYING_ROLE_BUYER);
  gate = request.mutable_pipeline()->mutable_stages(2)->add_gates();
  gate->set_kind(v1::GATE_KIND_DAYS_IN_STAGE);
  gate->set_days(7);
  const std::string name = OpenIn(CreatePipeline(request).name()).name();
  EXPECT_EQ(Metadata(Try(name, "legal").status(), "gates"),
            "offer/minimum_amount:EUR:5000,offer/attribute_set:budget_code,"
            "offer/field_set:next_step,offer/contact_role:BUYER,legal/days_in_stage:7");
  v1::UpdateOpportunityRequest update;
  v1::Opportunity& facts = *update.mutable_opportunity();
  facts.set_name(name);
  facts.mutable_amount()->set_currency_code("EUR");
  facts.mutable_amount()->set_amount_minor(5000);
  (*facts.mutable_attributes())["budget_code"] = "B-7";
  facts.mutable_next_step()->set_text("call");
  facts.add_contact_roles()->set_contact("contacts/" + NewUuid());
  facts.mutable_contact_roles(0)->set_role(type::v1::BUYING_ROLE_BUYER);
  const auto updated = Call(&Stub::UpdateOpportunity, update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(Metadata(Try(name, "legal").status(), "gates"), "legal/days_in_stage:7");
  EXPECT_TRUE(Try(name, "offer").ok());
}

TEST_F(PipelineMoves, GoWhereAStageLeads) {
  v1::CreatePipelineRequest request = PipelineRequest("renewals");
  request.mutable_pipeline()->mutable_stages(0)->add_next_stages("offer");
  const std::string name = OpenIn(CreatePipeline(request).name()).name();
  const auto refused = Try(name, "legal");
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_EQ(Metadata(refused.status(), "allowedStates"), "offer");
  EXPECT_EQ(Metadata(refused.status(), "useMethod"), "");
  EXPECT_TRUE(Try(name, "offer").ok());
  EXPECT_TRUE(Try(name, "legal").ok());
  EXPECT_TRUE(Try(name, "trial").ok());
  EXPECT_EQ(Win(name).stage(), "sold");  // from every open stage
}

TEST_F(PipelineMoves, EnterAnotherPipelineInItsFirstStageOrTheOneNamed) {
  const std::string pipeline = CreatePipeline(PipelineRequest("renewals")).name();
  const std::string name = Open().name();
  Move(name, "proposal");
  const auto first = Into(name, pipeline);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->opportunity().pipeline(), pipeline);
  EXPECT_EQ(first->opportunity().stage(), "trial");
  EXPECT_EQ(first->opportunity().probability(), 10);
  EXPECT_EQ(Get(name).SerializeAsString(), first->opportunity().SerializeAsString());
  EXPECT_EQ(Try(name, "offer")->opportunity().stage(), "offer");
  const auto back = Into(name, "pipelines/default", "discovery");
  ASSERT_TRUE(back.ok()) << back.status();
  const std::vector<v1::StageChange> history = History(name);
  ASSERT_EQ(history.size(), 5u);
  EXPECT_EQ(history[2].from_stage(), "proposal");
  EXPECT_EQ(history[2].to_stage(), "trial");
  EXPECT_EQ(history[2].reason(), "the customer wants it");
  EXPECT_EQ(history[4].from_stage(), "offer");
  EXPECT_EQ(history[4].to_stage(), "discovery");
}

TEST_F(PipelineMoves, IntoAnotherPipelineAskTheGatesOfItsOpenStagesUpToTheOneEntered) {
  const std::string pipeline = CreatePipeline(PipelineRequest("renewals")).name();
  const std::string name = OpenIn(pipeline).name();
  const auto refused = Into(name, "pipelines/default", "needs_confirmed");
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION GATES_UNMET");
  EXPECT_EQ(Metadata(refused.status(), "gates"),
            "needs_confirmed/need_confirmed,needs_confirmed/strong_need");
  EXPECT_EQ(Get(name).pipeline(), pipeline);
  ASSERT_TRUE(Into(name, "pipelines/default", "needs_confirmed", "imported").ok());
  EXPECT_TRUE(History(name).back().overridden());
}

TEST_F(PipelineMoves, IntoAnotherPipelineAreRefusedWhereTheyMakeNoSense) {
  const std::string pipeline = CreatePipeline(PipelineRequest("renewals")).name();
  const std::string name = OpenIn(pipeline).name();
  const auto same = Into(name, pipeline, "offer");
  EXPECT_EQ(Outcome(same), "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_EQ(Metadata(same.status(), "useMethod"), "MoveOpportunity");
  const auto closed = Into(name, "pipelines/default", "won");
  EXPECT_EQ(Outcome(closed), "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_EQ(Metadata(closed.status(), "allowedStates"),
            "discovery,needs_confirmed,proposal,payment_terms,contract");
  EXPECT_EQ(Metadata(Into(name, "pipelines/default", "nowhere").status(), "resource"),
            "pipelines/default/stages/nowhere");
  const auto unknown = Into(name, "pipelines/nowhere");
  EXPECT_EQ(Outcome(unknown), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
  EXPECT_EQ(Metadata(unknown.status(), "field"), "pipeline");
  Win(name);
  const auto won = Into(name, "pipelines/default");
  EXPECT_EQ(Outcome(won), "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_EQ(Metadata(won.status(), "useMethod"), "ReopenOpportunity");
}

TEST_F(PipelineMoves, EventsTellPipelinesAndSharedKeys) {
  v1::CreatePipelineRequest request = PipelineRequest("renewals");
  request.mutable_pipeline()->mutable_stages(1)->set_stage_key("proposal");
  const std::string pipeline = CreatePipeline(request).name();
  const std::string name = Open().name();
  Move(name, "proposal");
  ASSERT_TRUE(Into(name, pipeline, "offer").ok());
  event::v1::StageChanged event;
  ASSERT_TRUE(event.ParseFromString(absl::HexStringToBytes(Service().database().Sql(
      absl::StrCat("SELECT encode(payload, 'hex') FROM outbox_in WHERE event_id = '",
                   History(name).back().event_id(), "'")))));
  EXPECT_EQ(event.from_pipeline(), "pipelines/default");
  EXPECT_EQ(event.to_pipeline(), pipeline);
  EXPECT_EQ(event.from_stage_key(), "proposal");
  EXPECT_EQ(event.to_stage_key(), "proposal");
  EXPECT_EQ(event.to_stage(), "offer");
  EXPECT_EQ(event.kind(), "PIPELINE_CHANGED");
  EXPECT_EQ(event.reason(), "");
}

}  // namespace
}  // namespace crm::opportunity::testing
