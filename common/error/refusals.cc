#include "common/error/refusals.h"

#include <absl/strings/str_cat.h>

namespace crm::error {

Error DuplicateId(absl::string_view field, absl::string_view existing) {
  return Error(absl::StatusCode::kAlreadyExists, kDuplicateId,
               absl::StrCat("Another resource has this ", field, "."))
      .With("field", field)
      .With("existing", existing);
}

Error ReferenceNotFound(absl::string_view field, absl::string_view resource) {
  return Error(absl::StatusCode::kFailedPrecondition, kReferenceNotFound,
               absl::StrCat("What ", field, " names does not exist."))
      .With("field", field)
      .With("resource", resource)
      .Violation(field, "must name what exists");
}

Error RevisionOutOfRange(absl::string_view resource_name) {
  return Error(absl::StatusCode::kOutOfRange, kRevisionOutOfRange,
               "This resource cannot be told as it was then.")
      .With("resource", resource_name);
}

Error RequestIdReused(absl::string_view request_id) {
  return Error(absl::StatusCode::kInvalidArgument, kRequestIdReused,
               "This request_id was used for another request.")
      .With("requestId", request_id)
      .Violation("request_id", "must be new for every request; only an exact retry may repeat it");
}

Error AnswerErased(absl::string_view request_id) {
  return Error(absl::StatusCode::kFailedPrecondition, kAnswerErased,
               "The request was made before; its answer told of somebody who has been erased.")
      .With("requestId", request_id);
}

}  // namespace crm::error
