#pragma once

// The reasons that all services share: crm.error.v1.ErrorReason, where each is explained. Clients
// branch on them, so one may be added but never renamed.
namespace crm::error {

inline constexpr char kFieldInvalid[] = "FIELD_INVALID";
inline constexpr char kResourceNotFound[] = "RESOURCE_NOT_FOUND";
inline constexpr char kEtagMismatch[] = "ETAG_MISMATCH";
inline constexpr char kWriteConflict[] = "WRITE_CONFLICT";
inline constexpr char kStateInvalid[] = "STATE_INVALID";
inline constexpr char kGatesUnmet[] = "GATES_UNMET";
inline constexpr char kOverloaded[] = "OVERLOADED";
inline constexpr char kTenantRate[] = "TENANT_RATE";
inline constexpr char kDatabaseUnavailable[] = "DATABASE_UNAVAILABLE";
inline constexpr char kCommitInDoubt[] = "COMMIT_IN_DOUBT";
inline constexpr char kRequestIdReused[] = "REQUEST_ID_REUSED";
inline constexpr char kDuplicateId[] = "DUPLICATE_ID";
inline constexpr char kDeadlinePassed[] = "DEADLINE_PASSED";
inline constexpr char kServerStopping[] = "SERVER_STOPPING";
inline constexpr char kCallCancelled[] = "CALL_CANCELLED";
inline constexpr char kDataDamaged[] = "DATA_DAMAGED";
inline constexpr char kInternalError[] = "INTERNAL_ERROR";
inline constexpr char kPageTokenInvalid[] = "PAGE_TOKEN_INVALID";
inline constexpr char kFilterInvalid[] = "FILTER_INVALID";
inline constexpr char kNeighbourUnavailable[] = "NEIGHBOUR_UNAVAILABLE";
inline constexpr char kReferenceNotFound[] = "REFERENCE_NOT_FOUND";
inline constexpr char kRevisionOutOfRange[] = "REVISION_OUT_OF_RANGE";
inline constexpr char kEffectiveTimeInvalid[] = "EFFECTIVE_TIME_INVALID";
inline constexpr char kTokenInvalid[] = "TOKEN_INVALID";
inline constexpr char kScopeMissing[] = "SCOPE_MISSING";
inline constexpr char kTenantForbidden[] = "TENANT_FORBIDDEN";
inline constexpr char kAnswerErased[] = "ANSWER_ERASED";
inline constexpr char kWebhooksOff[] = "WEBHOOKS_OFF";
inline constexpr char kTooManyWebhooks[] = "TOO_MANY_WEBHOOKS";

}  // namespace crm::error
