#include "common/rpc/refusal_status.h"

#include "common/error/error.h"

namespace crm::rpc {

absl::Status RefusalStatus(Refusal refusal, absl::Duration retry_after) {
  switch (refusal) {
    case Refusal::kDeadlinePassed:
      return error::DeadlinePassed().With("where", "queue");
    case Refusal::kStopped:
      return error::Unavailable(error::kServerStopping, "The server is stopping.", retry_after);
    case Refusal::kCancelled:
      return error::Error(absl::StatusCode::kCancelled, error::kCallCancelled,
                          "The caller has gone away.");
    case Refusal::kQueueFull:
    case Refusal::kQueueSlow:
      return error::Error(absl::StatusCode::kResourceExhausted, error::kOverloaded,
                          "The service is overloaded. Try again later.")
          .With("cause", RefusalName(refusal))
          .RetryAfter(retry_after);
    case Refusal::kTenantRate:
    case Refusal::kTenantOpen:
      return error::Error(absl::StatusCode::kResourceExhausted, error::kTenantRate,
                          "The tenant calls more than it may. Try again later.")
          .With("cause", RefusalName(refusal))
          .RetryAfter(retry_after);
  }
  return absl::UnknownError("");
}

}  // namespace crm::rpc
