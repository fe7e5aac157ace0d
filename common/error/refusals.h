#pragma once

#include <absl/strings/string_view.h>

#include "common/error/error.h"

// Refusals of what a caller wants to store, the same in every service.
namespace crm::error {

// ALREADY_EXISTS, DUPLICATE_ID: another thing, `existing`, has what the caller gave in `field`.
// Metadata: field, existing.
Error DuplicateId(absl::string_view field, absl::string_view existing);
// FAILED_PRECONDITION, REFERENCE_NOT_FOUND: `field` names `resource`, which is not there. Metadata:
// field, resource.
Error ReferenceNotFound(absl::string_view field, absl::string_view resource);

// OUT_OF_RANGE, REVISION_OUT_OF_RANGE: the thing as it was then cannot be told. Metadata: resource;
// the caller adds what can.
Error RevisionOutOfRange(absl::string_view resource_name);

// INVALID_ARGUMENT, REQUEST_ID_REUSED: the request id belongs to another request. Metadata:
// requestId.
Error RequestIdReused(absl::string_view request_id);

// FAILED_PRECONDITION, ANSWER_ERASED: the request was answered, by what told of somebody who has
// been erased since. Metadata: requestId.
Error AnswerErased(absl::string_view request_id);

}  // namespace crm::error
