#include "crm/pipeline/errors.h"

#include "clients/cpp_package/src/connection.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace crm::pipeline {
namespace {

void Read(const google::protobuf::Any& any, ErrorDetails* details) {
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest request;
  google::rpc::PreconditionFailure preconditions;
  google::rpc::RetryInfo retry;
  if (any.UnpackTo(&info)) {
    details->reason = info.reason();
    details->domain = info.domain();
    details->metadata.insert(info.metadata().begin(), info.metadata().end());
  } else if (any.UnpackTo(&request)) {
    for (const auto& each : request.field_violations()) {
      details->violations.push_back({each.field(), each.description()});
    }
  } else if (any.UnpackTo(&preconditions)) {
    for (const auto& each : preconditions.violations()) {
      details->preconditions.push_back({each.type(), each.subject(), each.description()});
    }
  } else if (any.UnpackTo(&retry)) {
    details->retry_delay = absl::Seconds(retry.retry_delay().seconds()) +
                           absl::Nanoseconds(retry.retry_delay().nanos());
  }
}

}  // namespace

ErrorDetails DetailsOf(const absl::Status& status) {
  ErrorDetails details;
  const auto payload = status.GetPayload(kDetailsPayload);
  google::rpc::Status sent;
  if (!payload || !sent.ParseFromString(std::string(*payload))) return details;
  for (const google::protobuf::Any& each : sent.details()) Read(each, &details);
  return details;
}

absl::Status ToStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status made(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  if (!status.error_details().empty()) {
    made.SetPayload(kDetailsPayload, absl::Cord(status.error_details()));
  }
  return made;
}

absl::Status EventsLost(int64_t first, int64_t last) {
  google::rpc::ErrorInfo info;
  info.set_reason("EVENTS_LOST");
  (*info.mutable_metadata())["firstSequence"] = std::to_string(first);
  (*info.mutable_metadata())["lastSequence"] = std::to_string(last);
  google::rpc::Status details;
  details.add_details()->PackFrom(info);
  absl::Status made = absl::DataLossError("Events left the log before they were read.");
  made.SetPayload(kDetailsPayload, absl::Cord(details.SerializeAsString()));
  return made;
}

}  // namespace crm::pipeline
