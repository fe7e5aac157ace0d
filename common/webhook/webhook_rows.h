#pragma once

#include "absl/status/statusor.h"
#include "common/pg/row_reader.h"
#include "common/webhook/webhook.h"

namespace crm::webhook {

// What a row of kSelectWebhooks says.
absl::StatusOr<Webhook> ReadWebhook(const pg::Row& row);

}  // namespace crm::webhook
