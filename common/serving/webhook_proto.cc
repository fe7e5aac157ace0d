#include "common/serving/webhook_proto.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/rpc/proto_values.h"

namespace crm::serving {
namespace {

template <class Repeated>
std::vector<std::string> TextsOf(const Repeated& texts) {
  return {texts.begin(), texts.end()};
}

void AddPartitions(const webhook::Webhook& webhook, event::v1::Webhook& message) {
  std::optional<absl::Time> failing_since, last_success;
  for (const webhook::PartitionState& state : webhook.partitions) {
    event::v1::WebhookPartition& shown = *message.add_partitions();
    shown.set_partition(message.partitions_size() - 1);
    shown.set_position(state.position);
    shown.set_last_sequence(state.last_sequence);
    if (state.failing_since) {
      rpc::SetTime(*state.failing_since, shown.mutable_failing_since());
      failing_since = std::min(failing_since.value_or(*state.failing_since), *state.failing_since);
    }
    if (state.last_success_time) {
      rpc::SetTime(*state.last_success_time, shown.mutable_last_success_time());
      last_success = std::max(last_success, state.last_success_time);
    }
  }
  message.set_position(message.partitions(0).position());
  message.set_last_sequence(message.partitions(0).last_sequence());
  if (failing_since) rpc::SetTime(*failing_since, message.mutable_failing_since());
  if (last_success) rpc::SetTime(*last_success, message.mutable_last_success_time());
}

}  // namespace

void ToProto(const webhook::Webhook& webhook, absl::Time now, event::v1::Webhook& message) {
  message.set_name(webhook::NameOf(webhook.id));
  message.set_display_name(webhook.display_name);
  message.set_url(webhook.url);
  for (const std::string& type : webhook.types) message.add_types(type);
  for (const std::string& subject : webhook.subjects) message.add_subjects(subject);
  for (const std::string& stage : webhook.to_stages) message.add_to_stages(stage);
  message.set_state(static_cast<event::v1::WebhookState>(webhook.state));
  message.set_disable_reason(static_cast<event::v1::WebhookDisableReason>(webhook.disable_reason));
  message.set_creator(webhook.creator);
  message.set_etag(absl::StrCat(webhook.revision));
  AddPartitions(webhook, message);
  message.set_pending_deliveries(static_cast<int32_t>(webhook.pending));
  rpc::SetTime(webhook.create_time, message.mutable_create_time());
  rpc::SetTime(webhook.update_time, message.mutable_update_time());
  if (webhook.disable_time) rpc::SetTime(*webhook.disable_time, message.mutable_disable_time());
  for (const webhook::SigningKey& key : webhook.keys) {
    if (key.expire_time && *key.expire_time <= now) continue;
    event::v1::WebhookSigningKey& shown = *message.add_signing_keys();
    shown.set_hint(key.hint);
    rpc::SetTime(key.create_time, shown.mutable_create_time());
    if (key.expire_time) rpc::SetTime(*key.expire_time, shown.mutable_expire_time());
  }
}

void ToProto(const webhook::Delivery& delivery, event::v1::WebhookDelivery& message) {
  message.set_webhook(webhook::NameOf(delivery.webhook));
  message.set_event_id(delivery.id.ToString());
  message.set_partition(delivery.partition);
  message.set_sequence(delivery.sequence);
  message.set_type(delivery.type);
  message.set_subject(delivery.subject);
  message.set_state(static_cast<event::v1::WebhookDeliveryState>(delivery.state));
  message.set_attempts(static_cast<int32_t>(delivery.attempts));
  rpc::SetTime(delivery.create_time, message.mutable_create_time());
  if (delivery.last_attempt_time) {
    rpc::SetTime(*delivery.last_attempt_time, message.mutable_last_attempt_time());
  }
  if (delivery.next_attempt_time) {
    rpc::SetTime(*delivery.next_attempt_time, message.mutable_next_attempt_time());
  }
  message.set_last_result(static_cast<event::v1::WebhookAttemptResult>(delivery.last_result));
  message.set_http_status(static_cast<int32_t>(delivery.http_status));
  message.set_duration_ms(delivery.duration_ms);
}

webhook::Webhook FromProto(const event::v1::Webhook& message) {
  webhook::Webhook webhook;
  webhook.display_name = message.display_name();
  webhook.url = message.url();
  webhook.types = TextsOf(message.types());
  webhook.subjects = TextsOf(message.subjects());
  webhook.to_stages = TextsOf(message.to_stages());
  return webhook;
}

}  // namespace crm::serving
