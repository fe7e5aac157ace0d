#include "services/opportunity/rpc/pipeline_proto.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"

namespace crm::opportunity {
namespace {

// Values of the domain are those of the messages, so that a cast maps them; a test compares all.
static_assert(static_cast<int>(GateKind::kNeedConfirmed) == v1::GATE_KIND_NEED_CONFIRMED);
static_assert(static_cast<int>(GateKind::kContactRole) == v1::GATE_KIND_CONTACT_ROLE);

void ToProto(const Gate& gate, v1::Gate& message) {
  message.set_kind(static_cast<v1::GateKind>(gate.kind));
  message.set_field(gate.field);
  message.set_attribute(gate.attribute);
  if (gate.minimum_amount) rpc::SetMoney(*gate.minimum_amount, message.mutable_minimum_amount());
  message.set_days(gate.days);
  message.set_role(static_cast<type::v1::BuyingRole>(gate.role));
}

void ToProto(const Stage& stage, v1::Stage& message) {
  message.set_key(stage.key);
  message.set_display_name(stage.display_name);
  message.set_type(static_cast<v1::StageType>(stage.type));
  message.set_position(stage.position);
  message.set_probability(stage.probability);
  message.set_forecast_category(static_cast<v1::ForecastCategory>(stage.category));
  for (const Gate& gate : stage.gates) ToProto(gate, *message.add_gates());
  for (const std::string& next : stage.next_stages) message.add_next_stages(next);
  message.set_stage_key(stage.SharedKey());
}

Gate GateFrom(const v1::Gate& message) {
  Gate gate;
  gate.kind = static_cast<GateKind>(message.kind());
  gate.field = message.field();
  gate.attribute = message.attribute();
  if (message.has_minimum_amount()) {
    gate.minimum_amount = rpc::MoneyFrom(message.minimum_amount());
  }
  gate.days = message.days();
  gate.role = static_cast<BuyingRole>(message.role());
  return gate;
}

// What a stage of this type has when the message does not say.
int UsualProbability(StageType type) { return type == StageType::kWon ? 100 : 0; }

ForecastCategory UsualCategory(StageType type) {
  switch (type) {
    case StageType::kOpen:
      return ForecastCategory::kPipeline;
    case StageType::kWon:
      return ForecastCategory::kClosed;
    case StageType::kLost:
      return ForecastCategory::kOmitted;
  }
  return ForecastCategory::kPipeline;
}

Stage StageFrom(const v1::Stage& message) {
  Stage stage;
  stage.key = message.key();
  stage.display_name = message.display_name();
  stage.type = static_cast<StageType>(message.type());
  stage.probability =
      message.has_probability() ? message.probability() : UsualProbability(stage.type);
  stage.category = message.forecast_category() == v1::FORECAST_CATEGORY_UNSPECIFIED
                       ? UsualCategory(stage.type)
                       : static_cast<ForecastCategory>(message.forecast_category());
  for (const v1::Gate& gate : message.gates()) stage.gates.push_back(GateFrom(gate));
  stage.next_stages = {message.next_stages().begin(), message.next_stages().end()};
  // The answer says `key` where there is no other, so the same may come back.
  if (message.stage_key() != message.key()) stage.stage_key = message.stage_key();
  return stage;
}

}  // namespace

std::string SlugIn(absl::string_view name) {
  return std::string(rpc::ParseSlugName(name, kPipelines).value_or(""));
}

void ToProto(const Pipeline& it, v1::Pipeline& message) {
  message.set_name(PipelineName(it.slug));
  message.set_etag(absl::StrCat(it.revision));
  message.set_revision(it.revision);
  message.set_display_name(it.display_name);
  message.set_description(it.description);
  for (const Stage& stage : it.stages) ToProto(stage, *message.add_stages());
  for (const RetiredStage& retired : it.retired) {
    v1::RetiredStage& to = *message.add_retired_stages();
    ToProto(retired.stage, *to.mutable_stage());
    to.set_successor(retired.successor);
    rpc::SetTime(retired.retire_time, to.mutable_retire_time());
    to.set_actor(retired.actor);
  }
  message.set_state(it.archive_time ? v1::PIPELINE_STATE_ARCHIVED : v1::PIPELINE_STATE_ACTIVE);
  if (it.archive_time) rpc::SetTime(*it.archive_time, message.mutable_archive_time());
  rpc::SetTime(it.create_time, message.mutable_create_time());
  rpc::SetTime(it.update_time, message.mutable_update_time());
}

std::vector<Stage> StagesFrom(const v1::Pipeline& message) {
  std::vector<Stage> stages;
  stages.reserve(message.stages_size());
  for (const v1::Stage& stage : message.stages()) stages.push_back(StageFrom(stage));
  return stages;
}

PipelineEdit EditFrom(const v1::UpdatePipelineRequest& request,
                      const std::vector<std::string>& paths) {
  const auto named = [&paths](absl::string_view path) {
    return std::find(paths.begin(), paths.end(), path) != paths.end();
  };
  PipelineEdit edit;
  if (named("display_name")) edit.display_name = request.pipeline().display_name();
  if (named("description")) edit.description = request.pipeline().description();
  if (named("stages")) edit.stages = StagesFrom(request.pipeline());
  for (const v1::StageSuccessor& it : request.successors()) {
    edit.successors.push_back({it.stage(), it.successor()});
  }
  return edit;
}

}  // namespace crm::opportunity
