#pragma once

#include "common/webhook/webhook.h"
#include "crm/event/v1/webhook.pb.h"

// Webhooks ⇄ messages.
namespace crm::serving {

// Secrets that have run out by `now` are left out.
void ToProto(const webhook::Webhook& webhook, absl::Time now, event::v1::Webhook& message);
void ToProto(const webhook::Delivery& delivery, event::v1::WebhookDelivery& message);

// What callers set of it.
webhook::Webhook FromProto(const event::v1::Webhook& message);

}  // namespace crm::serving
