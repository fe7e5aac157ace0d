#pragma once

#include <absl/types/span.h>

#include "common/rpc/field_mask.h"
#include "common/rpc/validation.h"
#include "crm/event/v1/webhook_reads.pb.h"
#include "crm/event/v1/webhook_writes.pb.h"

// What is wrong with each request, all of it at once.
namespace crm::serving {

void CheckWebhookRequest(const event::v1::CreateWebhookRequest& request, rpc::Validation& v);
void CheckWebhookRequest(const event::v1::GetWebhookRequest& request, rpc::Validation& v);
void CheckWebhookRequest(const event::v1::ListWebhooksRequest& request, rpc::Validation& v);
void CheckWebhookRequest(const event::v1::UpdateWebhookRequest& request, rpc::Validation& v);
void CheckWebhookRequest(const event::v1::DeleteWebhookRequest& request, rpc::Validation& v);
void CheckWebhookRequest(const event::v1::EnableWebhookRequest& request, rpc::Validation& v);
void CheckWebhookRequest(const event::v1::DisableWebhookRequest& request, rpc::Validation& v);
void CheckWebhookRequest(const event::v1::RotateWebhookSecretRequest& request, rpc::Validation& v);
void CheckWebhookRequest(const event::v1::TestWebhookRequest& request, rpc::Validation& v);
void CheckWebhookRequest(const event::v1::ReplayWebhookRequest& request, rpc::Validation& v);
void CheckWebhookRequest(const event::v1::ListWebhookDeliveriesRequest& request,
                         rpc::Validation& v);

// The fields that an update can write.
absl::Span<const rpc::MaskPath> WebhookMask();

}  // namespace crm::serving
