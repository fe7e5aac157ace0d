#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include "common/rpc/executor.h"

namespace crm::rpc {

// What a caller is told whose call is refused. `retry_after`: when it may try again, where the
// refusal does not say that itself.
absl::Status RefusalStatus(Refusal refusal, absl::Duration retry_after = absl::Milliseconds(250));

}  // namespace crm::rpc
