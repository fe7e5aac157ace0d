#include "services/opportunity/rpc/stage_change_proto.h"

#include "common/rpc/proto_values.h"

namespace crm::opportunity {
namespace {

static_assert(static_cast<int>(ChangeKind::kPipelineChanged) ==
              v1::STAGE_CHANGE_KIND_PIPELINE_CHANGED);

void SetBefore(const StageFacts& facts, v1::StageChange& message) {
  message.set_from_pipeline(PipelineName(facts.pipeline));
  message.set_from_stage(facts.stage);
  message.set_from_stage_type(static_cast<v1::StageType>(facts.type));
  message.set_from_stage_key(facts.stage_key);
  message.set_from_stage_name(facts.stage_name);
  if (facts.stage_name.empty()) return;  // of before the other facts were kept
  if (facts.amount) rpc::SetMoney(*facts.amount, message.mutable_amount_before());
  message.set_probability_before(facts.probability);
  message.set_forecast_category_before(static_cast<v1::ForecastCategory>(facts.category));
  if (facts.close_date) {
    rpc::SetDay(*facts.close_date, message.mutable_expected_close_date_before());
  }
}

void SetAfter(const StageFacts& facts, v1::StageChange& message) {
  message.set_to_pipeline(PipelineName(facts.pipeline));
  message.set_to_stage(facts.stage);
  message.set_to_stage_type(static_cast<v1::StageType>(facts.type));
  message.set_to_stage_key(facts.stage_key);
  message.set_to_stage_name(facts.stage_name);
  if (facts.amount) rpc::SetMoney(*facts.amount, message.mutable_amount());
  message.set_probability(facts.probability);
  message.set_forecast_category(static_cast<v1::ForecastCategory>(facts.category));
  if (facts.close_date) rpc::SetDay(*facts.close_date, message.mutable_expected_close_date());
}

void ToProto(const Correction& correction, v1::StageCorrection& message) {
  message.set_version(correction.version);
  message.set_stage(correction.stage);
  message.set_stage_type(static_cast<v1::StageType>(correction.type));
  message.set_stage_name(correction.stage_name);
  message.set_stage_key(correction.stage_key);
  message.set_probability(correction.probability);
  message.set_forecast_category(static_cast<v1::ForecastCategory>(correction.category));
  rpc::SetTime(correction.superseded_time, message.mutable_superseded_effective_time());
  rpc::SetTime(correction.enter_time_before, message.mutable_stage_enter_time_before());
  rpc::SetTime(correction.enter_time, message.mutable_stage_enter_time());
}

}  // namespace

void ToProto(const StageChange& change, v1::StageChange& message) {
  message.set_version(change.version);
  message.set_event_id(change.event_id.ToString());
  message.set_kind(static_cast<v1::StageChangeKind>(change.kind));
  if (change.before) SetBefore(*change.before, message);
  SetAfter(change.after, message);
  rpc::SetTime(change.effective_time, message.mutable_effective_time());
  rpc::SetTime(change.record_time, message.mutable_record_time());
  message.set_actor(change.actor);
  message.set_owner(change.owner);
  message.set_reason(change.reason);
  message.set_overridden(!change.overridden_gates.empty());
  for (const std::string& gate : change.overridden_gates) message.add_overridden_gates(gate);
  for (const std::string& gate : change.met_gates) message.add_met_gates(gate);
  if (change.time_in_previous_stage) {
    rpc::SetDuration(*change.time_in_previous_stage, message.mutable_time_in_previous_stage());
  }
  if (change.loss_reason) {
    message.set_loss_reason(static_cast<v1::LossReason>(*change.loss_reason));
  }
  if (change.correction) ToProto(*change.correction, *message.mutable_correction());
  message.set_superseded_by_version(change.superseded_by.value_or(0));
}

void ToProto(const StageTime& time, v1::StageTime& message) {
  message.set_pipeline(PipelineName(time.pipeline));
  message.set_stage(time.stage);
  message.set_stage_type(static_cast<v1::StageType>(time.type));
  message.set_stage_name(time.stage_name);
  message.set_stage_key(time.stage_key);
  message.set_visits(time.visits);
  rpc::SetTime(time.first_enter_time, message.mutable_first_enter_time());
  rpc::SetTime(time.latest_enter_time, message.mutable_latest_enter_time());
  rpc::SetDuration(time.latest, message.mutable_latest_visit());
  rpc::SetDuration(time.total, message.mutable_total());
  message.set_running(time.running);
}

void ToProto(const GateCheck& check, v1::GateCheck& message) {
  message.set_gate(GateName(check));
  message.set_stage(check.stage->key);
  message.set_met(check.met);
  message.set_demand(DemandOf(*check.gate));
}

}  // namespace crm::opportunity
