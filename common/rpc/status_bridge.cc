#include "common/rpc/status_bridge.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "common/base/text.h"
#include "common/base/uuid.h"
#include "common/error/error.h"
#include "common/log/log.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace crm::rpc {
namespace {

constexpr size_t kMaxDetails = 4096;
constexpr size_t kMaxMessage = 512;

bool IsInternal(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown;
}

const char* NeutralText(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kCancelled:
      return "The call was cancelled.";
    case absl::StatusCode::kDeadlineExceeded:
      return "The deadline passed before the work was done.";
    case absl::StatusCode::kUnavailable:
      return "The service is temporarily unavailable.";
    case absl::StatusCode::kUnimplemented:
      return "The method is not implemented.";
    case absl::StatusCode::kInternal:
      return "Something unforeseen happened. Its details are in the server's log.";
    default:
      return "The call was refused.";
  }
}

error::Details Neutral(absl::StatusCode code, const std::string& error_id) {
  error::Details details;
  details.reason = error::kInternalError;
  if (code == absl::StatusCode::kDeadlineExceeded) details.reason = error::kDeadlinePassed;
  if (code == absl::StatusCode::kCancelled) details.reason = error::kCallCancelled;
  if (code == absl::StatusCode::kUnavailable) details.retry_after = absl::Seconds(1);
  details.metadata.emplace_back("errorId", error_id);
  return details;
}

template <class Message>
void Pack(const Message& message, google::rpc::Status* status) {
  status->add_details()->PackFrom(message);
}

void PackInfo(const error::Details& details, absl::string_view domain, bool cut,
              google::rpc::Status* status) {
  google::rpc::ErrorInfo info;
  info.set_reason(details.reason);
  info.set_domain(domain.data(), domain.size());
  for (const auto& [key, value] : details.metadata) {
    (*info.mutable_metadata())[key] = std::string(base::Shortened(value, 1024));
  }
  if (cut) (*info.mutable_metadata())["violationsCut"] = "true";
  Pack(info, status);
}

// The wire form of at most `limit` violations of each kind.
std::string Serialize(const grpc::Status& head, const error::Details& details,
                      absl::string_view domain, size_t limit) {
  google::rpc::Status status;
  status.set_code(head.error_code());
  status.set_message(head.error_message());
  PackInfo(details, domain, details.fields.size() > limit || details.preconditions.size() > limit,
           &status);
  google::rpc::BadRequest fields;
  for (size_t i = 0; i < details.fields.size() && i < limit; ++i) {
    auto* violation = fields.add_field_violations();
    violation->set_field(details.fields[i].field);
    violation->set_description(details.fields[i].description);
  }
  if (fields.field_violations_size() > 0) Pack(fields, &status);
  google::rpc::PreconditionFailure failure;
  for (size_t i = 0; i < details.preconditions.size() && i < limit; ++i) {
    auto* violation = failure.add_violations();
    violation->set_type(details.preconditions[i].type);
    violation->set_subject(details.preconditions[i].subject);
    violation->set_description(details.preconditions[i].description);
  }
  if (failure.violations_size() > 0) Pack(failure, &status);
  if (details.retry_after) {
    google::rpc::RetryInfo retry;
    const int64_t nanos = absl::ToInt64Nanoseconds(*details.retry_after);
    retry.mutable_retry_delay()->set_seconds(nanos / 1'000'000'000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
    Pack(retry, &status);
  }
  return status.SerializeAsString();
}

grpc::Status Assemble(absl::StatusCode code, absl::string_view text, const error::Details& details,
                      absl::string_view domain) {
  const auto grpc_code = static_cast<grpc::StatusCode>(code);
  const grpc::Status head(grpc_code, std::string(base::Shortened(text, kMaxMessage)));
  size_t limit = std::max(details.fields.size(), details.preconditions.size());
  std::string wire = Serialize(head, details, domain, limit);
  while (wire.size() > kMaxDetails && limit > 0) {
    limit /= 2;
    wire = Serialize(head, details, domain, limit);
  }
  return {grpc_code, head.error_message(), wire};
}

void Unpack(const google::protobuf::Any& any, error::Details* details) {
  if (any.Is<google::rpc::ErrorInfo>()) {
    google::rpc::ErrorInfo info;
    if (!any.UnpackTo(&info)) return;
    details->reason = info.reason();
    for (const auto& [key, value] : info.metadata()) details->metadata.emplace_back(key, value);
  } else if (any.Is<google::rpc::BadRequest>()) {
    google::rpc::BadRequest fields;
    if (!any.UnpackTo(&fields)) return;
    for (const auto& violation : fields.field_violations()) {
      details->fields.push_back({violation.field(), violation.description()});
    }
  } else if (any.Is<google::rpc::PreconditionFailure>()) {
    google::rpc::PreconditionFailure failure;
    if (!any.UnpackTo(&failure)) return;
    for (const auto& violation : failure.violations()) {
      details->preconditions.push_back(
          {violation.type(), violation.subject(), violation.description()});
    }
  } else if (any.Is<google::rpc::RetryInfo>()) {
    google::rpc::RetryInfo retry;
    if (!any.UnpackTo(&retry)) return;
    details->retry_after = absl::Seconds(retry.retry_delay().seconds()) +
                           absl::Nanoseconds(retry.retry_delay().nanos());
  }
}

std::optional<error::Details> DetailsFrom(const grpc::Status& status) {
  google::rpc::Status wire;
  if (status.error_details().empty() || !wire.ParseFromString(status.error_details())) {
    return std::nullopt;
  }
  error::Details details;
  for (const auto& any : wire.details()) Unpack(any, &details);
  if (details.reason.empty()) return std::nullopt;
  return details;
}

}  // namespace

PublicStatus ToPublicStatus(const absl::Status& status, absl::string_view domain) {
  PublicStatus result;
  if (status.ok()) return result;
  const std::optional<error::Details> details = error::DetailsOf(status);
  if (details && !IsInternal(status.code())) {
    result.status = Assemble(status.code(), status.message(), *details, domain);
    result.reason = details->reason;
    result.private_text = error::PrivateTextOf(status);
    return result;
  }
  // Without details a DATA_LOSS is not ours: nobody can tell what was lost.
  const bool internal = IsInternal(status.code()) || status.code() == absl::StatusCode::kDataLoss;
  const absl::StatusCode code = internal ? absl::StatusCode::kInternal : status.code();
  result.error_id = base::Uuid::V7(absl::Now()).ToString();
  result.private_text = error::PrivateTextOf(status);
  if (result.private_text.empty()) result.private_text = std::string(status.message());
  const error::Details neutral = Neutral(code, result.error_id);
  result.reason = neutral.reason;
  result.status = Assemble(code, NeutralText(code), neutral, domain);
  return result;
}

grpc::Status ToGrpcStatus(const absl::Status& status, absl::string_view domain) {
  PublicStatus result = ToPublicStatus(status, domain);
  if (!result.error_id.empty()) {
    log::Error("error withheld from the client",
               {{"error_id", result.error_id}, {"error", result.private_text}});
  }
  return std::move(result.status);
}

void ToRpcStatus(const absl::Status& status, absl::string_view domain,
                 google::rpc::Status* message) {
  message->ParseFromString(ToGrpcStatus(status, domain).error_details());
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  const std::optional<error::Details> details = DetailsFrom(status);
  if (!details) return absl::Status(code, status.error_message());
  error::Error error(code, details->reason, status.error_message());
  for (const auto& [key, value] : details->metadata) error.With(key, value);
  for (const auto& each : details->fields) error.Violation(each.field, each.description);
  for (const auto& each : details->preconditions) {
    error.Precondition(each.type, each.subject, each.description);
  }
  if (details->retry_after) error.RetryAfter(*details->retry_after);
  return error;
}

absl::string_view CodeName(grpc::StatusCode code) {
  static constexpr const char* kNames[] = {"OK",
                                           "CANCELLED",
                                           "UNKNOWN",
                                           "INVALID_ARGUMENT",
                                           "DEADLINE_EXCEEDED",
                                           "NOT_FOUND",
                                           "ALREADY_EXISTS",
                                           "PERMISSION_DENIED",
                                           "RESOURCE_EXHAUSTED",
                                           "FAILED_PRECONDITION",
                                           "ABORTED",
                                           "OUT_OF_RANGE",
                                           "UNIMPLEMENTED",
                                           "INTERNAL",
                                           "UNAVAILABLE",
                                           "DATA_LOSS",
                                           "UNAUTHENTICATED"};
  const auto index = static_cast<size_t>(code);
  return index < std::size(kNames) ? kNames[index] : "UNKNOWN";
}

}  // namespace crm::rpc
