#pragma once

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <grpcpp/support/status.h>

#include <string>

namespace google::rpc {
class Status;
}

namespace crm::rpc {

// What a client is told, and what only the log may know.
struct PublicStatus {
  grpc::Status status;
  std::string reason;  // as its ErrorInfo says
  // Set when the real text was withheld: the id that stands in the answer (ErrorInfo metadata
  // "errorId"), and what the log must hold beside it.
  std::string error_id;
  std::string private_text;
};

// The answer for `status`: code, message, and google.rpc.Status with one ErrorInfo of `domain` and
// the BadRequest, PreconditionFailure and RetryInfo of its error::Details. Withheld (neutral text,
// fresh error id) are: INTERNAL, UNKNOWN and DATA_LOSS without Details, which all become INTERNAL
// INTERNAL_ERROR, and every other status without Details, which keeps its code. Details beyond 4
// KiB are cut from the end of the violations, since trailers are bounded.
PublicStatus ToPublicStatus(const absl::Status& status, absl::string_view domain);
// Only the status of it, for streaming methods; logs the private text, if any, under its id.
grpc::Status ToGrpcStatus(const absl::Status& status, absl::string_view domain);

// The same as a message, for methods that do many things and answer each for itself.
void ToRpcStatus(const absl::Status& status, absl::string_view domain,
                 google::rpc::Status* message);

// For clients: the same code and message, with Details when the answer carries them.
absl::Status FromGrpcStatus(const grpc::Status& status);

// "NOT_FOUND" and so on.
absl::string_view CodeName(grpc::StatusCode code);

}  // namespace crm::rpc
